// A tiebreakd of the demo's own: started on free ports and a fresh data directory, and stopped whatever happens.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <memory>
#include <string>
#include <vector>

namespace tiebreak::demo {

struct DaemonPlace {
    std::string program;   // path of tiebreakd
    std::string data;      // its data directory
    std::string log;       // file that takes what it says
    std::string commands;  // endpoints
    std::string feed;
};

// A TCP port of this machine that was free a moment ago; 0 if there is none.
[[nodiscard]] int free_port();

class DaemonProcess {
public:
    // Null, and `why` set to a sentence, if the program can't be started. That it runs does not mean that it listens yet.
    [[nodiscard]] static std::unique_ptr<DaemonProcess> start(const DaemonPlace& place, std::string& why);

    // Stops it: SIGTERM, and SIGKILL if it does not end within ten seconds. The kernel ends it too, should this program be killed.
    ~DaemonProcess();
    DaemonProcess(const DaemonProcess&) = delete;
    DaemonProcess& operator=(const DaemonProcess&) = delete;

    [[nodiscard]] bool running();

    // Stops it; true if it closed cleanly.
    bool stop();

private:
    explicit DaemonProcess(pid_t pid) noexcept : pid_(pid) {}
    bool wait_for_end(std::chrono::milliseconds limit);

    pid_t pid_;       // 0 once it has ended
    int status_ = 0;  // as waitpid gave it
};

}  // namespace tiebreak::demo
