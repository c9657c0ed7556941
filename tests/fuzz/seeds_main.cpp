// fuzz_seeds DIRECTORY: writes first inputs for the targets whose inputs are bytes (journal, snapshot, agreement) into
// DIRECTORY/NAME/, made by the code's own writers. To be run again when a format changes.
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <string>

#include "daemon/journal_format.hpp"
#include "daemon/replay_state.hpp"
#include "tests/reference/stream_writer.hpp"
#include "wire/json_writer.hpp"
#include "wire/request_writer.hpp"

namespace {

using namespace tiebreak;
using namespace tiebreak::daemon;
using reference::StampedCommand;

void store(const std::filesystem::path& directory, const std::string& name, const std::string& bytes) {
    std::filesystem::create_directories(directory);
    std::ofstream(directory / name, std::ios::binary) << bytes;
}

// A record as journal_fuzz.cpp makes it right: lengths, kind and stamp count.
std::string record(RecordKind kind, std::int64_t stamp_ns, std::string payload = {}) {
    RecordHeader header;
    header.kind = kind;
    header.stamp_ns = stamp_ns;
    header.payload_bytes = static_cast<std::uint32_t>(payload.size());
    std::array<std::byte, record_header_bytes> bytes{};
    draft_record_header(header, bytes);
    payload.resize(record_bytes(payload.size()) - record_header_bytes);
    return std::string(reinterpret_cast<const char*>(bytes.data()), bytes.size()) + payload;
}

// Requests of one to three commands, as the daemon journals them.
std::string records_of(const std::vector<StampedCommand>& stream) {
    std::string records = record(RecordKind::genesis, 1);
    wire::RequestWriter writer;
    for (std::size_t i = 0; i < stream.size();) {
        const std::size_t end = std::min(stream.size(), i + 1 + i % 3);
        const std::int64_t stamp_ns = stream[i].at_ns;
        writer.begin(i);
        for (; i < end; ++i) writer.add(stream[i].command);
        const auto request = writer.finish();
        const std::string skipped = i % 5 == 0 ? std::string("\1\0\0\0\0\0\0\0", 8) : std::string(4, '\0');
        records += record(RecordKind::commands, stamp_ns, skipped + std::string(reinterpret_cast<const char*>(request.data()), request.size()));
        if (i % 4 == 0) records += record(i % 8 == 0 ? RecordKind::mark : RecordKind::ceiling, stamp_ns + 1'000'000'000);
    }
    return records;
}

std::string length(const std::string& part) {
    const auto bytes = static_cast<std::uint16_t>(part.size());
    return {reinterpret_cast<const char*>(&bytes), sizeof bytes};
}

std::string snapshot_of(const std::vector<StampedCommand>& stream) {
    OwnReplay own(7, 4096, 0);
    own.feed.keep_in(&own.log);
    std::uint64_t position = 0;
    for (const StampedCommand& stamped : stream) {
        own.feed.caused_by_command(++position);
        own.engine.apply(stamped.at_ns, stamped.command, own.feed);
    }
    own.replay.finish();
    const Snapshot snapshot = own.replay.save(7);
    return length(snapshot.engine) + length(snapshot.topics) + snapshot.engine + snapshot.topics + snapshot.history;
}

std::string lines_of(const std::vector<StampedCommand>& stream) {
    std::string lines;
    for (const StampedCommand& stamped : stream) {
        wire::append_command(lines, stamped.at_ns, stamped.command);
        lines += '\n';
    }
    return lines;
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 2 || argv[1][0] == '-') {
        std::cerr << "fuzz_seeds DIRECTORY: writes first inputs for the fuzz targets into it\n";
        return 2;
    }
    const std::filesystem::path to = argv[1];
    for (std::uint64_t seed = 1; seed <= 4; ++seed) {
        const std::string name = "seed-" + std::to_string(seed);
        const auto stream = reference::StreamWriter(seed).write(12 * seed);
        store(to / "journal", name, static_cast<char>(2 * (seed % 4)) + records_of(stream));
        const std::string snapshot = snapshot_of(stream);
        store(to / "snapshot", name, '\0' + snapshot);
        store(to / "agreement", name, lines_of(stream));
        std::string throws(40 * seed, '\0');
        reference::Dice dice(seed);
        for (char& byte : throws) byte = static_cast<char>(dice.below(256));
        store(to / "agreement", "dice-" + std::to_string(seed), throws);
    }
    return 0;
}
