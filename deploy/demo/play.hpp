// The first scene: a day of Oxfordshire's home-care brokerage in half a minute.
#pragma once

#include <atomic>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include <zmq.hpp>

#include "deploy/demo/board.hpp"
#include "deploy/demo/day.hpp"
#include "deploy/demo/front_end.hpp"
#include "deploy/demo/ledger.hpp"
#include "wire/client.hpp"
#include "wire/subscriber.hpp"

namespace tiebreak::demo {

// Where the scenes are played, and how.
struct Theatre {
    zmq::context_t& context;
    wire::Client& client;  // the council's brokerage
    Board& board;
    std::string commands;  // endpoints
    std::string feed;
    const std::atomic<bool>& interrupted;
};

// Everything that a day leaves behind.
struct Played {
    Ledger ledger;
    std::map<std::string, matching::Instant, std::less<>> seen_ns;  // when each award reached the subscriber
    Returns returns;                                                // of all front ends together
    matching::Instant closed_together_ns = 0;                       // the close that many packages shared
    matching::Duration took_ns = 0;
    bool finished = false;  // every package ended in time
};

[[nodiscard]] wire::SubscriberOptions subscription(const Theatre& theatre);

// Plays the day, printing a row for each package that ends. Returns early if interrupted.
[[nodiscard]] Played play_day(const Theatre& theatre, const Day& day, std::uint64_t seed, std::size_t front_ends);

}  // namespace tiebreak::demo
