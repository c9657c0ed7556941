#include "daemon/history.hpp"

#include <algorithm>
#include <cstring>
#include <utility>

namespace tiebreak::daemon {
namespace {

// A chunk that grew beyond this is not given back to be filled again.
constexpr std::size_t emptied_bytes_max = std::size_t{1} << 20;

std::size_t padded(std::size_t bytes) noexcept { return (bytes + 7) & ~std::size_t{7}; }

// One entry of a chunk.
struct Entry {
    HistoryHeader header;
    std::span<const TopicPlace> places;
    std::span<const std::byte> bytes;
    std::span<const std::byte> whole;
};

// Calls visit(entry) for each until it returns false.
template <typename Visit>
void for_each_entry(std::span<const std::byte> chunk, Visit&& visit) {
    while (!chunk.empty()) {
        Entry entry;
        const std::byte* const begin = chunk.data();
        std::memcpy(&entry.header, chunk.data(), sizeof entry.header);
        chunk = chunk.subspan(sizeof entry.header);
        entry.places = {reinterpret_cast<const TopicPlace*>(chunk.data()), entry.header.places};
        chunk = chunk.subspan(entry.places.size_bytes());
        entry.bytes = chunk.first(entry.header.bytes);
        chunk = chunk.subspan(padded(entry.header.bytes));
        entry.whole = {begin, chunk.data()};
        if (!visit(entry)) return;
    }
}

}  // namespace

void History::absorb(HistoryLog& log) {
    while (HistoryChunk* chunk = log.full().front()) {
        take(*chunk);
        HistoryChunk emptied = std::move(*chunk);
        log.full().pop();
        if (emptied.bytes.capacity() > emptied_bytes_max) continue;  // it brought every topic: not worth keeping
        emptied.bytes.clear();
        if (!log.spare().push(std::move(emptied))) continue;  // enough of them: this one's memory goes
    }
}

void History::take(HistoryChunk& chunk) {
    if (chunk.after_gap) forget_all();
    // The chunk's own memory stays with the loop. A block holds the events alone.
    Block block{{}, last_sequence_, 0};
    for_each_entry(chunk.bytes, [&](const Entry& entry) {
        if (entry.header.kind == HistoryHeader::Kind::topic) {
            take_topic(entry.header, {reinterpret_cast<const char*>(entry.bytes.data()), entry.bytes.size()});
            return true;
        }
        block.bytes.insert(block.bytes.end(), entry.whole.begin(), entry.whole.end());
        for (const TopicPlace& place : entry.places) {
            topics_[place.topic].topic_sequence = place.topic_sequence;
            topics_[place.topic].sequence = entry.header.sequence;
        }
        block.last_sequence = last_sequence_ = entry.header.sequence;
        last_release_position_ = std::max(last_release_position_, entry.header.release_position);
        ++block.events;
        if (watch_) watch_(entry.header.sequence, entry.bytes);
        return true;
    });
    if (block.events == 0) return;
    block.bytes.shrink_to_fit();
    events_ += block.events;
    bytes_ += block.bytes.size();
    blocks_.push_back(std::move(block));
    keep_within_bounds();
}

void History::take_topic(const HistoryHeader& header, std::string_view name) {
    if (topics_.size() <= header.topic) topics_.resize(header.topic + 1);
    know(header.topic, name, header.release_position, header.sequence);
}

void History::keep_within_bounds() {
    while (bytes_ > bytes_max_ && blocks_.size() > 1) drop_oldest();
}

// What the topic has had so far is not here: it lies before the history's beginning.
void History::know(TopicIndex index, std::string_view name, std::uint64_t topic_sequence, std::uint64_t sequence) {
    topics_[index] = {topic_sequence, sequence, sequence, topic_sequence};
    by_name_.emplace(name, index);
}

void History::begin(const TopicTable& topics) {
    topics_.resize(topics.size());
    for (TopicIndex i = 0; i < topics.size(); ++i) {
        know(i, topics.name(i), topics[i].topic_sequence, topics[i].sequence);
    }
}

void History::save(std::string& out) const {
    matching::ByteWriter to(out);
    std::uint64_t last_sequence = last_sequence_, last_release_position = last_release_position_, blocks = blocks_.size();
    auto topics = topics_;
    matching::archive(to, last_sequence, last_release_position, topics, blocks);
    for (const Block& block : blocks_) {
        std::uint64_t bytes = block.bytes.size(), last = block.last_sequence, events = block.events;
        matching::archive(to, last, events, bytes);
        to.bytes(block.bytes.data(), block.bytes.size());
    }
}

bool History::load(std::string_view saved, const TopicTable& topics) {
    if (load_all(saved, topics)) {
        keep_within_bounds();
        return true;
    }
    by_name_.clear();
    topics_.clear();
    blocks_.clear();
    last_sequence_ = last_release_position_ = events_ = bytes_ = 0;
    return false;
}

bool History::load_all(std::string_view saved, const TopicTable& topics) {
    matching::ByteReader from(saved);
    std::uint64_t blocks = 0;
    matching::archive(from, last_sequence_, last_release_position_, topics_, blocks);
    if (!from.ok() || topics_.size() > topics.size()) return false;
    for (TopicIndex i = 0; i < topics_.size(); ++i) by_name_.emplace(topics.name(i), i);
    for (std::uint64_t i = 0; i < blocks; ++i) {
        Block block;
        std::uint64_t bytes = 0;
        matching::archive(from, block.last_sequence, block.events, bytes);
        if (!from.ok() || bytes > from.left()) return false;
        block.bytes.resize(static_cast<std::size_t>(bytes));
        from.bytes(block.bytes.data(), block.bytes.size());
        if (!is_whole(block)) return false;
        events_ += block.events;
        bytes_ += block.bytes.size();
        blocks_.push_back(std::move(block));
    }
    return from.ok() && from.left() == 0;
}

// Whether for_each_entry stays within it, and within the topics.
bool History::is_whole(const Block& block) const {
    for (std::size_t at = 0; at < block.bytes.size();) {
        HistoryHeader header;
        if (block.bytes.size() - at < sizeof header) return false;
        std::memcpy(&header, block.bytes.data() + at, sizeof header);
        at += sizeof header;
        const std::uint64_t needed = std::uint64_t{header.places} * sizeof(TopicPlace) + padded(header.bytes);
        if (block.bytes.size() - at < needed) return false;
        for (std::uint32_t i = 0; i < header.places; ++i) {
            TopicPlace place;
            std::memcpy(&place, block.bytes.data() + at + i * sizeof place, sizeof place);
            if (place.topic >= topics_.size()) return false;
        }
        at += static_cast<std::size_t>(needed);
    }
    return true;
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
    const auto visit_from = [&](auto block) {
        for (; more && block != blocks_.end(); ++block) for_each_entry(block->bytes, visit);
    };
    // Mostly what is asked for is near the end, so the blocks before it are passed over; what they say of where the topic stands
    // matters only if nothing later does.
    const auto first = std::partition_point(blocks_.begin(), blocks_.end(), [&](const Block& block) {
        return block.last_sequence <= query.after_sequence;
    });
    visit_from(first);
    if (first == blocks_.begin() || answer.last_sequence != topic.dropped_sequence) return Found::yes;
    if (last_release_position_ <= durable_position && topic.sequence <= query.after_sequence) {
        answer.last_sequence = topic.sequence;
        answer.last_topic_sequence = topic.topic_sequence;
        return Found::yes;
    }
    more = true;
    visit_from(blocks_.begin());
    return Found::yes;
}

}  // namespace tiebreak::daemon
