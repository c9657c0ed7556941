// rubbish: the real daemon under half-open connections, readers that never read and mutated frames, while a good client is served.
#include <sys/resource.h>

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <string>
#include <thread>
#include <vector>

#include <CLI/CLI.hpp>

#include "tests/end_to_end/daemon_process.hpp"
#include "tests/end_to_end/good_client.hpp"
#include "tests/end_to_end/half_open.hpp"
#include "tests/end_to_end/mutated_frames.hpp"
#include "wire/query.hpp"

namespace {

using namespace tiebreak::e2e;
using std::chrono::steady_clock;

struct Options {
    std::uint64_t half_open = 10'000, frames = 1'000'000, slow_readers = 50, subscriptions = 300'000, askers = 50, answer_mib = 4'096;
    std::uint64_t seconds = 3, rss_mib_max = 1'024, seed = 1;
};

std::uint64_t count_files(pid_t pid) {
    const std::filesystem::directory_iterator files("/proc/" + std::to_string(pid) + "/fd");
    return static_cast<std::uint64_t>(std::distance(files, {}));
}

std::uint64_t rss_mib(pid_t pid) {
    std::ifstream statm("/proc/" + std::to_string(pid) + "/statm");
    std::uint64_t all = 0, resident = 0;
    statm >> all >> resident;
    return resident * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE)) >> 20U;
}

void rest(std::uint64_t seconds) { std::this_thread::sleep_for(std::chrono::seconds{seconds}); }

class Siege {
public:
    explicit Siege(const Options& options)
        : options_(options), daemon_(scratch_.path() / "data"), good_(context_, daemon_.commands()), files_at_first_(count_files(daemon_.pid())) {}

    void run() {
        std::printf("%-34s %9s %9s %9s %11s %8s %7s\n", "", "commands", "p50 us", "p99 us", "p99 ratio", "RSS MiB", "files");
        phase("nobody else", [&] { rest(options_.seconds); });
        half_open();
        slow_readers();
        askers();
        subscriptions();
        phase(std::to_string(options_.frames) + " mutated frames", [&] { frames(); });
        phase("nobody else again", [&] { rest(options_.seconds); });
        check_released();
        const int code = daemon_.stop();
        if (code != 0) throw std::runtime_error("the daemon ended with " + std::to_string(code));
    }

private:
    void phase(const std::string& name, const std::function<void()>& body) {
        static_cast<void>(good_.served());
        body();
        if (!daemon_.is_running()) throw std::runtime_error("the daemon has ended, with " + std::to_string(daemon_.exit_code()));
        if (const std::string trouble = good_.trouble(); !trouble.empty()) throw std::runtime_error("the good client was not served: " + trouble);
        const Served served = good_.served();
        if (p99_alone_us_ == 0) p99_alone_us_ = served.p99_us;
        const std::uint64_t rss = rss_mib(daemon_.pid());
        std::printf("%-34s %9zu %9.0f %9.0f %11.1f %8lu %7lu\n", name.c_str(), served.commands, served.p50_us, served.p99_us,
                    served.p99_us / p99_alone_us_, rss, count_files(daemon_.pid()));
        std::fflush(stdout);
        if (served.commands == 0) throw std::runtime_error("the good client was not served at all");
        if (rss > options_.rss_mib_max) throw std::runtime_error("the daemon takes " + std::to_string(rss) + " MiB");
    }

    void half_open() {
        HalfOpen connections;
        phase(std::to_string(options_.half_open) + " half-open connections", [&] {
            for (std::uint64_t i = 0; i < options_.half_open; ++i) {
                if (!connections.add(i % 4 == 3 ? daemon_.feed() : daemon_.commands())) break;
                if (i % 256 == 255) std::this_thread::sleep_for(std::chrono::milliseconds{5});  // the backlog is 1,024
            }
            connections.speak();
            if (connections.size() < options_.half_open) std::printf("(this machine allowed %zu)\n", connections.size());
            rest(1);
        });
        phase("  and until their handshakes end", [&] { rest(6); });
    }

