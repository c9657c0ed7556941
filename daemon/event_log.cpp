#include "daemon/event_log.hpp"

#include <algorithm>
#include <optional>
#include <utility>

#include "matching/codes.hpp"
#include "wire/instant_text.hpp"
#include "wire/json_words.hpp"

namespace tiebreak::daemon {

using matching::Instant;
namespace event = matching::event;

namespace {

constexpr std::int64_t second_ns = 1'000'000'000;

template <typename Body, std::size_t Index = 0>
constexpr std::size_t kind_of() {
    if constexpr (std::is_same_v<std::variant_alternative_t<Index, matching::EventBody>, Body>) {
        return Index;
    } else {
        return kind_of<Body, Index + 1>();
    }
}

// At level info.
constexpr bool is_told(std::size_t kind) {
    return kind == kind_of<event::StageOpened>() || kind == kind_of<event::WindowExtended>() || kind == kind_of<event::Awarded>() ||
           kind == kind_of<event::AwardRefused>() || kind == kind_of<event::Unawarded>() || kind == kind_of<event::PackageCancelled>() ||
           kind == kind_of<event::Rejected>();
}

std::string text(std::string_view view) { return std::string{view}; }

// What people wrote must not look like a line of the log.
std::string in_one_line(std::string_view reason) {
    std::string line{reason};
    std::ranges::replace_if(line, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }, ' ');
    return line;
}

std::string at(Instant instant_ns) {
    std::string text;
    wire::append_instant(text, instant_ns);
    return text;
}

std::string describe(const event::StageOpened& e) {
    return "package " + text(e.package) + ": stage " + text(e.stage) + " opened to " + std::to_string(e.invited.size()) +
           " providers, closes at " + at(e.closes_ns);
}
std::string describe(const event::WindowExtended& e) {
    return "package " + text(e.package) + ": stage " + text(e.stage) + " is extended and closes at " + at(e.closes_ns) + ": " +
           in_one_line(e.reason);
}
std::string describe(const event::Awarded& e) {
    return "package " + text(e.package) + ": awarded to " + text(e.provider) + " for offer " + text(e.offer) + ", decided by " +
           text(wire::word_of(e.decided_by)) + ", the best of " + std::to_string(e.ranking.size());
}
std::string describe(const event::AwardRefused& e) { return "package " + text(e.package) + ": " + text(e.provider) + " refused its award"; }
std::string describe(const event::Unawarded& e) { return "package " + text(e.package) + ": ended unawarded, " + text(wire::word_of(e.reason)); }
std::string describe(const event::PackageCancelled& e) { return "package " + text(e.package) + ": cancelled"; }
std::string describe(const event::Rejected& e) {
    std::string line = "refused: " + text(e.command);
    const auto name = [&line](std::string_view what, const std::optional<std::string_view>& id) {
        if (id) line.append(" ").append(what).append(" ").append(*id);
    };
    name("procedure", e.procedure);
    name("package", e.package);
    name("provider", e.provider);
    name("offer", e.offer);
    return line + ": " + text(matching::code_name(e.code));
}
// At level debug.
std::string describe(const event::OfferAccepted& e) {
    return "package " + text(e.package) + ": offer " + text(e.offer) + " of " + text(e.provider) + (e.duplicate ? " came again" : " accepted");
}
template <typename Other>
std::string describe(const Other& e) {
    std::string line{matching::event_names[kind_of<Other>()]};
    if constexpr (requires { e.procedure; }) line = "procedure " + text(e.procedure) + ": " + line;
    if constexpr (requires { e.package; }) line = "package " + text(e.package) + ": " + line;
    if constexpr (requires { std::string_view{e.provider}; }) line += " " + text(e.provider);
    return line;
}

}  // namespace

EventLog::EventLog(bool debug, Passage& passage, const Metrics& metrics, Out out)
    : debug_(debug), passage_(passage), metrics_(metrics), out_(std::move(out)) {}

void EventLog::take(std::uint64_t sequence, std::span<const std::byte> body) {
    const std::size_t kind = wire::EventReader::kind_of(body);
    if (kind >= suppressed_.size() || (!debug_ && !is_told(kind))) return;
    if (lines_ >= (debug_ ? debug_lines_max : lines_max)) {
        ++suppressed_[kind];
        return;
    }
    if (reader_.open(body)) return;
    ++lines_;
    const matching::Event& event = reader_.event();
    std::string line = std::visit([](const auto& e) { return describe(e); }, event.body);
    if (std::holds_alternative<event::Awarded>(event.body)) line += late(sequence, event.at_ns);
    out_(is_told(kind) ? log::Level::info : log::Level::debug, line);
}

// How long after its deadline an award was made, where a deadline made it.
std::string EventLog::late(std::uint64_t sequence, Instant at_ns) {
    for (auto* next = passage_.applied.front(); next != nullptr && next->first_sequence <= sequence; next = passage_.applied.front()) {
        applied_ = *next;
        passage_.applied.pop();
    }
    const bool by_deadline = applied_.first_sequence != 0 && applied_.first_sequence <= sequence && at_ns <= applied_.at_ns;
    return by_deadline ? ", " + std::to_string((applied_.at_ns - at_ns) / 1000) + " us after the deadline" : std::string{};
}

void EventLog::tick(std::int64_t steady_ns) {
    if (steady_ns - second_began_ns_ < second_ns) return;
    second_began_ns_ = steady_ns;
    finish();
}

void EventLog::finish() {
    lines_ = 0;
    say_suppressed();
    say_refused();
}

void EventLog::say_suppressed() {
    std::string kinds;
    for (std::size_t kind = 0; kind < suppressed_.size(); ++kind) {
        const std::uint64_t count = std::exchange(suppressed_[kind], 0);
        if (count == 0) continue;
        kinds += (kinds.empty() ? "" : ", ") + std::to_string(count) + " " + std::string{matching::event_names[kind]};
    }
    if (!kinds.empty()) out_(log::Level::info, "in the last second also, not one by one: " + kinds);
}

// What never came to be an event.
void EventLog::say_refused() {
    const std::uint64_t busy = metrics_.gate.gate_busy.get() + metrics_.loop.commands_busy.get();
    const std::uint64_t malformed = metrics_.gate.gate_malformed.get() + metrics_.gate.frames_refused.get() +
                                    metrics_.loop.commands_malformed.get() + metrics_.loop.messages_malformed.get();
    const std::uint64_t more_busy = busy - std::exchange(busy_, busy);
    const std::uint64_t more_malformed = malformed - std::exchange(malformed_, malformed);
    if (more_busy > 0) out_(log::Level::info, "answered busy in the last second: " + std::to_string(more_busy) + " commands or messages");
    if (more_malformed > 0) {
        out_(log::Level::info, "answered malformed in the last second: " + std::to_string(more_malformed) + " commands or messages");
    }
}

}  // namespace tiebreak::daemon
