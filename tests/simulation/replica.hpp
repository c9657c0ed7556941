// What has been exported, replayed: the events that are gone from the feed's history.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/replay_record.hpp"
#include "matching/engine.hpp"
#include "wire/event_writer.hpp"
#include "wire/query.hpp"
#include "wire/topics.hpp"

namespace tiebreak::simulation {

// Knows what happened up to the last command that it was given, deadlines before that included.
class Replica {
public:
    struct Event {
        std::uint64_t sequence = 0;
        std::vector<std::byte> body;
    };

    // The answer to the question after position(). Nothing, or what is wrong with it.
    [[nodiscard]] std::optional<std::string> take(const wire::answer::Export& part);
    [[nodiscard]] std::uint64_t position() const noexcept { return position_; }
    // The event of that number on its topic, or nullptr if it has not happened yet.
    [[nodiscard]] const Event* find(std::string_view topic, std::uint64_t topic_sequence) const;

private:
    class Sink final : public matching::EventSink {
    public:
        explicit Sink(Replica& replica) : replica_(replica) {}
        void on_event(const matching::Event& event) override;

    private:
        Replica& replica_;
        wire::TopicList list_;
        wire::EventWriter writer_;
    };

    std::uint64_t position_ = 0;
    matching::Engine engine_;
    daemon::RecordReplayer replayer_;
    std::vector<Event> events_;
    std::map<std::string, std::vector<std::size_t>, std::less<>> topics_;  // places in events_
    Sink sink_{*this};
};

}  // namespace tiebreak::simulation
