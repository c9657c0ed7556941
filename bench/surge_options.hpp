// What a run of surge is asked to do.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace tiebreak::bench {

enum class Shape : std::uint8_t { steady, ramp, bursts, cliff, crowd, idle };

struct SurgeOptions {
    std::string connect;  // a daemon that is there already; empty: one of our own
    std::string feed;
    std::string scratch;  // where our own daemon's journal is made
    std::string daemon;   // path of tiebreakd
    std::string baseline; // path of the baseline program
    std::vector<std::string> daemon_options;  // NAME=VALUE, handed to our own daemon
    Shape shape = Shape::steady;
    std::size_t connections = 8;
    std::size_t threads = 1;
    std::size_t in_flight = 128;     // requests of one connection, in a closed loop
    double rate = 0;                 // offers a second, of the peak where the shape has one; 0: closed loop, or what the ramp finds out
    std::size_t batch = 1;           // offers in one request
    double seconds = 5;
    std::size_t rounds = 3;
    std::size_t packages = 10'000;
    std::size_t providers = 100;
    std::size_t cliff_offers = 20;   // for each package of a cliff
    double awards_per_second = 200;  // while the load runs; not in a cliff
    std::size_t deaf = 0;            // clients that never read, and as many subscribers
    bool baselines = true;
    bool json = false;
    std::string json_file;
    std::string html;

    [[nodiscard]] bool is_closed_loop() const noexcept { return rate <= 0; }
};

}  // namespace tiebreak::bench
