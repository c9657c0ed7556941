// The snapshots' readers. The first byte of an input says what the rest is:
//   bit 0   set: a snapshot's file as it is, damage and all
//           clear: two lengths of 16 bits, then the saved state of the engine, of the topics and of the history, which
//           are put into a file with right lengths and checksums first
// Whatever it is, it is judged; and a state that is taken can be saved, taken again, and is then the same.
#include "daemon/replay_state.hpp"
#include "matching/invariant.hpp"
#include "tests/fuzz/fuzz_input.hpp"
#include "tests/fuzz/memory_disk.hpp"

namespace {

using namespace tiebreak;
using namespace tiebreak::daemon;

constexpr std::uint64_t position = 5;

std::string take(std::string_view& bytes, std::size_t count) {
    const std::string taken{bytes.substr(0, count)};
    bytes.remove_prefix(taken.size());
    return taken;
}

std::size_t take_length(std::string_view& bytes) {
    std::uint16_t length = 0;
    const std::string taken = take(bytes, sizeof length);
    if (taken.size() == sizeof length) std::memcpy(&length, taken.data(), sizeof length);
    return length;
}

Snapshot snapshot_of(std::string_view rest) {
    Snapshot snapshot;
    const std::size_t engine_bytes = take_length(rest), topics_bytes = take_length(rest);
    snapshot.engine = take(rest, engine_bytes);
    snapshot.topics = take(rest, topics_bytes);
    snapshot.history = rest;
    snapshot.header.epoch = 7;
    snapshot.header.position = position;
    matching::Engine engine;
    if (engine.load(snapshot.engine)) snapshot.header.last_sequence = engine.sizes().last_sequence;
    return snapshot;
}

// What it comes to, if it can be used.
std::optional<Snapshot> taken(const Snapshot& snapshot) {
    OwnReplay own(snapshot.header.epoch, 1U << 20U, 0);
    if (const auto why = own.replay.begin_with(snapshot)) {
        TIEBREAK_INVARIANT(!why->empty(), "a refusal says why");
        TIEBREAK_INVARIANT(own.engine.sizes().last_sequence == 0, "what is refused leaves nothing behind");
        return std::nullopt;
    }
    wire::answer::History answer;
    static_cast<void>(own.history.find({"all/", 0, 0}, UINT64_MAX, 1U << 16U, answer));
    return own.replay.save(snapshot.header.epoch);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    const std::string_view rest{reinterpret_cast<const char*>(data) + 1, size - 1};
    fuzz::MemoryDisk disk;
    const daemon::path file = fuzz::data_directory / snapshot_name(position);
    if ((data[0] & 1U) != 0) {
        const auto bytes = std::as_bytes(std::span(rest));
        disk.files[file].assign(bytes.begin(), bytes.end());
    } else {
        const Snapshot made = snapshot_of(rest);
        const auto written = write_snapshot(disk, fuzz::data_directory, made, 0, [] { return true; });
        TIEBREAK_INVARIANT(written && *written, "it is written");
    }
    const auto snapshot = read_snapshot(disk, fuzz::data_directory, position);
    TIEBREAK_INVARIANT(disk.bytes_read <= 2 * disk.files[file].size(), "no more is read than the size allows");
    if (!snapshot) {
        TIEBREAK_INVARIANT((data[0] & 1U) != 0 && !snapshot.error().sentence.empty(), "only damage is refused, and says why");
        return 0;
    }
    const auto once = taken(*snapshot);
    if (!once) return 0;
    const auto twice = taken(*once);
    TIEBREAK_INVARIANT(twice && twice->engine == once->engine && twice->topics == once->topics, "saved again it is the same");
    return 0;
}
