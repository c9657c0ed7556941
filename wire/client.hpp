// The command socket as a front end sees it: commands and questions out, replies and answers back.
//
// One request is one message; its reply is matched by request_id. A request without a reply after a while is sent
// again if that is safe (repeat_guard.hpp), and otherwise reported as `unknown_outcome`.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include <zmq.hpp>

#include "matching/commands.hpp"
#include "wire/limits.hpp"
#include "wire/query.hpp"

namespace tiebreak::wire {

using Milliseconds = std::chrono::milliseconds;

struct ClientOptions {
    std::string endpoint = "tcp://127.0.0.1:5701";
    std::size_t in_flight_max = 1'024;      // requests without a reply; beyond, send() refuses
    Limits limits;                          // what the daemon takes; a larger request is refused here
    Milliseconds reply_timeout{2'000};      // before a request is sent again; doubles with each time
    unsigned sends_max = 4;                 // of one request, the first included; 1: never again. At most 16
    Milliseconds heartbeat_interval{1'000}; // a connection that stays silent for three of them is made anew
    Milliseconds reconnect_interval{100};   // doubles up to 2 s
};

// What became of one command. Owns its text.
struct Receipt {
    matching::Instant arrival_ns = 0;
    std::uint64_t sequence = 0;
    std::string code;  // empty: accepted
    std::string detail;
    bool duplicate = false;
    bool withdrawn = false;
    std::optional<matching::Instant> first_arrival_ns;
};

enum class Outcome : std::uint8_t {
    replied,          // `code` is empty: see `receipts`, one for each command; else the request was not taken
    answered,         // to a question: see `answer`
    not_sent,         // there was no connection all the while: not carried out
    no_reply,         // sent `sends_max` times without a reply: carried out once, or not at all
    unknown_outcome,  // sent once without a reply, and not safe to send again: carried out once, or not at all
};

struct Completed {
    std::uint64_t request_id = 0;
    Outcome outcome = Outcome::replied;
    unsigned sends = 0;
    std::string code;  // of the message as a whole
    std::string detail;
    std::vector<Receipt> receipts;
    std::unique_ptr<AnswerReader> answer;  // for Outcome::answered alone
};

struct ClientCounts {
    std::uint64_t sent = 0;         // requests, repeats not counted
    std::uint64_t sent_again = 0;
    std::uint64_t completed = 0;
    std::uint64_t unmatched = 0;    // replies to no request that is waiting: late ones, after a repeat
    std::uint64_t unreadable = 0;   // messages that are no reply or answer
};

// One thread at a time; no thread of its own beside ZeroMQ's.
class Client {
public:
    // Connecting goes on in the background: a daemon that is not there yet is no error. Null, and `why` set to a
    // sentence, if the endpoint can't be one.
    [[nodiscard]] static std::unique_ptr<Client> connect(zmq::context_t& context, const ClientOptions& options,
                                                         std::string& why);
    ~Client();
    Client(const Client&) = delete;
    Client& operator=(const Client&) = delete;

    // Takes one request and returns its id (never 0), at once. It leaves now or, while there is no connection, from a
    // later poll(). Returns 0, and sends nothing, if in_flight_max requests are waiting, or if the request is empty or
    // larger than the limits.
    [[nodiscard]] std::uint64_t send(std::span<const matching::Command> commands);
    [[nodiscard]] std::uint64_t send(const matching::Command& command) { return send({&command, 1}); }
    [[nodiscard]] std::uint64_t send(std::span<const matching::command::Offer> offers);
    [[nodiscard]] std::uint64_t ask(const Query& query);

    // Waits up to `timeout` for something to complete, then returns all that has. Empty: nothing did. Repeats are
    // sent from here, so call it while requests are waiting.
    [[nodiscard]] std::vector<Completed> poll(Milliseconds timeout);

    // Sends and waits for that very request; others that complete meanwhile come with the next poll(). Nothing: send()
    // would have returned 0. If `timeout` runs out first: unknown_outcome or, if it never left, not_sent.
    [[nodiscard]] std::optional<Completed> call(std::span<const matching::Command> commands, Milliseconds timeout);
    [[nodiscard]] std::optional<Completed> call(const matching::Command& command, Milliseconds timeout) {
        return call(std::span{&command, 1}, timeout);
    }
    [[nodiscard]] std::optional<Completed> call(const Query& query, Milliseconds timeout);

    [[nodiscard]] std::size_t in_flight() const noexcept;
    [[nodiscard]] const ClientCounts& counts() const noexcept;

    // For polling it beside other sockets; read and write through this class only.
    [[nodiscard]] zmq::socket_ref socket() noexcept;

private:
    class Impl;
    explicit Client(std::unique_ptr<Impl> impl) noexcept;
    std::unique_ptr<Impl> impl_;
};

}  // namespace tiebreak::wire
