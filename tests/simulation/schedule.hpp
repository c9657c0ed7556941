// True time and what happens in it. Time jumps from one interesting instant to the next, so a quiet day costs nothing.
#pragma once

#include <algorithm>
#include <cstdint>
#include <functional>
#include <utility>
#include <vector>

namespace tiebreak::simulation {

using TrueTime = std::int64_t;  // nanoseconds since 1970, what a perfect clock would show

inline constexpr std::int64_t us = 1'000;
inline constexpr std::int64_t ms = 1'000 * us;
inline constexpr std::int64_t second = 1'000 * ms;
inline constexpr std::int64_t minute = 60 * second;
inline constexpr std::int64_t hour = 60 * minute;
inline constexpr std::int64_t day = 24 * hour;

class Schedule {
public:
    using Action = std::function<void()>;

    explicit Schedule(TrueTime start) noexcept : now_(start) {}

    [[nodiscard]] TrueTime now() const noexcept { return now_; }
    [[nodiscard]] std::uint64_t steps() const noexcept { return steps_; }
    // What is being done takes this long. Whatever was due meanwhile happens afterwards.
    void pass(std::int64_t ns) noexcept { now_ += ns; }

    // Equal times happen in the order of the calls.
    void at(TrueTime when, Action action) {
        entries_.push_back({std::max(when, now_), ++number_, std::move(action)});
        std::push_heap(entries_.begin(), entries_.end(), later);
    }
    void after(std::int64_t ns, Action action) { at(now_ + ns, std::move(action)); }

    // Does the next thing, if there is one up to `until`.
    bool step(TrueTime until) {
        if (entries_.empty() || entries_.front().when > until) {
            now_ = std::max(now_, until);
            return false;
        }
        std::pop_heap(entries_.begin(), entries_.end(), later);
        Entry next = std::move(entries_.back());
        entries_.pop_back();
        now_ = std::max(now_, next.when);
        ++steps_;
        next.action();
        return true;
    }

private:
    struct Entry {
        TrueTime when = 0;
        std::uint64_t number = 0;
        Action action;
    };
    static bool later(const Entry& a, const Entry& b) noexcept {
        return a.when != b.when ? a.when > b.when : a.number > b.number;
    }

    TrueTime now_;
    std::uint64_t number_ = 0;
    std::uint64_t steps_ = 0;
    std::vector<Entry> entries_;
};

}  // namespace tiebreak::simulation
