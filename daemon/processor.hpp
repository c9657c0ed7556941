// What is done with one request: read it, check limits, journal it, give it to the engine, make the reply.
//
// Knows no thread, socket or timer, so that a simulation drives the very same code.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "daemon/clock.hpp"
#include "daemon/expecting.hpp"
#include "daemon/feed.hpp"
#include "daemon/group_commit.hpp"
#include "daemon/limits.hpp"
#include "daemon/metrics.hpp"
#include "daemon/stamps.hpp"
#include "matching/engine.hpp"
#include "wire/reply.hpp"
#include "wire/request_reader.hpp"

namespace tiebreak::daemon {

// A reply, and what has to be durable before it may leave. The bytes are valid until the next request.
struct Handled {
    std::span<const std::byte> reply;
    std::uint64_t position = 0;
};

class Processor {
public:
    struct Options {
        Limits limits;
        matching::Duration clock_behind_max_ns = 5'000'000'000;  // wall clock behind the stamps: beyond it, no package is opened
    };

    Processor(const Options& options, matching::Engine& engine, Feed& feed, GroupCommit& journal, Ceiling& ceiling,
              Clock& clock, Metrics& metrics);  // the machine's clock, to hold the stamps against

    // Requires: stamps rise, and none is below the last deadline applied.
    [[nodiscard]] Handled handle(matching::Instant stamp_ns, std::span<const std::byte> request);

    // A hint, with no effect but on speed: these requests are handled next. Pays from two on.
    void expect(std::span<const std::span<const std::byte>> requests) { expecting_.requests(requests); }

    // Applies the deadlines up to `until_ns`. Requires: everything stamped before it has been handled, nothing that is
    // handled later is stamped before it (StampFence).
    void apply_deadlines(matching::Instant until_ns);

    // Journals, without asking for a commit, a ceiling above `instant_ns` unless the standing one is high enough. False if the journal takes nothing now.
    bool cover(matching::Instant instant_ns);

    // Asks for a commit of what has been journaled. Without it none of that becomes durable.
    void commit();
    // Bytes of requests that wait for it.
    [[nodiscard]] std::uint64_t gathered_bytes() const noexcept { return gathered_bytes_; }

    // Copies the engine's sizes into the figures; once a turn.
    void publish_sizes();

private:
    // One command of the request at hand, decoded ahead of the journal because what is refused here must be skipped by
    // every replay.
    struct Decoded {
        enum class Kind : std::uint8_t { offer, other, refused };
        Kind kind = Kind::refused;
        std::uint32_t index = 0;  // in offers_, others_ or refusals_
    };

    [[nodiscard]] Handled refuse(matching::Code code, std::string_view detail);
    void decode_all(matching::Instant stamp_ns);
    void decode(std::uint32_t index, matching::Instant stamp_ns);
    void skip(std::uint32_t index, wire::Refusal refusal);
    [[nodiscard]] std::optional<wire::Refusal> find_limit(const matching::Command& command, matching::Instant stamp_ns);
    [[nodiscard]] bool journal(matching::Instant stamp_ns, std::span<const std::byte> request);
    [[nodiscard]] wire::CommandReply apply(const Decoded& decoded, matching::Instant stamp_ns);
    void apply_due(matching::Instant until_ns);

    const Options options_;
    matching::Engine& engine_;
    Feed& feed_;
    GroupCommit& journal_;
    Ceiling& ceiling_;
    Clock& clock_;
    decltype(Metrics::loop)& metrics_;

    wire::RequestReader reader_;
    Expecting expecting_;
    wire::ReplyWriter writer_;
    matching::EngineSizes sizes_;         // before the request at hand
    std::uint64_t opening_ = 0;           // packages that the request at hand may open
    std::uint64_t registering_ = 0;       // providers that it may register
    std::vector<Decoded> decoded_;
    std::vector<matching::command::Offer> offers_;
    std::vector<matching::Command> others_;
    std::vector<wire::Refusal> refusals_;
    std::vector<std::uint32_t> skipped_;
    std::vector<wire::CommandReply> replies_;
    std::uint64_t gathered_bytes_ = 0;    // journaled since a commit was asked for
    std::uint64_t position_ = 0;          // of the last record appended
    std::uint64_t ceiling_position_ = 0;  // of the last ceiling
};

}  // namespace tiebreak::daemon
