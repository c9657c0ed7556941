// Commands and events of every kind with random content, for RapidCheck properties.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

#include "matching/commands.hpp"
#include "matching/events.hpp"

namespace tiebreak::wire::test {

// Makes values out of RapidCheck's randomness, and owns what their views point to. Inside a property only.
class Maker {
public:
    matching::Command command();                       // of any kind; find_flaw accepts it
    matching::Command command(std::size_t kind);       // by its place in the variant
    matching::command::Offer offer();
    matching::Event event();                           // of any kind
    matching::Event event(std::size_t kind);

private:
    std::size_t pick(std::size_t below);
    bool flip() { return pick(2) == 1; }
    std::int64_t whole();    // 0 to 2^63-1, the ends more often than by chance
    std::int64_t more_than_zero();
    matching::Score score();
    std::string id();
    std::string text();
    std::vector<std::string> ids();
    std::string_view kept(std::string value);
    std::string_view id_view() { return kept(id()); }

    template <class Value, class Make>
    std::optional<Value> maybe(Make make) {
        if (!flip()) return std::nullopt;
        return Value(make());
    }
    std::optional<std::string> maybe_id() {
        return maybe<std::string>([this] { return id(); });
    }
    std::optional<std::string_view> maybe_id_view() {
        return maybe<std::string_view>([this] { return id_view(); });
    }
    std::optional<std::string_view> maybe_text_view() {
        return maybe<std::string_view>([this] { return kept(text()); });
    }
    std::optional<std::int64_t> maybe_whole() {
        return maybe<std::int64_t>([this] { return whole(); });
    }

    matching::Stage stage(std::size_t place, bool after_confirm_stage);
    matching::Criterion criterion(bool after_citizen_choice);
    matching::command::Procedure procedure();
    matching::command::Provider provider();
    matching::command::Package package();
    std::span<const std::string_view> id_views();

    std::deque<std::string> texts_;
    std::deque<std::vector<std::string_view>> lists_;
    std::deque<std::vector<matching::RankedOffer>> rankings_;
};

}  // namespace tiebreak::wire::test
