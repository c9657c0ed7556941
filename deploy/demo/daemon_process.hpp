// A tiebreakd of the demo's own: started on free ports and a fresh data directory, and stopped whatever happens.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace tiebreak::demo {

struct DaemonPlace {
    std::string program;  // path of tiebreakd
    std::string data;     // its data directory
    std::string log;      // file that takes what it says
};

// Where it listens.
struct Endpoints {
    std::string commands;
    std::string feed;
};

class DaemonProcess {
public:
    // Null, and `why` set to a sentence, if the program can't be started.
    [[nodiscard]] static std::unique_ptr<DaemonProcess> start(const DaemonPlace& place, std::string& why);

    // Stops it: SIGTERM, and SIGKILL if it does not end within ten seconds. The kernel ends it too, should this program be killed.
    ~DaemonProcess();
    DaemonProcess(const DaemonProcess&) = delete;
    DaemonProcess& operator=(const DaemonProcess&) = delete;

    [[nodiscard]] bool running();

    // Waits until it listens. Nothing, if it ended or did not come to it within `limit`.
    [[nodiscard]] std::optional<Endpoints> wait_until_ready(std::chrono::milliseconds limit);

    // Stops it; true if it closed cleanly.
    bool stop();

private:
    DaemonProcess(pid_t pid, std::string endpoints_file) : pid_(pid), endpoints_file_(std::move(endpoints_file)) {}
    bool wait_for_end(std::chrono::milliseconds limit);

    pid_t pid_;       // 0 once it has ended
    int status_ = 0;  // as waitpid gave it
    std::string endpoints_file_;
};

}  // namespace tiebreak::demo
