// Records of a journal that are kept a moment, so that a few of them can be looked at together: a reader's own payloads live only until its next call.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <vector>

#include "daemon/journal_reader.hpp"

namespace tiebreak::daemon {

// Reusable, without allocation once warm. One thread.
class RecordGroup {
public:
    // Copies the record. Views that records() gave are void from then on.
    void add(const RecordView& record) {
        const std::size_t begin = words_.size();
        words_.resize(begin + (record.payload.size() + sizeof(std::uint64_t) - 1) / sizeof(std::uint64_t));
        if (!record.payload.empty()) std::memcpy(words_.data() + begin, record.payload.data(), record.payload.size());
        records_.push_back(record);
        begins_.push_back(begin);
    }

    // In the order in which they came; their payloads begin at addresses divisible by eight.
    [[nodiscard]] std::span<const RecordView> records() noexcept {
        const auto bytes = std::as_bytes(std::span{words_});
        for (std::size_t i = 0; i < records_.size(); ++i)
            records_[i].payload = bytes.subspan(begins_[i] * sizeof(std::uint64_t), records_[i].payload.size());
        return records_;
    }

    [[nodiscard]] std::size_t size() const noexcept { return records_.size(); }
    [[nodiscard]] std::size_t bytes() const noexcept { return words_.size() * sizeof(std::uint64_t); }
    void clear() noexcept {
        words_.clear();
        records_.clear();
        begins_.clear();
    }

private:
    std::vector<std::uint64_t> words_;
    std::vector<RecordView> records_;
    std::vector<std::size_t> begins_;  // of their payloads, in words_
};

}  // namespace tiebreak::daemon
