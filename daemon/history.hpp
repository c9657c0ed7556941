// The recent events of the feed, within a number of bytes, for subscribers that missed some.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "daemon/history_log.hpp"
#include "matching/archive.hpp"
#include "wire/query.hpp"

namespace tiebreak::daemon {

// One thread: the archive's (at the start, before that runs, the one that recovers).
class History {
public:
    History(std::uint64_t epoch, std::size_t bytes_max) : epoch_(epoch), bytes_max_(bytes_max) {}

    // Shows every event that is absorbed from now on.
    using Watch = std::function<void(std::uint64_t sequence, std::span<const std::byte> body)>;
    void watch(Watch watch) { watch_ = std::move(watch); }

    // Takes over every chunk that waits, and gives emptied ones back.
    void absorb(HistoryLog& log);

    enum class Found : std::uint8_t { yes, gone };

    // The events of a topic after a global sequence, none that needs more than `durable_position`, at most `limit` (0: no limit) and
    // about `bytes_max`, at least one if there is one. Bodies point into the history: valid until the next absorb.
    // `gone`: some of what was asked for has been dropped to make room.
    [[nodiscard]] Found find(const wire::query::History& query, std::uint64_t durable_position, std::size_t bytes_max,
                             wire::answer::History& answer) const;

    // A new history learns where every topic stands, without a way through the log, which has no room for hundreds of thousands.
    void begin(const TopicTable& topics);

    // All of it, but for the names of the topics.
    void save(std::string& out) const;
    // Into a new history, whose topics are the first of `topics`; what is too much for bytes_max goes, oldest first. False if the bytes
    // are no such history; it is as new then.
    [[nodiscard]] bool load(std::string_view saved, const TopicTable& topics);
    [[nodiscard]] TopicIndex topics_known() const noexcept { return static_cast<TopicIndex>(topics_.size()); }

    [[nodiscard]] std::uint64_t last_sequence() const noexcept { return last_sequence_; }
    [[nodiscard]] std::uint64_t last_release_position() const noexcept { return last_release_position_; }
    [[nodiscard]] std::uint64_t events() const noexcept { return events_; }
    [[nodiscard]] std::uint64_t bytes() const noexcept { return bytes_; }

private:
    struct KnownTopic {
        std::uint64_t topic_sequence = 0;   // of its last event, dropped ones included
        std::uint64_t sequence = 0;
        std::uint64_t dropped_sequence = 0;  // of its last event that is here no more
        std::uint64_t dropped_topic_sequence = 0;
    };
    struct Block {
        std::vector<std::byte> bytes;
        std::uint64_t last_sequence = 0;  // of the last event in it or before it
        std::uint64_t events = 0;
    };

    void take(HistoryChunk& chunk);
    void take_topic(const HistoryHeader& header, std::string_view name);
    void know(TopicIndex index, std::string_view name, std::uint64_t topic_sequence, std::uint64_t sequence);
    void keep_within_bounds();
    [[nodiscard]] bool load_all(std::string_view saved, const TopicTable& topics);
    [[nodiscard]] bool is_whole(const Block& block) const;
    template <typename Archive>
    friend void fields(Archive& ar, KnownTopic& topic) {
        matching::archive(ar, topic.topic_sequence, topic.sequence, topic.dropped_sequence, topic.dropped_topic_sequence);
    }
    void drop_oldest();
    void forget_all();
    void note_dropped(const Block& block);

    const std::uint64_t epoch_;
    const std::size_t bytes_max_;
    std::unordered_map<std::string, TopicIndex> by_name_;
    std::vector<KnownTopic> topics_;
    std::deque<Block> blocks_;
    std::uint64_t last_sequence_ = 0;
    std::uint64_t last_release_position_ = 0;
    Watch watch_;
    std::uint64_t events_ = 0;
    std::uint64_t bytes_ = 0;
};

}  // namespace tiebreak::daemon
