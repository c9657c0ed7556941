// The load beside which the probe's pairs are sent: many connections, each with its next offer when its turn comes.
//
// What it costs the machine is not what is measured, and the probe, the load and the server share it. So an offer is one write(), receipts
// are read many at a time, and in between the thread sleeps.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "bench/surge_scene.hpp"

namespace tiebreak::bench {

struct BackgroundPlan {
    std::string endpoint;
    const Scene* scene = nullptr;  // its last two providers are left to the probe
    std::size_t connections = 100;
    double rate = 50'000;  // offers a second, of all connections together
    std::size_t batch = 1;   // offers in one message
    int real_time_priority = 0;  // of its thread
    bool daemon = true;    // false: a bare echo, whose receipts have no number
};

struct BackgroundResult {
    std::uint64_t answered = 0;
    std::uint64_t busy = 0;  // of them
    std::uint64_t lost = 0, duplicated = 0, wrong_answers = 0;
    std::string note;        // of the first that was wrong
    double per_second = 0;   // sent, while it went on
};

class Background {
public:
    // Connects; from then on offers are sent. Throws std::runtime_error if there is no connection.
    explicit Background(const BackgroundPlan& plan);
    ~Background();
    Background(const Background&) = delete;
    Background& operator=(const Background&) = delete;

    // Once: stops sending, waits for what is still on its way, and reports.
    [[nodiscard]] BackgroundResult end();

private:
    class Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace tiebreak::bench
