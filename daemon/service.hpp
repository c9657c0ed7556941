// The daemon as a whole: what there is, in which order it starts and in which it stops.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <optional>

#include "daemon/clock.hpp"
#include "daemon/config.hpp"
#include "daemon/disk.hpp"
#include "daemon/start_failure.hpp"

namespace tiebreak::daemon {

struct Endpoints {
    std::string commands;
    std::string feed;
};

class Service {
public:
    Service(const Config& config, Disk& disk, Clock& clock);
    ~Service();

    // Locks the data, recovers, binds, sees to what the outage has missed, starts the threads. Nothing, or why not; then only destroying is allowed.
    [[nodiscard]] std::optional<StartFailure> start();
    [[nodiscard]] Endpoints endpoints() const;

    // Readable once something has happened that the service can't go on after: then stop() and exit with failure().
    [[nodiscard]] int failure_fd() const noexcept;
    [[nodiscard]] std::optional<StartFailure> failure() const;

    // Takes nothing more; carries out, commits and answers what was taken; ends the threads. Once.
    void stop();

private:
    class Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace tiebreak::daemon
