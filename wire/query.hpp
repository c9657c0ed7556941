// Questions and answers (schema/query.fbs, schema/answer.fbs): they change nothing.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "matching/instant.hpp"
#include "wire/limits.hpp"
#include "wire/refusal.hpp"

namespace tiebreak::wire {

namespace query {

struct Status {
    bool operator==(const Status&) const = default;
};

// The events of `topic` after a global sequence, oldest first.
struct History {
    std::string topic;
    std::uint64_t after_sequence = 0;
    std::uint32_t limit = 0;  // 0: as many as the daemon allows
    bool operator==(const History&) const = default;
};

// The journaled commands after a position, oldest first.
struct Export {
    std::uint64_t after_position = 0;
    std::uint64_t bytes_max = 0;  // 0: as many as the daemon allows
    bool operator==(const Export&) const = default;
};

}  // namespace query

using Query = std::variant<query::Status, query::History, query::Export>;

namespace answer {

struct Figure {
    std::string_view name;
    std::uint64_t value = 0;
};

struct Status {
    std::string_view version;
    std::uint64_t epoch = 0;
    matching::Instant now_ns = 0;
    matching::Instant started_ns = 0;
    matching::Instant last_stamp_ns = 0;
    std::optional<matching::Instant> next_deadline_ns;
    std::uint64_t last_sequence = 0;
    std::uint64_t last_position = 0;  // of the journal
    std::uint64_t durable_position = 0;
    std::uint64_t procedures = 0;  // these as in matching::EngineSizes
    std::uint64_t providers = 0;
    std::uint64_t packages = 0;
    std::uint64_t packages_open = 0;
    std::uint64_t packages_waiting = 0;
    std::uint64_t offers = 0;
    std::uint64_t offers_live = 0;
    std::uint64_t awards = 0;
    std::vector<Figure> figures;  // whatever else the daemon counts
};

struct HistoryEvent {
    std::uint64_t topic_sequence = 0;
    std::uint64_t sequence = 0;
    std::span<const std::byte> body;  // for EventReader
};

struct History {
    std::vector<HistoryEvent> events;
    bool complete = false;         // nothing of the topic is left after these
    std::uint64_t next_after = 0;  // after_sequence of the next question
    std::uint64_t epoch = 0;
    std::uint64_t last_topic_sequence = 0;  // the last published on the topic; 0 if none ever was
    std::uint64_t last_sequence = 0;
};

struct ExportRecord {
    std::uint64_t position = 0;
    matching::Instant stamp_ns = 0;        // command i of the payload has stamp_ns + i
    std::vector<std::uint32_t> skipped;    // indices of commands that never reached the engine
    std::span<const std::byte> payload;    // for RequestReader
};

struct Export {
    std::vector<ExportRecord> records;
    std::uint64_t last_position = 0;  // after_position of the next question
    bool end = false;                 // nothing durable is left after these
};

}  // namespace answer

// monostate: refused, see the code.
using Answer = std::variant<std::monostate, answer::Status, answer::History, answer::Export>;

class QueryWriter {
public:
    // Valid until the next call.
    [[nodiscard]] std::span<const std::byte> write(std::uint64_t request_id, const Query& query);

private:
    std::vector<std::byte> buffer_;
};

// Reusable. Any bytes at any address are safe.
class QueryReader {
public:
    // Nothing, or the code for the answer: wrong_version, malformed or unsupported.
    [[nodiscard]] std::optional<Refusal> open(std::span<const std::byte> message);

    // Also of a query that open() refused if it could be read; else 0.
    [[nodiscard]] std::uint64_t request_id() const noexcept { return request_id_; }
    [[nodiscard]] const Query& query() const noexcept { return query_; }

private:
    std::vector<std::uint64_t> buffer_;
    std::uint64_t request_id_ = 0;
    Query query_;
};

class AnswerWriter {
public:
    // Valid until the next call.
    [[nodiscard]] std::span<const std::byte> write(std::uint64_t request_id, const Answer& answer);
    [[nodiscard]] std::span<const std::byte> refuse(std::uint64_t request_id, matching::Code code,
                                                    std::string_view detail = {});

private:
    std::vector<std::byte> buffer_;
};

// Reusable; keeps a copy of the message, into which its views point until the next open.
class AnswerReader {
public:
    // Nothing, or what is wrong with the message. Any bytes at any address are safe.
    [[nodiscard]] std::optional<std::string> open(std::span<const std::byte> message);

    [[nodiscard]] std::uint64_t request_id() const noexcept { return request_id_; }
    [[nodiscard]] std::string_view code() const noexcept { return code_; }  // empty: answered
    [[nodiscard]] std::string_view detail() const noexcept { return detail_; }
    [[nodiscard]] const Answer& answer() const noexcept { return answer_; }

private:
    std::vector<std::uint64_t> buffer_;
    std::uint64_t request_id_ = 0;
    std::string_view code_;
    std::string_view detail_;
    Answer answer_;
};

}  // namespace tiebreak::wire
