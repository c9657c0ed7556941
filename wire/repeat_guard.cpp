#include "wire/repeat_guard.hpp"

#include <algorithm>
#include <functional>
#include <string_view>
#include <variant>

namespace tiebreak::wire {
namespace {

namespace command = matching::command;

enum class Kind : std::uint8_t { procedure, provider, package, package_of_provider, offer_of_provider };

std::uint64_t subject(Kind kind, std::string_view first, std::string_view second = {}) {
    constexpr std::uint64_t spread = 0x9e37'79b9'7f4a'7c15;
    const std::hash<std::string_view> hash;
    const std::uint64_t of_first = hash(first) + static_cast<std::uint64_t>(kind);
    return (of_first * spread ^ (of_first >> 29)) + hash(second);
}

// Adds what each kind of command touches, and says whether it may be repeated.
struct Touch {
    std::vector<std::uint64_t>& touched;

    bool add(bool repeatable, std::initializer_list<std::uint64_t> subjects) {
        touched.insert(touched.end(), subjects);
        return repeatable;
    }

    bool operator()(const command::Procedure& c) { return add(true, {subject(Kind::procedure, c.id)}); }
    bool operator()(const command::Provider& c) { return add(true, {subject(Kind::provider, c.id)}); }
    bool operator()(const command::Package& c) { return add(true, {subject(Kind::package, c.id)}); }
    bool operator()(const command::Offer& c) {
        return add(true, {subject(Kind::package_of_provider, c.package, c.provider),
                          subject(Kind::offer_of_provider, c.id, c.provider)});
    }
    bool operator()(const command::Confirm& c) {
        return add(false, {subject(Kind::package_of_provider, c.package, c.provider)});
    }
    bool operator()(const command::Decline& c) {
        return add(false, {subject(Kind::package_of_provider, c.package, c.provider)});
    }
    bool operator()(const command::Withdraw& c) {
        return add(false, {subject(Kind::offer_of_provider, c.offer, c.provider)});
    }
    bool operator()(const command::Extend& c) { return add(false, {subject(Kind::package, c.package)}); }
    bool operator()(const command::Cancel& c) { return add(false, {subject(Kind::package, c.package)}); }
    bool operator()(const command::Choice& c) { return add(false, {subject(Kind::package, c.package)}); }
    bool operator()(const command::Approve& c) { return add(false, {subject(Kind::package, c.package)}); }
    bool operator()(const command::Refuse& c) { return add(false, {subject(Kind::package, c.package)}); }
    bool operator()(const command::Report&) { return false; }  // would say every `standing` twice
    bool operator()(const command::Advance&) { return true; }
};

bool is_registration(const matching::Command& command) {
    return std::holds_alternative<command::Procedure>(command) || std::holds_alternative<command::Provider>(command);
}

// Two contents for one id in one request: repeated, the first would undo the second for a moment.
bool registers_twice(std::span<const matching::Command> commands) {
    std::vector<std::uint64_t> registered;
    for (const matching::Command& command : commands) {
        if (is_registration(command)) std::visit(Touch{registered}, command);
    }
    std::sort(registered.begin(), registered.end());
    return std::adjacent_find(registered.begin(), registered.end()) != registered.end();
}

}  // namespace

Subjects subjects_of(std::span<const matching::Command> commands) {
    Subjects subjects;
    for (const matching::Command& command : commands) {
        if (!std::visit(Touch{subjects.touched}, command)) subjects.repeatable = false;
    }
    if (subjects.repeatable && registers_twice(commands)) subjects.repeatable = false;
    return subjects;
}

Subjects subjects_of(std::span<const command::Offer> offers) {
    Subjects subjects;
    subjects.touched.reserve(2 * offers.size());
    for (const command::Offer& offer : offers) Touch{subjects.touched}(offer);
    return subjects;
}

void RepeatGuard::note(std::uint64_t request_id, const Subjects& subjects) {
    for (const std::uint64_t subject : subjects.touched) latest_[subject] = request_id;
}

bool RepeatGuard::may_repeat(std::uint64_t request_id, const Subjects& subjects) const {
    if (!subjects.repeatable) return false;
    return std::all_of(subjects.touched.begin(), subjects.touched.end(), [&](std::uint64_t subject) {
        const auto latest = latest_.find(subject);
        return latest == latest_.end() || latest->second <= request_id;
    });
}

void RepeatGuard::prune(std::uint64_t oldest_request_id) {
    std::erase_if(latest_, [oldest_request_id](const auto& entry) { return entry.second < oldest_request_id; });
}

}  // namespace tiebreak::wire
