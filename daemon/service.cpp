#include "daemon/service.hpp"

#include <pthread.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <fstream>
#include <mutex>
#include <optional>
#include <system_error>
#include <thread>
#include <utility>

#include <zmq.hpp>

#include "daemon/core.hpp"
#include "daemon/gate.hpp"
#include "daemon/log.hpp"
#include "daemon/loop.hpp"
#include "daemon/publisher.hpp"
#include "daemon/urgency.hpp"
#include "daemon/wake.hpp"

namespace tiebreak::daemon {
namespace {

// Named, so that a profiler or `top -H` tells them apart. Signals are the main thread's.
template <typename Body>
std::thread start_thread(const char* name, Body body) {
    return std::thread([name, body] {
        ::pthread_setname_np(::pthread_self(), name);
        body();
    });
}

// The names of the sockets for scripts and tests, which may have asked for any free port.
std::optional<StartFailure> write_endpoints(const std::filesystem::path& file, const Endpoints& endpoints) {
    const std::filesystem::path draft = file.string() + ".new";
    errno = 0;
    std::ofstream out(draft);
    out << "commands " << endpoints.commands << "\nfeed " << endpoints.feed << '\n';
    out.close();
    std::error_code error(errno == 0 ? EIO : errno, std::generic_category());
    if (out) std::filesystem::rename(draft, file, error);
    if (out && !error) return std::nullopt;
    return failure_of(disk_fault("write", file.string(), error));
}

// For what is least urgent: the thread takes what the others leave. (Not SCHED_IDLE, under which it could hold one of the allocator's or
// the journal's locks for as long as the machine is busy.)
void give_way() {
    ::setpriority(PRIO_PROCESS, static_cast<id_t>(::gettid()), 19);
    constexpr int of_this_thread = 1, idle_class = 3 << 13;
    ::syscall(SYS_ioprio_set, of_this_thread, 0, idle_class);
}

}  // namespace

// While it lives, threads that this one starts run at the priority; this one too.
class UrgentStarts {
public:
    explicit UrgentStarts(int real_time_priority) noexcept { run_at(real_time_priority); }
    ~UrgentStarts() { run_at(0); }
    UrgentStarts(const UrgentStarts&) = delete;
    UrgentStarts& operator=(const UrgentStarts&) = delete;
};

class Service::Impl final : public CommitListener {
public:
    Impl(const Config& config, Disk& disk, Clock& clock)
        : config_(config), core_(config, disk, clock, *this), passage_(core_.passage()) {}
    ~Impl() override { stop(); }

    std::optional<StartFailure> start() {
        if (auto failure = core_.open()) return failure;
        // What a killed daemon left would send clients to ports that are no longer ours.
        std::error_code ignored;
        std::filesystem::remove(endpoints_file(), ignored);
        if (auto failure = core_.recover()) return failure;
        real_time_priority_ = allowed_priority();
        core_.metrics().keeper.real_time_priority.set(static_cast<std::uint64_t>(real_time_priority_));
        if (auto failure = bind()) return failure;
        if (auto failure = write_endpoints(endpoints_file(), endpoints())) return failure;
        wrote_endpoints_ = true;
        // Late, because what is done about an outage is done as if it ended here.
        if (auto failure = core_.bridge()) return failure;
        return start_threads();
    }

    Endpoints endpoints() const { return {gate_->endpoint(), publisher_->endpoint()}; }
    int failure_fd() const noexcept { return failed_.fd(); }
    std::optional<StartFailure> failure() const {
        const std::scoped_lock lock(failure_mutex_);
        return failure_;
    }

