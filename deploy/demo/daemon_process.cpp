#include "deploy/demo/daemon_process.hpp"

#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <thread>

namespace tiebreak::demo {

namespace {

constexpr std::chrono::milliseconds stop_limit{10'000};

// In the child. Only what may be done between fork and exec.
[[noreturn]] void become(char* const* arguments, int log, pid_t parent) {
    // A terminal's Ctrl-C reaches its whole foreground group; the daemon is stopped by us, not by it.
    setpgid(0, 0);
    prctl(PR_SET_PDEATHSIG, SIGTERM);
    if (getppid() != parent) {
        _exit(127);
    }
    const int nothing = open("/dev/null", O_RDONLY);
    dup2(nothing, STDIN_FILENO);
    dup2(log, STDOUT_FILENO);
    dup2(log, STDERR_FILENO);
    execv(arguments[0], arguments);
    _exit(127);
}

}  // namespace

std::unique_ptr<DaemonProcess> DaemonProcess::start(const DaemonPlace& place, std::string& why) {
    if (access(place.program.c_str(), X_OK) != 0) {
        why = "there is no " + place.program + "; build it first";
        return nullptr;
    }
    const int log = open(place.log.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
    if (log < 0) {
        why = "cannot write " + place.log + ": " + std::strerror(errno);
        return nullptr;
    }
    const std::string any_port = "tcp://127.0.0.1:*";
    const std::string segment_bytes = std::to_string(8 << 20);  // what a day leaves behind need not be large
    std::vector<std::string> words{place.program, "--data",  place.data, "--commands",      any_port,
                                   "--feed",      any_port, "--segment-bytes", segment_bytes};
    std::vector<char*> arguments;
    for (auto& word : words) {
        arguments.push_back(word.data());
    }
    arguments.push_back(nullptr);
    const pid_t parent = getpid();
    const pid_t pid = fork();
    if (pid == 0) {
        become(arguments.data(), log, parent);
    }
    close(log);
    if (pid < 0) {
        why = std::string("cannot start a process: ") + std::strerror(errno);
        return nullptr;
    }
    return std::unique_ptr<DaemonProcess>(new DaemonProcess(pid, place.data + "/endpoints"));
}

DaemonProcess::~DaemonProcess() { stop(); }

bool DaemonProcess::running() { return pid_ != 0 && !wait_for_end(std::chrono::milliseconds(0)); }

std::optional<Endpoints> DaemonProcess::wait_until_ready(std::chrono::milliseconds limit) {
    const auto until = std::chrono::steady_clock::now() + limit;
    while (running() && std::chrono::steady_clock::now() < until) {
        // The daemon puts the file there whole, once it listens: "commands ENDPOINT", "feed ENDPOINT".
        std::ifstream file(endpoints_file_);
        Endpoints endpoints;
        for (std::string name, endpoint; file >> name >> endpoint;) {
            (name == "commands" ? endpoints.commands : endpoints.feed) = endpoint;
        }
        if (!endpoints.commands.empty() && !endpoints.feed.empty()) {
            return endpoints;
        }
        std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
    return std::nullopt;
}

bool DaemonProcess::wait_for_end(std::chrono::milliseconds limit) {
    const auto until = std::chrono::steady_clock::now() + limit;
    while (pid_ != 0) {
        const pid_t ended = waitpid(pid_, &status_, WNOHANG);
        if (ended == pid_ || (ended < 0 && errno != EINTR)) {
            pid_ = 0;
        } else if (std::chrono::steady_clock::now() >= until) {
            return false;
        } else {
            std::this_thread::sleep_for(std::chrono::milliseconds(5));
        }
    }
    return true;
}

bool DaemonProcess::stop() {
    if (pid_ != 0) {
        kill(pid_, SIGTERM);
        if (!wait_for_end(stop_limit)) {
            kill(pid_, SIGKILL);
            wait_for_end(stop_limit);
        }
    }
    return WIFEXITED(status_) && WEXITSTATUS(status_) == 0;
}

}  // namespace tiebreak::demo
