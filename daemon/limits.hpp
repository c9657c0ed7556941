// Every limit of the daemon, by name. At a limit the answer is `busy` or `too_large`, never silence; every limit has a figure
// in metrics.hpp that shows its fill, and an option of the same name in config.cpp.
#pragma once

#include <cstdint>

namespace tiebreak::daemon {

struct Limits {
    std::uint64_t message_bytes_max = 4U << 20;         // one request; larger ones end the connection
    std::uint64_t batch_commands_max = 4096;            // commands in one request
    std::uint64_t requests_in_flight_max = 16'384;      // stamped and not yet answered
    std::uint64_t requests_in_flight_bytes_max = 256U << 20;
    std::uint64_t queries_in_flight_max = 256;
    std::uint64_t peer_replies_max = 16'384;            // replies that ZeroMQ keeps for a client that reads none
    std::uint64_t peer_requests_max = 1'000;            // requests that ZeroMQ takes from one client ahead of us
    std::uint64_t subscriber_events_max = 100'000;      // events that ZeroMQ keeps for a subscriber that reads none
    std::uint64_t connections_max = 4'096;              // on each socket
    std::uint64_t packages_max = 10'000'000;            // ever opened
    std::uint64_t packages_open_max = 1'000'000;
    std::uint64_t offers_live_max = 20'000'000;
    std::uint64_t providers_max = 100'000;
    std::uint64_t procedures_max = 10'000;
    std::uint64_t events_waiting_max = 1'000'000;       // event messages that wait for durability
    std::uint64_t subscriptions_max = 100'000;          // beyond it every topic counts as subscribed to
    std::uint64_t history_bytes_max = 64U << 20;
    std::uint64_t answer_bytes_max = 1U << 20;          // one answer to a history or export query
};

}  // namespace tiebreak::daemon
