// What the journal's tests share: a small journal on a simulated disk, and a model of what must be in it.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "daemon/group_commit.hpp"
#include "tests/journal/simulated_disk.hpp"

namespace tiebreak::tests {

inline const daemon::path journal_directory = "/data";

// Two blocks to a segment: one for its header, one for records.
inline daemon::JournalOptions small_options(std::uint64_t seed = 1) {
    daemon::JournalOptions options;
    options.segment_bytes = 2 * daemon::segment_header_bytes;
    options.payload_bytes_max = 1000;
    options.buffer_bytes_max = 16384;
    options.disk_free_bytes_min = 0;
    options.random = [random = std::make_shared<std::mt19937_64>(seed)] { return (*random)(); };
    return options;
}

struct Record {
    std::int64_t stamp_ns = 0;
    daemon::RecordKind kind = daemon::RecordKind::commands;
    std::string payload;

    friend bool operator==(const Record&, const Record&) = default;
};

inline std::span<const std::byte> bytes_of(const std::string& text) { return std::as_bytes(std::span(text)); }

inline std::string text_of(std::span<const std::byte> bytes) {
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

inline Record record_of(const daemon::RecordView& view) { return {view.stamp_ns, view.kind, text_of(view.payload)}; }

class Listener final : public daemon::CommitListener {
public:
    void on_durable(std::uint64_t position) override { durable = position; }
    void on_fault(const daemon::Fault& found) override {
        ++faults;
        fault = found;
    }
    void on_disk_low(std::uint64_t) override { ++disk_low; }

    std::uint64_t durable = 0;
    int faults = 0;
    int disk_low = 0;
    std::optional<daemon::Fault> fault;
};

struct Reading {
    std::vector<Record> records;
    std::uint64_t first_position = 0;
    std::optional<daemon::Fault> fault;
    daemon::JournalTail tail;
    std::vector<std::string> remarks;
};

// Everything that a reader finds, positions checked to be without a hole.
inline Reading read_everything(daemon::Disk& disk, const daemon::path& directory = journal_directory) {
    Reading reading;
    auto reader = daemon::JournalReader::open(disk, directory);
    if (!reader) {
        reading.fault = reader.error();
        return reading;
    }
    while (true) {
        const auto record = (*reader)->next();
        if (!record) {
            reading.fault = record.error();
            break;
        }
        if (!*record) break;
        if (reading.records.empty()) reading.first_position = (*record)->position;
        if ((*record)->position != reading.first_position + reading.records.size()) {
            reading.fault =
                daemon::Fault{daemon::FaultKind::damaged, "the reader left a hole", {}, 0, (*record)->position};
            break;
        }
        reading.records.push_back(record_of(**record));
    }
    reading.tail = (*reader)->tail();
    reading.remarks = (*reader)->remarks();
    return reading;
}

// Opens and takes over for writing, without threads. Empty if either fails.
inline std::unique_ptr<daemon::GroupCommit> open_commit(daemon::Disk& disk, Listener& listener,
                                                        const daemon::JournalOptions& options,
                                                        std::optional<daemon::Fault>* fault = nullptr) {
    auto journal = daemon::Journal::open(disk, journal_directory, options);
    if (!journal) {
        if (fault != nullptr) *fault = journal.error();
        return nullptr;
    }
    auto commit = daemon::GroupCommit::open(std::move(*journal), listener);
    if (!commit) {
        if (fault != nullptr) *fault = commit.error();
        return nullptr;
    }
    return std::move(*commit);
}

}  // namespace tiebreak::tests
