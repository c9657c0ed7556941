// One request at a time, without threads or sockets: limits, the clock's alarm, and what a replay makes of refused commands.
#include "daemon/processor.hpp"

#include <string>
#include <vector>

#include "bench/processor_rig.hpp"
#include "daemon/recovery.hpp"
#include "matching/commands.hpp"
#include "tests/catch.hpp"
#include "wire/json_writer.hpp"
#include "wire/request_writer.hpp"

namespace tiebreak::daemon {
namespace {

using matching::Instant;
namespace command = matching::command;

constexpr Instant second_ns = 1'000'000'000;
constexpr Instant noon_ns = 1'795'000'000 * second_ns;

JournalOptions small_journal() {
    JournalOptions options;
    options.segment_bytes = 1U << 20U;
    options.payload_bytes_max = 1U << 19U;
    options.buffer_bytes_max = 1U << 20U;
    return options;
}

class Fixture : public bench::ProcessorRig {
public:
    explicit Fixture(const Limits& limits = {}) : ProcessorRig({noon_ns, small_journal(), limits}) {}

    // The codes of one request's commands.
    std::vector<std::string> handle(Instant stamp_ns, const std::vector<matching::Command>& commands) {
        wire::RequestWriter writer;
        writer.begin(1);
        for (const auto& one : commands) writer.add(one);
        const Handled handled = processor->handle(stamp_ns, writer.finish());
        wire::ReplyReader reply;
        REQUIRE_FALSE(reply.open(handled.reply));
        REQUIRE(reply.code().empty());
        std::vector<std::string> codes;
        for (const auto& one : reply.replies()) codes.emplace_back(one.code);
        return codes;
    }
};

command::Procedure procedure() {
    command::Procedure procedure;
    procedure.id = "p";
    matching::Stage stage;
    stage.name = "s";
    stage.window_ns = second_ns;
    procedure.stages.push_back(stage);
    procedure.ranking.push_back({});
    return procedure;
}
command::Package package(const std::string& id) {
    command::Package package;
    package.id = id;
    package.procedure = "p";
    return package;
}
command::Provider provider(const std::string& id) {
    command::Provider provider;
    provider.id = id;
    return provider;
}
command::Offer offer(std::string_view package) {
    command::Offer offer;
    offer.id = "o";
    offer.package = package;
    offer.provider = "A";
    offer.start_ns = noon_ns * 2;
    return offer;
}

using Codes = std::vector<std::string>;

TEST_CASE("at a limit the answer is busy, within one batch too, and the rest of the batch is carried out") {
    Limits limits;
    limits.packages_open_max = 2;
    limits.providers_max = 1;
    limits.offers_live_max = 1;
    Fixture f(limits);
    CHECK(f.handle(noon_ns, {procedure(), provider("A"), provider("B")}) == Codes{"", "", "busy"});
    CHECK(f.handle(noon_ns + 5, {provider("A")}) == Codes{""});  // known already: it takes no more room
    CHECK(f.handle(noon_ns + 10, {package("K1"), package("K2"), package("K3")}) == Codes{"", "", "busy"});
    CHECK(f.handle(noon_ns + 20, {offer("K1"), offer("K2")}) == Codes{"", "busy"});
    CHECK(f.metrics.loop.commands_busy.get() == 3);
    // Their windows close: there is room again.
    CHECK(f.handle(noon_ns + 2 * second_ns, {package("K3")}) == Codes{""});
}

TEST_CASE("with the wall clock far behind the stamps no package is opened, and everything else goes on") {
    Fixture f;
    CHECK(f.handle(noon_ns, {procedure(), provider("A"), package("K1")}) == Codes{"", "", ""});
    f.clock.now_ns = noon_ns - 3600 * second_ns;
    CHECK(f.handle(noon_ns + 10, {package("K2"), offer("K1")}) == Codes{"busy", ""});
    f.clock.now_ns = noon_ns + 20;
    CHECK(f.handle(noon_ns + 20, {package("K2")}) == Codes{""});
}

TEST_CASE("nothing is stamped above the journaled ceiling, and a request of refused commands is not journaled") {
    Fixture f;
    (void)f.handle(noon_ns, {procedure()});
    CHECK(f.ceiling.standing_ns() > noon_ns);
    const auto before = f.journal->appended_position();
    CHECK(f.handle(noon_ns + 1, {package("not an id")}) == Codes{"malformed"});
    CHECK(f.journal->appended_position() == before);
    CHECK(f.processor->cover(noon_ns + 100 * second_ns));
    CHECK(f.ceiling.standing_ns() > noon_ns + 100 * second_ns);
    CHECK(f.journal->appended_position() == before + 1);
}

TEST_CASE("recovery skips what was refused, ends in the same state, and gives no stamp twice") {
    Limits limits;
    limits.packages_open_max = 2;
    Fixture f(limits);
    (void)f.handle(noon_ns, {procedure(), provider("A"), provider("not an id")});
    (void)f.handle(noon_ns + 10, {package("K1"), package("K2"), package("K3"), offer("K2")});
    (void)f.handle(noon_ns + 20, {offer("K3"), offer("K1")});  // unknown_package has its event and its sequence
    f.processor->apply_deadlines(noon_ns + second_ns + 10);     // K1 is awarded; a replay derives it again
    REQUIRE_FALSE(f.journal->flush_and_stop().has_value());
    const auto before = f.engine.sizes();
    const Instant last_stamp_ns = noon_ns + 21;
    f.processor.reset();
    f.journal.reset();

    auto opened = Journal::open(real_disk(), f.directory.path(), small_journal());
    REQUIRE(opened.has_value());
    matching::Engine engine;
    Metrics metrics;
    Feed feed(1, metrics, DeadlineEventsWaitFor::everything_before);
    HistoryLog log;
    History history(1, 1U << 20U);
    const auto recovered = recover(**opened, engine, feed, log, history, 1U << 20U);
    REQUIRE(recovered.has_value());
    CHECK(recovered->commands == 7);
    CHECK(recovered->first_stamp_ns > last_stamp_ns);
    feed.caused_by_deadline(recovered->last_position, recovered->last_position, false);
    engine.advance(noon_ns + second_ns + 10, feed);
    const auto after = engine.sizes();
    CHECK(after.last_sequence == before.last_sequence);
    CHECK(after.packages == before.packages);
    CHECK(after.offers == before.offers);
    CHECK(after.awards == before.awards);
    CHECK(feed.last_sequence() == f.feed.last_sequence());
}

}  // namespace
}  // namespace tiebreak::daemon
