// A server of the run's own, tiebreakd or a baseline: a process of its own in a scratch directory.
#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

#include "bench/scratch_directory.hpp"

namespace tiebreak::bench {

// Where a server listens.
struct Endpoints {
    std::string commands;
    std::string feed;
};

class Server {
public:
    // Starts it and waits until it has said where it listens and "ready"; throws std::runtime_error with what it
    // said instead. The kernel ends it should this program be killed.
    explicit Server(const std::vector<std::string>& arguments);
    // Stops it, with SIGKILL if it does not end in time.
    ~Server();
    Server(const Server&) = delete;
    Server& operator=(const Server&) = delete;

    [[nodiscard]] const Endpoints& endpoints() const noexcept { return endpoints_; }
    [[nodiscard]] pid_t pid() const noexcept { return pid_; }
    // SIGTERM, and waits; its exit code, or -1 if it had to be killed.
    int stop();

private:
    pid_t pid_ = -1;
    int out_ = -1;
    Endpoints endpoints_;
};

// Beside this program: tiebreakd and the baseline are built into the same directory.
[[nodiscard]] std::string program_beside_this(const std::string& name);

}  // namespace tiebreak::bench
