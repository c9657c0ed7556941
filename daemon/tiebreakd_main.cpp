#include <poll.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <csignal>
#include <exception>
#include <iostream>
#include <string>

#include "daemon/clock.hpp"
#include "daemon/config.hpp"
#include "daemon/disk.hpp"
#include "daemon/log.hpp"
#include "daemon/service.hpp"
#include "daemon/version.hpp"

namespace {

using namespace tiebreak::daemon;

// Blocks them in every thread to come, so that they are read from a file descriptor and never interrupt anything.
int catch_stop_signals() {
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGTERM);
    sigaddset(&signals, SIGINT);
    ::pthread_sigmask(SIG_BLOCK, &signals, nullptr);
    return ::signalfd(-1, &signals, SFD_CLOEXEC);
}

// Until a signal, or a failure. True for a signal.
bool wait_for_end(int signals, const Service& service) {
    pollfd sources[] = {{signals, POLLIN, 0}, {service.failure_fd(), POLLIN, 0}};
    while (::poll(sources, 2, -1) < 0) {
    }
    return (sources[1].revents & POLLIN) == 0;
}

int run(const Config& config, int signals) {
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
              << "data in " << config.data.string() << '\n'
              << "ready" << std::endl;
    const bool asked = wait_for_end(signals, service);
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
    log::start(outcome.config->log_level);
    try {
        return run(*outcome.config, signals);
    } catch (const std::exception& error) {
        log::stop();
        std::cerr << "tiebreakd: " << error.what() << std::endl;
        return exit_failed;
    }
}
