#include "daemon/service.hpp"

#include <pthread.h>

#include <fstream>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>

#include <zmq.hpp>

#include "daemon/archive.hpp"
#include "daemon/gate.hpp"
#include "daemon/group_commit.hpp"
#include "daemon/history.hpp"
#include "daemon/journal.hpp"
#include "daemon/log.hpp"
#include "daemon/loop.hpp"
#include "daemon/processor.hpp"
#include "daemon/publisher.hpp"
#include "daemon/recovery.hpp"
#include "daemon/wake.hpp"

namespace tiebreak::daemon {
namespace {

ExitCode exit_code_of(FaultKind kind) noexcept {
    switch (kind) {
        case FaultKind::in_use: return exit_in_use;
        case FaultKind::bad_option: return exit_usage;
        case FaultKind::disk:
        case FaultKind::disk_full: return exit_disk;
        case FaultKind::damaged:
        case FaultKind::missing:
        case FaultKind::wrong_version:
        case FaultKind::gone: return exit_damaged;
    }
    return exit_failed;
}

StartFailure failure_of(const Fault& fault) { return {exit_code_of(fault.kind), fault.sentence}; }

// Named, so that a profiler or `top -H` tells them apart. Signals are the main thread's.
template <typename Body>
std::thread start_thread(const char* name, Body body) {
    return std::thread([name, body] {
        ::pthread_setname_np(::pthread_self(), name);
        body();
    });
}

// The names of the sockets for scripts and tests, which may have asked for any free port.
void write_endpoints(const std::filesystem::path& file, const Endpoints& endpoints) {
    const std::filesystem::path draft = file.string() + ".new";
    std::ofstream(draft) << "commands " << endpoints.commands << "\nfeed " << endpoints.feed << '\n';
    std::filesystem::rename(draft, file);
}

}  // namespace

class Service::Impl final : public CommitListener {
public:
    Impl(const Config& config, Disk& disk, Clock& clock) : config_(config), disk_(disk), clock_(clock), passage_(config.limits) {}
    ~Impl() override { stop(); }

    std::optional<StartFailure> start() {
        if (auto failure = open_data()) return failure;
        if (auto failure = bind()) return failure;
        start_threads();
        return std::nullopt;
    }

    Endpoints endpoints() const { return {gate_->endpoint(), publisher_->endpoint()}; }
    int failure_fd() const noexcept { return failed_.fd(); }
    std::optional<StartFailure> failure() const {
        const std::scoped_lock lock(failure_mutex_);
        return failure_;
    }

    void stop() {
        if (std::exchange(stopped_, true)) return;
        if (gate_thread_.joinable()) {
            gate_->stop_taking();
            while (!gate_->has_stopped_taking()) std::this_thread::yield();
            loop_->finish();
            loop_thread_.join();
            finish_journal();
            gate_->finish();
            gate_thread_.join();
            archive_->finish();
            archive_thread_.join();
        }
        // Order matters: who uses a socket before the socket, sockets before their context, the journal's lock last.
        loop_.reset();
        publisher_.reset();
        gate_.reset();
        archive_.reset();
        context_.close();
        std::error_code ignored;
        if (journal_) std::filesystem::remove(endpoints_file(), ignored);
        processor_.reset();
        journal_.reset();
    }

private:
    // CommitListener, on the commit thread.
    void on_durable(std::uint64_t position) override {
        passage_.durable_position.store(position, std::memory_order_seq_cst);
        passage_.gate.wake_if_asleep();
        if (bell_.awaits_durability.load(std::memory_order_seq_cst)) passage_.loop.wake_if_asleep();
    }

    void on_fault(const Fault& fault) override {
        log::error("the disk failed, nothing is acknowledged from now on: " + fault.sentence);
        fail({exit_disk, fault.sentence});
    }

    void on_disk_low(std::uint64_t free_bytes) override {
        log::warning("only " + std::to_string(free_bytes >> 20U) + " MiB are free on the disk of " + config_.data.string());
    }

    void fail(StartFailure failure) {
        {
            const std::scoped_lock lock(failure_mutex_);
            if (failure_) return;
            failure_ = std::move(failure);
        }
        failed_.going_to_sleep();
        failed_.wake_if_asleep();
    }

    std::filesystem::path endpoints_file() const { return config_.data / "endpoints"; }

    std::optional<StartFailure> open_data() {
        JournalOptions options;
        options.segment_bytes = config_.segment_bytes;
        // The longest record: the longest request with every command but one skipped (command_record.hpp).
        options.payload_bytes_max = config_.limits.message_bytes_max + 4 * (1 + config_.limits.batch_commands_max);
        options.buffer_bytes_max = config_.journal_buffer_bytes_max;
        options.disk_free_bytes_min = config_.disk_free_bytes_min;
        auto journal = Journal::open(disk_, config_.data, options);
        if (!journal) return failure_of(journal.error());
        for (const std::string& remark : (*journal)->remarks()) log::info(remark);
        // What a killed daemon left would send clients to ports that are no longer ours.
        std::error_code ignored;
        std::filesystem::remove(endpoints_file(), ignored);

        epoch_ = (*journal)->epoch();
        feed_.emplace(epoch_, metrics_, config_.deadline_events_wait_for);
        history_.emplace(epoch_, config_.limits.history_bytes_max);
        const auto recovered = recover(**journal, engine_, *feed_, history_log_, *history_, config_.limits.history_bytes_max);
        if (!recovered) return failure_of(recovered.error());
        log::info("recovered " + std::to_string(recovered->commands) + " commands from " + config_.data.string());
        first_stamp_ns_ = recovered->first_stamp_ns;
        passage_.durable_position.store(recovered->last_position, std::memory_order_seq_cst);
        metrics_.loop.last_stamp_ns.set(static_cast<std::uint64_t>(engine_.now()));

        auto commit = GroupCommit::open(std::move(*journal), *this);
        if (!commit) return failure_of(commit.error());
        journal_ = std::move(*commit);
        if (!recovered->has_genesis) {
            if (!journal_->append(RecordKind::genesis, clock_.wall_ns(), std::span<const std::byte>{})) {
                return StartFailure{exit_disk, "the journal takes no record"};
            }
        }
        warn_of_clock();
        return std::nullopt;
    }

