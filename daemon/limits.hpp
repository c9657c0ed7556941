// Every limit of the daemon, by name. At a limit the answer is `busy` or `too_large`, or something is dropped and counted: never
// silence. Each has an option of its name, and stands in the status beside the figure that shows its fill.
#pragma once

#include <cstdint>

namespace tiebreak::daemon {

// X(name, default, help)
#define TIEBREAK_LIMITS(X)                                                                                               \
    X(message_bytes_max, 4U << 20, "one request; a larger one ends the connection")                                      \
    X(batch_commands_max, 4'096, "commands in one request; more are answered too_large")                                 \
    X(requests_in_flight_max, 16'384, "requests stamped and not yet answered; more are answered busy")                   \
    X(requests_in_flight_bytes_max, 256U << 20, "bytes of their bodies; more are answered busy")                         \
    X(requests_wait_ms_max, 30, "milliseconds that a request may wait to be carried out, by the pace of late; more are answered busy") \
    X(queries_in_flight_max, 256, "queries (status, history, export) not yet answered; more are answered busy")          \
    X(peer_requests_max, 1'000, "requests that ZeroMQ takes from one client ahead of the gate")                          \
    X(peer_replies_max, 16'384, "replies kept for a client that takes none off; more are dropped and counted")           \
    X(replies_unread_bytes_max, 512U << 20, "bytes of replies and answers of a kilobyte or more that clients have not taken off; one that holds as much as is free is answered busy, or its replies are dropped and counted") \
    X(subscriber_events_max, 100'000, "events kept for a subscriber that takes none off; more are dropped, it sees a hole") \
    X(events_unread_bytes_max, 1U << 30, "bytes of events that subscribers have not taken off; beyond, the connections that take off too little are ended") \
    X(subscriptions_max, 100'000, "distinct subscriptions tracked; beyond, every topic counts as subscribed to")         \
    X(subscriptions_bytes_max, 4U << 20, "bytes that subscribers together have sent, subscriptions that is; beyond, the connections that sent most are ended") \
    X(procedures_max, 10'000, "procedures with their revisions; more are answered busy")                                 \
    X(providers_max, 100'000, "providers; more are answered busy")                                                       \
    X(packages_max, 10'000'000, "packages ever opened; more are answered busy")                                          \
    X(packages_open_max, 1'000'000, "packages with an open stage; more are answered busy")                               \
    X(offers_live_max, 20'000'000, "live offers in open stages; more are answered busy")                                 \
    X(snapshot_after_bytes, 256U << 20, "journal filled since the last snapshot before the next is made (or as much as that one holds, if more); 0: none, and the journal grows") \
    X(history_bytes_max, 64U << 20, "recent events kept in memory for subscribers that missed some")                     \
    X(answer_bytes_max, 1U << 20, "one answer to a history or export query; the rest comes with the next one")

struct Limits {
#define TIEBREAK_LIMIT(name, value, help) std::uint64_t name = value;
    TIEBREAK_LIMITS(TIEBREAK_LIMIT)
#undef TIEBREAK_LIMIT
};

}  // namespace tiebreak::daemon
