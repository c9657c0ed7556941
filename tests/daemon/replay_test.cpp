// Records whose checksums are right and whose content no daemon can have written. Found by tests/fuzz.
#include <string>
#include <vector>

#include "daemon/replay_state.hpp"
#include "matching/commands.hpp"
#include "tests/catch.hpp"
#include "wire/request_writer.hpp"

namespace tiebreak::daemon {
namespace {

// The payload of a `commands` record with so many commands, none of them skipped.
std::vector<std::byte> batch_of(int commands) {
    wire::RequestWriter writer;
    writer.begin(1);
    for (int i = 0; i < commands; ++i) writer.add(matching::Command{matching::command::Advance{}});
    std::vector<std::byte> payload(sizeof(std::uint32_t));
    const auto request = writer.finish();
    payload.insert(payload.end(), request.begin(), request.end());
    return payload;
}

TEST_CASE("a batch stamped so late that its last command has no instant, or nothing can come after it, is refused") {
    const std::vector<std::byte> payload = batch_of(2);
    for (const matching::Instant stamp_ns : {matching::last_instant, matching::last_instant - 1, matching::last_instant - 2}) {
        OwnReplay own(1, 0, UINT64_MAX);
        const auto flaw = own.replay.take({1, stamp_ns, RecordKind::commands, payload});
        REQUIRE(flaw);
        CHECK(flaw->find("it is stamped where no clock can be") != std::string::npos);
        CHECK(own.replay.commands() == 0);
    }
    OwnReplay own(1, 0, UINT64_MAX);
    CHECK_FALSE(own.replay.take({1, matching::last_instant - 3, RecordKind::commands, payload}));
    CHECK(own.engine.now() == matching::last_instant - 2);
}

TEST_CASE("a ceiling before all time is refused, in a record and in a snapshot") {
    OwnReplay own(1, 0, UINT64_MAX);
    CHECK(own.replay.take({1, INT64_MIN, RecordKind::ceiling, {}}) == "holds a ceiling that is no instant");
    CHECK_FALSE(own.replay.take({2, 5, RecordKind::ceiling, {}}));
    Snapshot snapshot = own.replay.save(1);
    snapshot.header.ceiling_ns = -1;
    OwnReplay other(1, 0, UINT64_MAX);
    CHECK(other.replay.begin_with(snapshot));
    snapshot.header.ceiling_ns = 5;
    CHECK_FALSE(other.replay.begin_with(snapshot));
}

}  // namespace
}  // namespace tiebreak::daemon
