// The load of one life of the daemon: packages with short windows, offers for them, and a subscriber that writes all down.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <random>
#include <string>

#include "tests/kills/crash_ledger.hpp"

namespace tiebreak::crash {

class Load {
public:
    // Ids begin with the life's number, so that each is used once.
    Load(const std::string& commands, const std::string& feed, std::uint64_t life, std::mt19937_64& random, Ledger& ledger);
    ~Load();

    // Sends, receives and notes until the time is over or `ended()` says so.
    template <typename Ended>
    void run(std::chrono::milliseconds time, const Ended& ended) {
        const auto until = std::chrono::steady_clock::now() + time;
        while (std::chrono::steady_clock::now() < until && !ended()) step();
    }
    // What still arrives, without sending more.
    void drain(std::chrono::milliseconds time);

private:
    void step();
    void register_everything();
    void open_package();
    void send_offers();
    void note_replies(std::chrono::milliseconds timeout);
    void note_events();

    class Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace tiebreak::crash