    // A subscriber to everything, or one who may ask.
    zmq::socket_t never_reads(zmq::context_t& context, bool subscribes) {
        zmq::socket_t socket(context, subscribes ? zmq::socket_type::sub : zmq::socket_type::dealer);
        socket.set(zmq::sockopt::linger, 0);
        socket.set(zmq::sockopt::rcvhwm, 1);
        socket.set(zmq::sockopt::rcvbuf, 4'096);
        if (subscribes) socket.set(zmq::sockopt::subscribe, "");
        socket.connect(subscribes ? daemon_.feed() : daemon_.commands());
        return socket;
    }

    void slow_readers() {
        zmq::context_t context;
        std::vector<zmq::socket_t> readers;
        for (std::uint64_t i = 0; i < options_.slow_readers; ++i) readers.push_back(never_reads(context, i % 2 == 0));
        phase(std::to_string(options_.slow_readers) + " slow readers, real commands", [&] {
            tiebreak::wire::RequestWriter writer;
            const auto commands = tiebreak::reference::StreamWriter(options_.seed).write(2'000);
            const auto until = steady_clock::now() + std::chrono::seconds{options_.seconds};
            for (std::size_t i = 0; steady_clock::now() < until; ++i) {
                const auto bytes = writer.write(i, commands[i % commands.size()].command);
                // Half of the readers ask and never take an answer.
                for (std::size_t r = 1; r < readers.size(); r += 2)
                    static_cast<void>(readers[r].send(zmq::buffer(bytes.data(), bytes.size()), zmq::send_flags::dontwait));
                std::this_thread::sleep_for(std::chrono::microseconds{200});
            }
        });
    }

    // Clients that ask for the journal, a megabyte an answer, and take none of it off.
    void askers() {
        zmq::context_t context;
        std::vector<zmq::socket_t> sockets;
        for (std::uint64_t i = 0; i < options_.askers; ++i) sockets.push_back(never_reads(context, false));
        const std::uint64_t questions = options_.askers == 0 ? 0 : options_.answer_mib / options_.askers;
        phase(std::to_string(options_.askers) + " askers of " + std::to_string(options_.answer_mib) + " MiB", [&] {
            tiebreak::wire::QueryWriter writer;
            const auto bytes = writer.write(1, tiebreak::wire::query::Export{0, 0});
            for (std::uint64_t i = 0; i < questions; ++i) {
                for (zmq::socket_t& socket : sockets) static_cast<void>(socket.send(zmq::buffer(bytes.data(), bytes.size()), zmq::send_flags::dontwait));
                std::this_thread::sleep_for(std::chrono::milliseconds{5});  // the daemon works out some hundreds a second
            }
            rest(options_.seconds);
        });
    }

    // A subscriber that only ever subscribes.
    void subscriptions() {
        zmq::context_t context;
        zmq::socket_t subscriber(context, zmq::socket_type::xsub);
        subscriber.set(zmq::sockopt::linger, 0);
        subscriber.connect(daemon_.feed());
        phase(std::to_string(options_.subscriptions) + " subscriptions of one", [&] {
            for (std::uint64_t i = 0; i < options_.subscriptions; ++i)
                subscriber.send(zmq::buffer("\x01package/" + std::to_string(i * 2'654'435'761U % 4'294'967'291U) + "/"), zmq::send_flags::none);
            rest(options_.seconds);
        });
    }

    void frames() {
        constexpr std::uint64_t senders = 4;
        std::vector<std::thread> threads;
        std::vector<std::string> troubles(senders);
        for (std::uint64_t i = 0; i < senders; ++i)
            threads.emplace_back([&, i] {
                try {
                    send_mutated(context_, daemon_.commands(), options_.seed + i, (options_.frames + i) / senders);
                } catch (const std::exception& error) {
                    troubles[i] = error.what();
                }
            });
        for (std::thread& thread : threads) thread.join();
        for (const std::string& trouble : troubles)
            if (!trouble.empty()) throw std::runtime_error(trouble);
    }

    void check_released() {
        const auto until = steady_clock::now() + std::chrono::seconds{30};
        std::uint64_t files = count_files(daemon_.pid());
        for (; files > files_at_first_ + 8 && steady_clock::now() < until; files = count_files(daemon_.pid()))
            std::this_thread::sleep_for(std::chrono::milliseconds{50});
        std::printf("open files: %lu at first, %lu in the end\n", files_at_first_, files);
        if (files > files_at_first_ + 8) throw std::runtime_error("descriptors were not released");
    }

    const Options options_;
    TemporaryDirectory scratch_;
    DaemonProcess daemon_;
    zmq::context_t context_;
    GoodClient good_;
    const std::uint64_t files_at_first_;
    double p99_alone_us_ = 0;
};

}  // namespace

int main(int argc, char** argv) {
    Options options;
    CLI::App app{"A daemon of its own under rubbish, while a good client is served. Exit code 1: it fell, took too much memory, or did not serve.", "rubbish"};
    app.add_option("--half-open", options.half_open, "connections that never finish their handshake")->capture_default_str();
    app.add_option("--slow-readers", options.slow_readers, "subscribers and clients that never read")->capture_default_str();
    app.add_option("--askers", options.askers, "clients that ask for the journal and never take an answer off")->capture_default_str();
    app.add_option("--answer-mib", options.answer_mib, "what they ask for in all")->capture_default_str();
    app.add_option("--subscriptions", options.subscriptions, "of a subscriber that only ever subscribes")->capture_default_str();
    app.add_option("--frames", options.frames, "mutated requests and queries")->capture_default_str();
    app.add_option("--seconds", options.seconds, "of the phases that have no end of their own")->capture_default_str();
    app.add_option("--rss-mib-max", options.rss_mib_max, "more memory than this is a failure")->capture_default_str();
    app.add_option("--seed", options.seed, "of the mutations")->capture_default_str();
    CLI11_PARSE(app, argc, argv);

    rlimit limit{};
    ::getrlimit(RLIMIT_NOFILE, &limit);
    limit.rlim_cur = limit.rlim_max;
    ::setrlimit(RLIMIT_NOFILE, &limit);
    const std::uint64_t room = limit.rlim_max > 1'000 ? limit.rlim_max - 500 : limit.rlim_max / 2;
    if (options.half_open > room) {
        std::printf("--half-open %lu: %lu, since this process may have %lu files\n", options.half_open, room, static_cast<std::uint64_t>(limit.rlim_max));
        options.half_open = room;
    }
    try {
        Siege(options).run();
    } catch (const std::exception& error) {
        std::fprintf(stderr, "rubbish: %s\n", error.what());
        return 1;
    }
    return 0;
}
