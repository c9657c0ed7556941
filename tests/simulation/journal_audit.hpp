// Reads the surviving journal as an auditor would: what it holds, what a replay of it answers and says.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "daemon/disk.hpp"
#include "matching/engine.hpp"
#include "tests/simulation/trace.hpp"
#include "wire/event_writer.hpp"
#include "wire/reply.hpp"
#include "wire/topics.hpp"

namespace tiebreak::simulation {

class JournalAudit {
public:
    struct Request {
        std::uint64_t position = 0;
        matching::Instant stamp_ns = 0;
        std::vector<std::byte> bytes;
        std::vector<std::uint32_t> skipped;
        std::vector<wire::CommandReply> replies;  // of those not skipped, in order
    };
    struct Said {
        std::uint64_t sequence = 0;
        std::uint64_t hash = 0;     // of the body
        std::uint64_t content = 0;  // of the body but for its sequence
        bool by_deadline = false;   // and not by a command
    };

    // Reads on from where it was, up to a position, having checked that what it knows, and has not been recycled, is still there
    // unchanged. Nothing, or what is wrong.
    [[nodiscard]] std::optional<std::string> read(daemon::Disk& disk, const daemon::path& directory, std::uint64_t last_position = UINT64_MAX);
    [[nodiscard]] std::uint64_t first_position() const noexcept { return first_position_; }  // that the last read found
    // Lets the clock run on until no deadline is left.
    void run_out();

    [[nodiscard]] const std::vector<Request>& requests() const noexcept { return requests_; }
    [[nodiscard]] std::size_t read_before() const noexcept { return read_before_; }  // requests known before the last read
    [[nodiscard]] const std::map<std::string, std::vector<Said>, std::less<>>& topics() const noexcept { return topics_; }
    [[nodiscard]] std::uint64_t events() const noexcept { return sink_.events; }
    [[nodiscard]] std::uint64_t awards() const noexcept { return sink_.awards; }
    [[nodiscard]] std::uint64_t commands() const noexcept { return commands_; }
    [[nodiscard]] std::uint64_t bytes() const noexcept { return bytes_; }

private:
    class Sink final : public matching::EventSink {
    public:
        explicit Sink(JournalAudit& audit) : audit_(audit) {}
        void on_event(const matching::Event& event) override;
        std::uint64_t events = 0;
        std::uint64_t awards = 0;
        bool by_deadline = false;

    private:
        JournalAudit& audit_;
        wire::TopicList list_;
        wire::EventWriter writer_;
    };

    [[nodiscard]] std::optional<std::string> apply(Request& request);

    std::vector<std::uint64_t> hashes_;  // of each record, by position - 1
    std::vector<Request> requests_;
    std::size_t read_before_ = 0;
    std::uint64_t first_position_ = 1;
    matching::Instant last_stamp_ns_ = -1;
    std::uint64_t commands_ = 0;
    std::uint64_t bytes_ = 0;
    matching::Engine engine_;
    std::map<std::string, std::vector<Said>, std::less<>> topics_;
    Sink sink_{*this};
};

}  // namespace tiebreak::simulation
