// Replies to commands (schema/reply.fbs): written by the daemon, read by clients.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "matching/codes.hpp"
#include "matching/instant.hpp"

namespace tiebreak::wire {

// What became of one command: its receipt, or why it was not taken.
struct CommandReply {
    matching::Instant arrival_ns = 0;   // its stamp; 0 if it was refused before it got one
    std::uint64_t sequence = 0;         // of the first event that the command itself caused; 0 if none
    std::optional<matching::Code> code; // absent: accepted
    std::string_view detail;            // where there is a code; empty: the code's own sentence is written
    bool duplicate = false;             // the fields of offer_accepted
    bool withdrawn = false;
    std::optional<matching::Instant> first_arrival_ns;  // of a duplicate: the first acceptance's arrival stamp
};

// Writes straight into one buffer that it keeps. One thread at a time.
class ReplyWriter {
public:
    // The message for a request that was taken: `replies` in the order of its commands. Valid until the next call.
    [[nodiscard]] std::span<const std::byte> write(std::uint64_t request_id, std::span<const CommandReply> replies);

    // The message for a request that was not taken at all. `detail` empty: the code's own sentence.
    [[nodiscard]] std::span<const std::byte> refuse(std::uint64_t request_id, matching::Code code,
                                                    std::string_view detail = {});

private:
    std::vector<std::byte> buffer_;
};

// A CommandReply as a client sees it. Codes stay text: a daemon may know more of them than this build does.
struct CommandReplyView {
    matching::Instant arrival_ns = 0;
    std::uint64_t sequence = 0;
    std::string_view code;  // empty: accepted
    std::string_view detail;
    bool duplicate = false;
    bool withdrawn = false;
    std::optional<matching::Instant> first_arrival_ns;
};

// Reusable; keeps a copy of the message, into which its views point until the next open.
class ReplyReader {
public:
    // Nothing, or what is wrong with the message. Any bytes at any address are safe.
    [[nodiscard]] std::optional<std::string> open(std::span<const std::byte> message);

    [[nodiscard]] std::uint64_t request_id() const noexcept { return request_id_; }
    [[nodiscard]] std::string_view code() const noexcept { return code_; }  // empty: the request was taken
    [[nodiscard]] std::string_view detail() const noexcept { return detail_; }
    [[nodiscard]] std::span<const CommandReplyView> replies() const noexcept { return replies_; }

private:
    std::vector<std::uint64_t> buffer_;  // words, so that it is aligned
    std::uint64_t request_id_ = 0;
    std::string_view code_;
    std::string_view detail_;
    std::vector<CommandReplyView> replies_;
};

}  // namespace tiebreak::wire