    void stop() {
        if (std::exchange(stopped_, true)) return;
        if (loop_) stop_threads();
        if (wrote_endpoints_) {
            std::error_code ignored;
            std::filesystem::remove(endpoints_file(), ignored);
        }
        // Order matters: who uses a socket before the socket, sockets before their context, the journal's lock last.
        loop_.reset();
        publisher_.reset();
        gate_.reset();
        context_.close();
        core_.close();
    }

private:
    // Those that run: a start may have come to some of them only.
    void stop_threads() {
        const auto join = [](std::thread& thread) {
            if (thread.joinable()) thread.join();
        };
        core_.snapshots().finish();  // one that is being made is given up
        gate_->stop_taking();
        while (gate_thread_.joinable() && !gate_->has_stopped_taking()) std::this_thread::yield();
        loop_->finish();
        join(loop_thread_);
        core_.keeper().finish();
        join(keeper_thread_);
        if (serving_) core_.finish();
        gate_->finish();
        join(gate_thread_);
        core_.archive().finish();
        join(archive_thread_);
        join(snapshot_thread_);
    }

    // CommitListener, on the commit thread.
    void on_durable(std::uint64_t position) override {
        passage_.durable_position.store(position, std::memory_order_seq_cst);
        passage_.gate.wake_if_asleep();
        if (core_.bell().awaits_durability.load(std::memory_order_seq_cst)) passage_.loop.wake_if_asleep();
    }

    void on_fault(const Fault& fault) override {
        log::error("the disk failed, nothing is acknowledged from now on: " + fault.sentence);
        fail({exit_disk, fault.sentence});
    }

    void on_disk_low(std::uint64_t free_bytes) override {
        core_.keeper().note_disk_low(free_bytes);
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
        const UrgentStarts urgent(real_time_priority_);  // ZeroMQ starts its threads with the first socket
        if (auto failure = try_to(config_.feed_endpoint, [&] {
                publisher_.emplace(context_, config_.feed_endpoint, config_.limits, core_.metrics());
            })) {
            return failure;
        }
        return try_to(config_.commands_endpoint, [&] {
            gate_.emplace(context_, config_.commands_endpoint, config_.limits, core_.clock(), passage_, core_.metrics());
        });
    }

    // What the system allows is found out once, by this thread.
    int allowed_priority() const {
        if (config_.real_time_priority == 0) return 0;
        const bool allowed = run_at(config_.real_time_priority);
        run_at(0);
        if (allowed) return config_.real_time_priority;
        log::warning("--real-time-priority is not allowed here (the limit RLIMIT_RTPRIO, systemd's LimitRTPRIO=): the threads that an offer passes run as "
                  "any others");
        return 0;
    }

    std::optional<StartFailure> start_threads() {
        core_.serve(*publisher_);
        loop_.emplace(LoopOptions{config_.heartbeat_ms}, core_.turn(), core_.feed(), *publisher_, passage_, core_.bell(), core_.clock());
        try {
            core_.journal().start(real_time_priority_);
            start_others();
        } catch (const std::system_error& error) {
            return StartFailure{exit_failed, std::string{"can't start a thread: "} + error.what()};
        }
        serving_ = true;
        return std::nullopt;
    }

    // The keeper last: its first sign of life says that there is a daemon.
    void start_others() {
        archive_thread_ = start_thread("archive", [this] { core_.archive().run(); });
        snapshot_thread_ = start_thread("snapshot", [this] {
            give_way();
            core_.snapshots().run();
        });
        loop_thread_ = start_thread("loop", [this] {
            run_at(real_time_priority_);
            loop_->run();
        });
        gate_thread_ = start_thread("gate", [this] {
            run_at(real_time_priority_);
            gate_->run(core_.first_stamp_ns());
        });
        keeper_thread_ = start_thread("keeper", [this] { core_.keeper().run([this] { publisher_->look_at_subscribers(); }); });
    }

    const Config config_;
    Core core_;
    Passage& passage_;
    zmq::context_t context_;
    std::optional<Publisher> publisher_;
    std::optional<Gate> gate_;
    std::optional<Loop> loop_;
    std::thread gate_thread_, loop_thread_, archive_thread_, keeper_thread_, snapshot_thread_;
    int real_time_priority_ = 0;  // as asked for and allowed
    bool wrote_endpoints_ = false;
    bool serving_ = false;
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