    void warn_of_clock() {
        const matching::Instant behind_ns = first_stamp_ns_ - clock_.wall_ns();
        if (behind_ns <= config_.clock_behind_max_ms * 1'000'000) return;
        log::warning("the wall clock is " + std::to_string(behind_ns / 1'000'000) +
                     " ms behind the last arrival stamps: no package is opened until it has caught up");
    }

    std::optional<StartFailure> bind() {
        const auto try_to = [&](const std::string& endpoint, auto open) -> std::optional<StartFailure> {
            try {
                open();
                return std::nullopt;
            } catch (const zmq::error_t& error) {
                const std::string why = error.num() == EADDRINUSE ? "another program has that port" : error.what();
                return StartFailure{exit_endpoint, "can't listen on " + endpoint + ": " + why};
            }
        };
        context_.set(zmq::ctxopt::io_threads, 1);  // with two, messages of different connections overtake each other
        if (auto failure = try_to(config_.feed_endpoint, [&] {
                publisher_.emplace(context_, config_.feed_endpoint, config_.limits, metrics_);
            })) {
            return failure;
        }
        return try_to(config_.commands_endpoint, [&] {
            gate_.emplace(context_, config_.commands_endpoint, config_.limits, clock_, first_stamp_ns_, passage_, metrics_);
        });
    }

    void start_threads() {
        feed_->send_to(&*publisher_);
        ceiling_.emplace(config_.ceiling_ms * 1'000'000, first_stamp_ns_);
        processor_.emplace(Processor::Options{config_.limits, config_.clock_behind_max_ms * 1'000'000}, engine_, *feed_,
                           *journal_, *ceiling_, clock_, metrics_);
        processor_->publish_sizes();
        archive_.emplace(ArchiveOptions{config_.limits, epoch_, clock_.wall_ns()}, *history_, history_log_, *journal_,
                         passage_, bell_, clock_, metrics_);
        loop_.emplace(LoopOptions{config_.spin_us * 1'000, config_.heartbeat_ms}, engine_, *processor_, *feed_, *publisher_,
                      history_log_, passage_, bell_, *ceiling_, clock_, metrics_);
        journal_->start();
        archive_thread_ = start_thread("archive", [this] { archive_->run(); });
        loop_thread_ = start_thread("loop", [this] { loop_->run(); });
        gate_thread_ = start_thread("gate", [this] { gate_->run(); });
        write_endpoints(endpoints_file(), endpoints());
    }

    // The loop has ended. A clean stop takes the ceiling back to the last stamp, so that the next start's stamps are not ahead of the clock.
    void finish_journal() {
        const matching::Instant next_ns = engine_.now() + 1;
        (void)journal_->append(RecordKind::ceiling, next_ns, std::span<const std::byte>{});
        journal_->flush_and_stop();
        feed_->on_durable(passage_.durable_position.load(std::memory_order_seq_cst));
    }

    const Config config_;
    Disk& disk_;
    Clock& clock_;
    Metrics metrics_;
    Passage passage_;
    LoopBell bell_;
    HistoryLog history_log_;
    matching::Engine engine_;
    zmq::context_t context_;
    std::uint64_t epoch_ = 0;
    matching::Instant first_stamp_ns_ = 0;
    std::optional<Feed> feed_;
    std::optional<History> history_;
    std::unique_ptr<GroupCommit> journal_;
    std::optional<Ceiling> ceiling_;
    std::optional<Publisher> publisher_;
    std::optional<Gate> gate_;
    std::optional<Processor> processor_;
    std::optional<Archive> archive_;
    std::optional<Loop> loop_;
    std::thread gate_thread_, loop_thread_, archive_thread_;
    bool stopped_ = false;
    Waker failed_;
    mutable std::mutex failure_mutex_;
    std::optional<StartFailure> failure_;
};

Service::Service(const Config& config, Disk& disk, Clock& clock) : impl_(std::make_unique<Impl>(config, disk, clock)) {}
Service::~Service() = default;
std::optional<StartFailure> Service::start() { return impl_->start(); }
Endpoints Service::endpoints() const { return impl_->endpoints(); }
int Service::failure_fd() const noexcept { return impl_->failure_fd(); }
std::optional<StartFailure> Service::failure() const { return impl_->failure(); }
void Service::stop() { impl_->stop(); }

}  // namespace tiebreak::daemon
