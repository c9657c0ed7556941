// A daemon's lives on a simulated disk, one after the other, without threads: for what is done about the time between two of them.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/feed.hpp"
#include "daemon/group_commit.hpp"
#include "daemon/history.hpp"
#include "daemon/history_log.hpp"
#include "daemon/metrics.hpp"
#include "daemon/outage.hpp"
#include "daemon/sign_of_life.hpp"
#include "matching/engine.hpp"
#include "tests/journal/simulated_disk.hpp"

namespace tiebreak::daemon {

using matching::Instant;
using tests::SimulatedDisk;

inline constexpr Instant second_ns = 1'000'000'000;
inline constexpr Instant minute_ns = 60 * second_ns;
inline constexpr Instant hour_ns = 60 * minute_ns;
inline constexpr Instant noon_ns = 1'795'000'000 * second_ns;
inline const path data_directory = "/data";

[[nodiscard]] matching::command::Procedure procedure(const std::string& id, const std::vector<std::string>& stages = {"zonal"});
[[nodiscard]] matching::command::Provider provider(const std::string& id);

// Recovers, sees to the outage, takes commands, and dies (with its disk's processes) or stops.
class Life {
public:
    enum class Comes : std::uint8_t { to_serve, to_nothing };  // whether it lives to give a sign

    Life(SimulatedDisk& disk, Instant now_ns, OutagePolicy policy = OutagePolicy::extend, std::uint64_t batch_commands_max = 4096,
         Comes comes = Comes::to_serve);

    void take(Instant at_ns, const matching::Command& command);
    void register_all();  // the procedure p and the provider A, at noon
    void open_package(Instant at_ns, const std::string& id, Instant window_ns, const std::string& procedure = "p");
    void open_packages(int count, Instant window_ns);  // K0, K1 and so on, at noon, a nanosecond apart
    void offer(Instant at_ns, std::string_view id, std::string_view package, std::string_view provider = "A");
    void stop_cleanly(Instant now_ns);

    // When the open stages close, by package.
    [[nodiscard]] std::map<std::string, Instant> closes() const;

private:
    class Quiet final : public CommitListener {
    public:
        void on_durable(std::uint64_t) override {}
        void on_fault(const Fault&) override {}
        void on_disk_low(std::uint64_t) override {}
    };

    [[nodiscard]] std::optional<Fault> start(SimulatedDisk& disk, Instant now_ns, const OutageOptions& options);

    Metrics metrics_;
    Quiet listener_;
    Feed feed_;
    HistoryLog log_;
    History history_;

public:
    matching::Engine engine;
    std::unique_ptr<GroupCommit> journal;
    std::optional<SignOfLife> sign;
    OutageReport report;
    std::optional<Fault> fault;  // why it could not start
};

// A first life with two packages: K1 closes in ten minutes, K2 in three hours. The last sign of life came a minute after noon.
void first_life(SimulatedDisk& disk);

// What becomes of windows, a line for each event; instants count from noon.
class WindowTexts final : public matching::EventSink {
public:
    void on_event(const matching::Event& event) override;
    std::vector<std::string> lines;
};

}  // namespace tiebreak::daemon
