// What the transport, the disk and the timer can do by themselves: the measure of every figure of the load.
//
// A bare ROUTER that answers each message with a receipt of the daemon's form and size, the same bytes each time. With
// --sync, whatever has gathered is written and synced before it is answered, as in a group commit. With --deadlines, a
// thread wakes by a bare timerfd at each of them and publishes a message of an award's size at once.
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include <fcntl.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstring>
#include <iostream>
#include <optional>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include <CLI/CLI.hpp>
#include <zmq.hpp>

#include "bench/surge_clock.hpp"
#include "daemon/urgency.hpp"
#include "wire/feed_head.hpp"
#include "wire/reply.hpp"

namespace {

using namespace tiebreak;
using bench::ms_ns;

std::atomic<bool> stopping{false};
extern "C" void on_signal(int) { stopping.store(true); }

struct Options {
    std::size_t batch = 1;
    bool stamp = false;
    std::string sync_file;
    std::int64_t first_deadline_ns = 0;
    std::int64_t interval_ns = 0;
    std::size_t deadlines = 0;
    std::size_t each = 1;
    std::size_t body_bytes = 64;
    int real_time_priority = 0;
};

// A preallocated file, written over and over, as the daemon's segments are.
class SyncedFile {
public:
    explicit SyncedFile(const std::string& path) : fd_(::open(path.c_str(), O_CREAT | O_RDWR | O_CLOEXEC, 0600)) {
        const std::vector<char> zeros(1U << 20U);
        for (std::size_t at = 0; at < size; at += zeros.size())
            if (::pwrite(fd_, zeros.data(), zeros.size(), static_cast<off_t>(at)) < 0)
                throw std::runtime_error("can't write " + path);
        ::fsync(fd_);
    }
    ~SyncedFile() { ::close(fd_); }
    SyncedFile(const SyncedFile&) = delete;
    SyncedFile& operator=(const SyncedFile&) = delete;

    void append(const zmq::message_t& record) {
        const auto* const bytes = static_cast<const char*>(record.data());
        gathered_.insert(gathered_.end(), bytes, bytes + record.size());
    }
    void sync() {
        if (at_ + gathered_.size() > size) at_ = 0;
        if (::pwrite(fd_, gathered_.data(), gathered_.size(), static_cast<off_t>(at_)) < 0 || ::fdatasync(fd_) != 0)
            throw std::runtime_error("can't write the synced file");
        at_ += gathered_.size();
        gathered_.clear();
    }

private:
    static constexpr std::size_t size = 64U << 20U;
    int fd_;
    std::size_t at_ = 0;
    std::vector<char> gathered_;
};

class Echo {
public:
    Echo(zmq::context_t& context, const Options& options) : options_(options), socket_(context, zmq::socket_type::router) {
        socket_.set(zmq::sockopt::sndhwm, 16'384);
        socket_.set(zmq::sockopt::linger, 0);
        socket_.bind("tcp://127.0.0.1:*");
        if (!options.sync_file.empty()) file_.emplace(options.sync_file);
        wire::ReplyWriter writer;
        const std::vector<wire::CommandReply> replies(options.batch, {.arrival_ns = stamp_mark, .sequence = 1});
        const auto bytes = writer.write(1, replies);
        receipt_.assign(bytes.begin(), bytes.end());
        stamp_at_ = find_stamp();
    }

    std::string endpoint() const { return socket_.get(zmq::sockopt::last_endpoint); }

    void run() {
        while (!stopping.load(std::memory_order_relaxed)) {
            zmq::pollitem_t item{socket_.handle(), 0, ZMQ_POLLIN, 0};
            if (::zmq_poll(&item, 1, 100) <= 0) continue;
            if (file_) serve_groups();
            else serve();
        }
    }

private:
    static constexpr std::int64_t stamp_mark = 0x5172'7374'7576'7778;
    static constexpr std::size_t group_max = 16'384;

    std::size_t find_stamp() const {
        std::byte mark[sizeof stamp_mark];
        std::memcpy(mark, &stamp_mark, sizeof mark);
        const auto found = std::search(receipt_.begin(), receipt_.end(), std::begin(mark), std::end(mark));
        return static_cast<std::size_t>(found - receipt_.begin());
    }

    bool take(zmq::message_t& sender, zmq::message_t& body) {
        return socket_.recv(sender, zmq::recv_flags::dontwait) && socket_.recv(body, zmq::recv_flags::dontwait);
    }
    void answer(zmq::message_t& sender, std::int64_t stamp_ns) {
        zmq::message_t reply(receipt_.data(), receipt_.size());
        if (options_.stamp) std::memcpy(static_cast<std::byte*>(reply.data()) + stamp_at_, &stamp_ns, sizeof stamp_ns);
        socket_.send(sender, zmq::send_flags::sndmore | zmq::send_flags::dontwait);
        socket_.send(reply, zmq::send_flags::dontwait);
    }
    std::int64_t next_stamp() { return last_stamp_ns_ = std::max(last_stamp_ns_ + 1, bench::wall_ns()); }

    void serve() {
        zmq::message_t sender, body;
        while (!stopping.load(std::memory_order_relaxed) && take(sender, body))
            answer(sender, options_.stamp ? next_stamp() : 0);
    }
    void serve_groups() {
        zmq::message_t body;
        while (true) {
            std::size_t count = 0;
            if (senders_.empty()) senders_.resize(group_max);
            while (count < group_max && take(senders_[count], body)) {
                file_->append(body);
                ++count;
            }
            if (count == 0) return;
            file_->sync();
            for (std::size_t i = 0; i < count; ++i) answer(senders_[i], 0);
        }
    }

    const Options& options_;
    zmq::socket_t socket_;
    std::optional<SyncedFile> file_;
    std::vector<std::byte> receipt_;
    std::size_t stamp_at_ = 0;
    std::int64_t last_stamp_ns_ = 0;
    std::vector<zmq::message_t> senders_;
};

// The bare timerfd and the bare PUB. A message's head: the deadline, when the timer had woken us, when it was sent.
class Timer {
public:
    Timer(zmq::context_t& context, const Options& options) : options_(options), socket_(context, zmq::socket_type::pub) {
        socket_.set(zmq::sockopt::sndhwm, 0);
        socket_.set(zmq::sockopt::linger, 0);
        socket_.bind("tcp://127.0.0.1:*");
    }
    std::string endpoint() const { return socket_.get(zmq::sockopt::last_endpoint); }

