// Found while the loop's turn was made to run in a simulation: a clock that stands still just before a deadline.
#include "daemon/core.hpp"

#include <span>

#include "tests/catch.hpp"
#include "tests/journal/simulated_disk.hpp"
#include "wire/request_writer.hpp"

namespace tiebreak::simulation {
namespace {

class StillClock final : public daemon::Clock {
public:
    [[nodiscard]] matching::Instant wall_ns() noexcept override { return now_ns; }
    matching::Instant now_ns = 1'795'420'800'000'000'000;
};

class NoListener final : public daemon::CommitListener {
public:
    void on_durable(std::uint64_t) override {}
    void on_fault(const daemon::Fault&) override {}
    void on_disk_low(std::uint64_t) override {}
};

class NoOutlet final : public daemon::FeedOutlet {
public:
    [[nodiscard]] std::uint32_t subscriptions_as_of() const noexcept override { return 1; }
    [[nodiscard]] bool is_wanted(std::string_view) const noexcept override { return false; }
    [[nodiscard]] std::span<const std::string> wanted_topics() const noexcept override { return {}; }
    void send(std::string_view, const wire::FeedHead&, std::span<const std::byte>) noexcept override {}
};

TEST_CASE("a clock that stands still just before a deadline does not keep the loop from all else") {
    tests::SimulatedDisk disk(1);
    StillClock clock;
    NoListener listener;
    NoOutlet outlet;
    daemon::Config config;
    config.data = "/data";
    config.segment_bytes = 256U << 10;
    config.journal_buffer_bytes_max = 256U << 10;
    config.limits.message_bytes_max = 32U << 10;
    config.limits.batch_commands_max = 64;
    config.spin_us = 100;
    daemon::Core core(config, disk, clock, listener);
    REQUIRE_FALSE(core.open());
    REQUIRE_FALSE(core.recover());
    REQUIRE_FALSE(core.bridge());
    core.serve(outlet);
    daemon::Intake intake(config.limits, core.clock(), core.passage(), core.metrics());
    intake.begin_at(core.first_stamp_ns());

    matching::command::Procedure procedure;
    procedure.id = "p";
    procedure.stages.emplace_back();
    procedure.stages.back().name = "s";
    procedure.stages.back().window_ns = 60'000'000'000;
    procedure.ranking.emplace_back();
    matching::command::Provider provider;
    provider.id = "A";
    matching::command::Package package;
    package.id = "K";
    package.procedure = "p";
    wire::RequestWriter writer;
    writer.begin(1);
    for (const matching::Command& command : {matching::Command{procedure}, matching::Command{provider}, matching::Command{package}}) {
        writer.add(command);
    }
    const auto request = writer.finish();
    daemon::Sender sender;
    zmq::message_t body(request.data(), request.size());
    REQUIRE(intake.take(sender, body).empty());
    core.turn().take();
    const auto deadline_ns = core.engine().next_deadline();
    REQUIRE(deadline_ns);

    // Within the time in which the loop watches the clock instead of sleeping; it must come back nevertheless.
    clock.now_ns = *deadline_ns - 50'000;
    core.turn().take();
    CHECK(core.engine().next_deadline() == deadline_ns);
    clock.now_ns = *deadline_ns;
    core.turn().take();
    CHECK_FALSE(core.engine().next_deadline());
}

}  // namespace
}  // namespace tiebreak::simulation
