// Records of the journal on their way to the disk: appended one by one, then written and gone all at once.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <initializer_list>
#include <memory>
#include <span>

#include "daemon/journal_format.hpp"

namespace tiebreak::daemon {

// One thread at a time. All of its memory is touched at once: a page that is first met while an offer is being appended costs more than
// hundreds of appends.
class RecordBuffer {
public:
    explicit RecordBuffer(std::size_t capacity) : bytes_(std::make_unique<std::byte[]>(capacity)), capacity_(capacity) {}

    [[nodiscard]] bool has_room_for(std::size_t count) const noexcept { return capacity_ - used_ >= count; }

    // A record with a drafted header, which the journal's writer completes. There must be room for record_bytes(payload_bytes), and
    // the parts must come to payload_bytes.
    void append(RecordKind kind, std::uint64_t position, std::int64_t stamp_ns, std::size_t payload_bytes,
                std::initializer_list<std::span<const std::byte>> parts) noexcept {
        const std::span<std::byte> into(bytes_.get() + used_, static_cast<std::size_t>(record_bytes(payload_bytes)));
        used_ += into.size();
        ++records_;
        RecordHeader header;
        header.payload_bytes = static_cast<std::uint32_t>(payload_bytes);
        header.position = position;
        header.stamp_ns = stamp_ns;
        header.kind = kind;
        draft_record_header(header, into.first<record_header_bytes>());
        std::byte* at = into.data() + record_header_bytes;
        for (const auto& part : parts) {
            if (!part.empty()) std::memcpy(at, part.data(), part.size());
            at += part.size();
        }
        std::fill(at, into.data() + into.size(), std::byte{0});
    }

    [[nodiscard]] std::span<std::byte> content() noexcept { return {bytes_.get(), used_}; }
    [[nodiscard]] std::size_t bytes() const noexcept { return used_; }
    [[nodiscard]] std::uint64_t records() const noexcept { return records_; }
    void clear() noexcept {
        used_ = 0;
        records_ = 0;
    }

private:
    std::unique_ptr<std::byte[]> bytes_;
    std::size_t capacity_;
    std::size_t used_ = 0;
    std::uint64_t records_ = 0;
};

}  // namespace tiebreak::daemon
