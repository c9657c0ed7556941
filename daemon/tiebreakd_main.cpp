#include <poll.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <csignal>
#include <exception>
#include <iostream>
#include <string>

#include "daemon/clock.hpp"
#include "daemon/config.hpp"
#include "daemon/descriptors.hpp"
#include "daemon/disk.hpp"
#include "daemon/log.hpp"
#include "daemon/procedure_directory.hpp"
#include "daemon/service.hpp"
#include "daemon/version.hpp"

namespace {

using namespace tiebreak::daemon;
namespace wire = tiebreak::wire;

// Blocks them in every thread to come, so that they are read from a file descriptor and never interrupt anything.
int catch_stop_signals() {
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGTERM);
    sigaddset(&signals, SIGINT);
    sigaddset(&signals, SIGHUP);
    ::pthread_sigmask(SIG_BLOCK, &signals, nullptr);
    return ::signalfd(-1, &signals, SFD_CLOEXEC);
}

bool is_asked_to_stop() {
    sigset_t pending;
    ::sigpending(&pending);
    return sigismember(&pending, SIGTERM) == 1 || sigismember(&pending, SIGINT) == 1;
}

// Whether there is any use in waiting for a reply of the service.
bool goes_on(const Service& service) { return !service.failure() && !is_asked_to_stop(); }

// Registers the directory's procedures anew; what is wrong with one is logged and leaves the others alone.
void look_at_procedures_again(const Config& config, const Service& service) {
    if (config.procedures.empty()) return log::info("SIGHUP: there is no directory of procedures to look at");
    // A client of our own is made, and libzmq ends the program where it can't have the descriptors for one.
    if (!has_descriptors(32)) return log::error("SIGHUP: too many connections to look at the procedures now; try again");
    log::info("SIGHUP: looking at the procedures in " + config.procedures.string());
    const auto registration = register_directory(config.procedures, service.endpoints().commands, [&] { return goes_on(service); });
    for (const std::string& sentence : registration.wrong) log::error(sentence);
}

// Until a signal to stop, or a failure. True for a signal.
bool wait_for_end(int signals, const Service& service, const Config& config) {
    while (true) {
        pollfd sources[] = {{signals, POLLIN, 0}, {service.failure_fd(), POLLIN, 0}};
        if (::poll(sources, 2, -1) < 0) continue;
        if ((sources[1].revents & POLLIN) != 0) return false;
        signalfd_siginfo signal{};
        if (::read(signals, &signal, sizeof signal) != static_cast<ssize_t>(sizeof signal)) continue;
        if (signal.ssi_signo != SIGHUP) return true;
        look_at_procedures_again(config, service);
    }
}

// The procedures to begin with. False after saying what is wrong with them: a daemon that lacks one is not started.
bool load_procedures(const Config& config, wire::LoadedProcedures& loaded) {
    if (config.procedures.empty()) return true;
    loaded = wire::load_procedures(config.procedures);
    for (const wire::ProcedureFault& fault : loaded.faults) std::cerr << "tiebreakd: " << fault.text() << std::endl;
    return loaded.faults.empty();
}

// Each connection takes a descriptor.
void make_room_for_connections() {
    constexpr std::uint64_t few = 4'096;
    const std::uint64_t descriptors = raise_descriptor_limit();
    const std::string sentence = "room for about " + std::to_string(descriptors) + " connections at a time";
    if (descriptors >= few) return log::info(sentence);
    log::warning("only " + sentence + ": the limit of file descriptors (ulimit -Hn, LimitNOFILE=) is low");
}

int run(const Config& config, int signals) {
    make_room_for_connections();
    wire::LoadedProcedures procedures;
    if (!load_procedures(config, procedures)) return exit_usage;
    SystemClock clock;
    Service service(config, real_disk(), clock);
    if (const auto failure = service.start()) {
        log::stop();
        std::cerr << "tiebreakd: " << failure->sentence << std::endl;
        return failure->exit_code;
    }
    const Endpoints endpoints = service.endpoints();
    std::cout << "tiebreakd " << version << '\n'
              << "commands on " << endpoints.commands << '\n'
              << "feed on " << endpoints.feed << '\n'
              << "data in " << config.data.string() << '\n';
    const auto registration = register_procedures(procedures, endpoints.commands, [&] { return goes_on(service); });
    for (const std::string& sentence : registration.wrong) log::error(sentence);
    if (!procedures.procedures.empty()) std::cout << "procedures from " << config.procedures.string() << ": " << registration.taken << '\n';
    if (goes_on(service)) std::cout << "ready" << std::endl;
    const bool asked = wait_for_end(signals, service, config);
    log::info(asked ? "stopping: a signal asked for it" : "stopping: it can't go on");
    service.stop();
    const auto failure = service.failure();
    log::stop();
    if (failure) std::cerr << "tiebreakd: " << failure->sentence << std::endl;
    return failure ? failure->exit_code : exit_clean;
}

}  // namespace

int main(int argc, char** argv) {
    const auto outcome = read_config(argc, argv);
    if (!outcome.config) return outcome.exit_code;
    const int signals = catch_stop_signals();  // before the first thread: each inherits what is blocked
    try {
        log::start(outcome.config->log_level);
        return run(*outcome.config, signals);
    } catch (const std::exception& error) {
        log::stop();
        std::cerr << "tiebreakd: " << error.what() << std::endl;
        return exit_failed;
    }
}