    void run() {
        ::prctl(PR_SET_TIMERSLACK, 1UL);
        const int timer = ::timerfd_create(CLOCK_REALTIME, TFD_CLOEXEC);
        const std::vector<std::byte> body(options_.body_bytes);
        std::size_t done = 0;
        while (!stopping.load(std::memory_order_relaxed)) {
            const std::int64_t due_ns = options_.first_deadline_ns + static_cast<std::int64_t>(done) * options_.interval_ns;
            const std::int64_t beat_ns = bench::wall_ns() + 100 * ms_ns;
            const bool beats = done == options_.deadlines || beat_ns < due_ns;
            wait_until(timer, beats ? beat_ns : due_ns);
            const std::int64_t woken_ns = bench::wall_ns();
            if (beats) {
                publish({}, {});
                continue;
            }
            for (std::size_t i = 0; i < options_.each; ++i)
                publish({static_cast<std::uint64_t>(due_ns), static_cast<std::uint64_t>(woken_ns),
                         static_cast<std::uint64_t>(bench::wall_ns())}, body);
            ++done;
        }
        ::close(timer);
    }

private:
    static void wait_until(int timer, std::int64_t until_ns) {
        itimerspec when{};
        when.it_value.tv_sec = until_ns / bench::s_ns;
        when.it_value.tv_nsec = until_ns % bench::s_ns;
        ::timerfd_settime(timer, TFD_TIMER_ABSTIME, &when, nullptr);
        std::uint64_t expirations = 0;
        while (::read(timer, &expirations, sizeof expirations) < 0 && !stopping.load()) {
        }
    }
    void publish(const wire::FeedHead& head, std::span<const std::byte> body) {
        const auto bytes = wire::encode(head);
        socket_.send(zmq::buffer("award/", 6), zmq::send_flags::sndmore);
        socket_.send(zmq::buffer(bytes), zmq::send_flags::sndmore);
        socket_.send(zmq::buffer(body.data(), body.size()), zmq::send_flags::none);
    }

    const Options& options_;
    zmq::socket_t socket_;
};

bool read_options(int argc, char** argv, Options& options, int& exit_code) {
    CLI::App app{"A bare echo, timer and publisher: what surge and fairness are held against. They start it themselves."};
    app.add_option("--batch", options.batch, "commands that a receipt answers")->check(CLI::Range(1, 4096));
    app.add_flag("--stamp", options.stamp, "write the nanosecond in which a message was taken into its receipt");
    app.add_option("--sync", options.sync_file, "write and sync what has gathered to this file before answering it");
    app.add_option("--first-deadline-ns", options.first_deadline_ns, "nanoseconds since 1970");
    app.add_option("--interval-ns", options.interval_ns, "from one deadline to the next");
    app.add_option("--deadlines", options.deadlines, "how many");
    app.add_option("--each", options.each, "messages published at each");
    app.add_option("--real-time-priority", options.real_time_priority, "of all its threads, as the daemon's option")->check(CLI::Range(0, 50));
    app.add_option("--body-bytes", options.body_bytes, "their size");
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        exit_code = app.exit(error);
        return false;
    }
    return true;
}

}  // namespace

int main(int argc, char** argv) {
    Options options;
    int exit_code = 0;
    if (!read_options(argc, argv, options, exit_code)) return exit_code;
    struct sigaction action {};
    action.sa_handler = on_signal;
    ::sigaction(SIGTERM, &action, nullptr);
    ::sigaction(SIGINT, &action, nullptr);
    try {
        if (options.real_time_priority > 0) daemon::run_at(options.real_time_priority);
        zmq::context_t context(1);
        Echo echo(context, options);
        Timer timer(context, options);
        std::cout << "commands on " << echo.endpoint() << "\nfeed on " << timer.endpoint() << "\nready" << std::endl;
        std::thread timing([&] { timer.run(); });
        int failed = 0;
        try {
            echo.run();
        } catch (const std::exception& error) {
            failed = errno == EINTR ? 0 : 1;
            if (failed != 0) std::cerr << "baseline: " << error.what() << std::endl;
        }
        stopping.store(true);
        timing.join();
        return failed;
    } catch (const std::exception& error) {
        std::cerr << "baseline: " << error.what() << std::endl;
        return 1;
    }
}
