#include "daemon/history.hpp"

#include <algorithm>
#include <cstring>
#include <utility>

namespace tiebreak::daemon {
namespace {

std::size_t padded(std::size_t bytes) noexcept { return (bytes + 7) & ~std::size_t{7}; }

// One entry of a chunk.
struct Entry {
    HistoryHeader header;
    std::span<const TopicPlace> places;
    std::span<const std::byte> bytes;
};

// Calls visit(entry) for each until it returns false.
template <typename Visit>
void for_each_entry(std::span<const std::byte> chunk, Visit&& visit) {
    while (!chunk.empty()) {
        Entry entry;
        std::memcpy(&entry.header, chunk.data(), sizeof entry.header);
        chunk = chunk.subspan(sizeof entry.header);
        entry.places = {reinterpret_cast<const TopicPlace*>(chunk.data()), entry.header.places};
        chunk = chunk.subspan(entry.places.size_bytes());
        entry.bytes = chunk.first(entry.header.bytes);
        chunk = chunk.subspan(padded(entry.header.bytes));
        if (!visit(entry)) return;
    }
}

}  // namespace

void History::absorb(HistoryLog& log) {
    while (HistoryChunk* chunk = log.full().front()) {
        take(*chunk);
        HistoryChunk emptied = std::move(*chunk);
        log.full().pop();
        emptied.bytes.clear();
        if (!log.spare().push(std::move(emptied))) continue;  // enough of them: this one's memory goes
    }
}

void History::take(HistoryChunk& chunk) {
    if (chunk.after_gap) forget_all();
    // The chunk's own memory stays with the loop; a block is as large as what it holds.
    Block block{{chunk.bytes.begin(), chunk.bytes.end()}, last_sequence_, 0};
    for_each_entry(block.bytes, [&](const Entry& entry) {
        if (entry.header.kind == HistoryHeader::Kind::topic) {
            if (topics_.size() <= entry.header.topic) topics_.resize(entry.header.topic + 1);
            // What the topic has had so far is not here: it lies before the history's beginning.
            topics_[entry.header.topic] = {entry.header.release_position, entry.header.sequence, entry.header.sequence,
                                           entry.header.release_position};
            by_name_.emplace(std::string{reinterpret_cast<const char*>(entry.bytes.data()), entry.bytes.size()},
                             entry.header.topic);
            return true;
        }
        for (const TopicPlace& place : entry.places) {
            topics_[place.topic].topic_sequence = place.topic_sequence;
            topics_[place.topic].sequence = entry.header.sequence;
        }
        block.last_sequence = last_sequence_ = entry.header.sequence;
        last_release_position_ = std::max(last_release_position_, entry.header.release_position);
        ++block.events;
        return true;
    });
    events_ += block.events;
    bytes_ += block.bytes.size();
    blocks_.push_back(std::move(block));
    while (bytes_ > bytes_max_ && blocks_.size() > 1) drop_oldest();
}

void History::note_dropped(const Block& block) {
    for_each_entry(block.bytes, [&](const Entry& entry) {
        for (const TopicPlace& place : entry.places) {
            topics_[place.topic].dropped_sequence = entry.header.sequence;
            topics_[place.topic].dropped_topic_sequence = place.topic_sequence;
        }
        return true;
    });
}

void History::drop_oldest() {
    const Block& block = blocks_.front();
    note_dropped(block);
    events_ -= block.events;
    bytes_ -= block.bytes.size();
    blocks_.pop_front();
}

void History::forget_all() {
    while (!blocks_.empty()) drop_oldest();
}

History::Found History::find(const wire::query::History& query, std::uint64_t durable_position, std::size_t bytes_max,
                             wire::answer::History& answer) const {
    answer.events.clear();
    answer.epoch = epoch_;
    answer.complete = true;
    answer.next_after = query.after_sequence;
    answer.last_sequence = answer.last_topic_sequence = 0;
    const auto known = by_name_.find(query.topic);
    if (known == by_name_.end()) return Found::yes;  // a topic without an event
    const KnownTopic& topic = topics_[known->second];
    if (query.after_sequence < topic.dropped_sequence) return Found::gone;
    answer.last_sequence = topic.dropped_sequence;
    answer.last_topic_sequence = topic.dropped_topic_sequence;

    std::size_t bytes = 0;
    bool more = true;
    const auto visit = [&](const Entry& entry) {
        if (entry.header.kind != HistoryHeader::Kind::event) return true;
        if (entry.header.release_position > durable_position) return more = false;
        const auto place = std::ranges::find(entry.places, known->second, &TopicPlace::topic);
        if (place == entry.places.end()) return true;
        answer.last_sequence = entry.header.sequence;
        answer.last_topic_sequence = place->topic_sequence;
        if (entry.header.sequence <= query.after_sequence || !answer.complete) return true;
        const bool full = (query.limit != 0 && answer.events.size() >= query.limit) ||
                          (!answer.events.empty() && bytes + entry.bytes.size() > bytes_max);
        if (full) {
            answer.complete = false;  // read on for the last sequences alone
            return true;
        }
        answer.events.push_back({place->topic_sequence, entry.header.sequence, entry.bytes});
        answer.next_after = entry.header.sequence;
        bytes += entry.bytes.size();
        return true;
    };
    for (const Block& block : blocks_) {
        if (!more) break;
        for_each_entry(block.bytes, visit);
    }
    return Found::yes;
}

}  // namespace tiebreak::daemon
