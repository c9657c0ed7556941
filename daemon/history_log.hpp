// The loop's side of the feed's history: events are written one after the other into chunks, and a chunk changes hands when it is full
// or when the archive asks for it. So the loop pays one copy for each event and never wakes anybody for one.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>
#include <type_traits>
#include <vector>

#include "daemon/spsc_queue.hpp"
#include "daemon/topic_table.hpp"

namespace tiebreak::daemon {

// Where an event stands on one of its topics.
struct TopicPlace {
    TopicIndex topic = 0;
    std::uint64_t topic_sequence = 0;
};

// In a chunk: this, then `places` TopicPlaces and `bytes` of body; or, for a topic, `bytes` of its name. All padded to eight.
struct HistoryHeader {
    enum class Kind : std::uint32_t { event, topic };
    Kind kind = Kind::event;
    std::uint32_t places = 0;
    std::uint32_t bytes = 0;
    TopicIndex topic = 0;                 // kind topic: its number
    std::uint64_t sequence = 0;           // of the event; kind topic: of the last event it has had so far
    std::uint64_t release_position = 0;   // not to be shown before this is durable; kind topic: its topic_sequence so far
};

struct HistoryChunk {
    std::vector<std::byte> bytes;
    bool after_gap = false;  // chunks before it had to be dropped: nothing older may be answered from
};

// Loop thread, except full() and spare().
class HistoryLog {
public:
    explicit HistoryLog(std::size_t chunk_bytes = 64U << 10, std::size_t chunks_max = 256)
        : chunk_bytes_(chunk_bytes), full_(chunks_max), spare_(chunks_max) {
        current_.bytes.reserve(chunk_bytes_);
    }

    // A topic that will occur in events from here on, and where it stands. However many there are, they stay in one chunk, so that it
    // needs one place in the queue: thousands of packages' topics in chunks of their own would fill the queue and be dropped, each time anew.
    void add_topic(TopicIndex index, const Topic& topic, std::string_view name) {
        if (gap_) return;
        const HistoryHeader header{HistoryHeader::Kind::topic, 0, static_cast<std::uint32_t>(name.size()), index,
                                   topic.sequence, topic.topic_sequence};
        write(&header, sizeof header);
        write(name.data(), name.size());
    }

    // True when chunks have been dropped and the archive has room again: every topic has to be added anew, because what the archive
    // knew of them is out of date. Until then events are not kept.
    [[nodiscard]] bool begins_anew() noexcept {
        if (!gap_ || full_.size() * 4 > full_.capacity()) return false;
        gap_ = false;
        after_gap_ = true;
        return true;
    }

    void add_event(std::uint64_t sequence, std::uint64_t release_position, std::span<const TopicPlace> places,
                   std::span<const std::byte> body) {
        if (gap_) return;
        const HistoryHeader header{HistoryHeader::Kind::event, static_cast<std::uint32_t>(places.size()),
                                   static_cast<std::uint32_t>(body.size()), 0, sequence, release_position};
        write(&header, sizeof header);
        write(places.data(), places.size_bytes());
        write(body.data(), body.size());
        hand_over_if_full();
    }

    // What has gathered goes to the archive. When that has too much to do already, it is dropped.
    void hand_over() {
        if (current_.bytes.empty()) return;
        current_.after_gap = after_gap_;
        if (full_.push(std::move(current_))) {
            after_gap_ = false;
        } else {
            gap_ = true;
            ++chunks_dropped_;
        }
        current_ = {};
        if (HistoryChunk* spare = spare_.front()) {
            current_ = std::move(*spare);
            spare_.pop();
            current_.bytes.clear();
        }
        current_.bytes.reserve(chunk_bytes_);
    }

    [[nodiscard]] std::uint64_t chunks_dropped() const noexcept { return chunks_dropped_; }
    // The archive should absorb before its queue is full.
    [[nodiscard]] bool wants_waking() const noexcept { return full_.size() * 2 >= full_.capacity(); }

    // The archive's thread.
    [[nodiscard]] SpscQueue<HistoryChunk>& full() noexcept { return full_; }
    [[nodiscard]] SpscQueue<HistoryChunk>& spare() noexcept { return spare_; }

private:
    void write(const void* from, std::size_t bytes) {
        const auto* const first = static_cast<const std::byte*>(from);
        current_.bytes.insert(current_.bytes.end(), first, first + bytes);
        current_.bytes.resize((current_.bytes.size() + 7) & ~std::size_t{7});
    }
    void hand_over_if_full() {
        if (current_.bytes.size() >= chunk_bytes_) hand_over();
    }

    const std::size_t chunk_bytes_;
    HistoryChunk current_;
    bool gap_ = false;        // chunks were dropped and nothing is kept until begins_anew()
    bool after_gap_ = false;  // the next chunk is the first one after that
    std::uint64_t chunks_dropped_ = 0;
    SpscQueue<HistoryChunk> full_;
    SpscQueue<HistoryChunk> spare_;
};

static_assert(sizeof(TopicPlace) == 16 && sizeof(HistoryHeader) == 32 && std::is_trivially_copyable_v<TopicPlace>);

}  // namespace tiebreak::daemon
