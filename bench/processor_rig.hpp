// A processor and all that it works on, in one thread: a real journal in a directory of its own, committed when its user says so; a
// clock that stands where its user puts it. No socket. For bench_loop, and for the processor's test.
#pragma once

#include <memory>
#include <optional>
#include <stdexcept>
#include <utility>

#include "bench/scratch_directory.hpp"
#include "daemon/clock.hpp"
#include "daemon/disk.hpp"
#include "daemon/feed.hpp"
#include "daemon/group_commit.hpp"
#include "daemon/journal.hpp"
#include "daemon/metrics.hpp"
#include "daemon/processor.hpp"
#include "daemon/stamps.hpp"
#include "matching/engine.hpp"

namespace tiebreak::bench {

class ProcessorRig {
public:
    struct HandClock final : daemon::Clock {
        matching::Instant now_ns = 0;
        [[nodiscard]] matching::Instant wall_ns() noexcept override { return now_ns; }
    };

    struct Options {
        matching::Instant now_ns = 0;
        daemon::JournalOptions journal;
        daemon::Limits limits;
        daemon::DeadlineEventsWaitFor wait_for = daemon::DeadlineEventsWaitFor::everything_before;
    };

    // Throws std::runtime_error if there can be no such journal.
    explicit ProcessorRig(const Options& options) : feed(1, metrics, options.wait_for), ceiling(1'000'000'000, 0) {
        clock.now_ns = options.now_ns;
        auto opened = daemon::Journal::open(daemon::real_disk(), directory.path(), options.journal);
        if (!opened) throw std::runtime_error(opened.error().sentence);
        auto commit = daemon::GroupCommit::open(std::move(*opened), listener_);
        if (!commit) throw std::runtime_error(commit.error().sentence);
        journal = std::move(*commit);
        processor.emplace(daemon::Processor::Options{options.limits}, engine, feed, *journal, ceiling, clock, metrics);
    }

private:
    struct Quiet final : daemon::CommitListener {
        void on_durable(std::uint64_t) override {}
        void on_fault(const daemon::Fault&) override {}
        void on_disk_low(std::uint64_t) override {}
    };
    Quiet listener_;

public:
    ScratchDirectory directory;
    HandClock clock;
    daemon::Metrics metrics;
    matching::Engine engine;
    daemon::Feed feed;
    daemon::Ceiling ceiling;
    std::unique_ptr<daemon::GroupCommit> journal;
    std::optional<daemon::Processor> processor;
};

}  // namespace tiebreak::bench
