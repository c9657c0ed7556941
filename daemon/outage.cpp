#include "daemon/outage.hpp"

#include <algorithm>
#include <span>
#include <string_view>
#include <utility>
#include <variant>

#include "matching/events.hpp"
#include "matching/invariant.hpp"
#include "wire/instant_text.hpp"
#include "wire/request_writer.hpp"

namespace tiebreak::daemon {

using matching::Duration;
using matching::Instant;

namespace {

constexpr std::string_view reason = "outage";

// No extend command with its ids is longer: so many fit a message.
constexpr std::uint64_t command_bytes_max = 512;

struct Missed {
    std::string package;
    std::string stage;
    Instant opened_ns = 0;
    Instant closes_ns = 0;
};

// The feed, and a note of every stage that opens.
class OpeningSink final : public matching::EventSink {
public:
    explicit OpeningSink(Feed& feed) : feed_(feed) {}
    void on_event(const matching::Event& event) override {
        feed_.on_event(event);
        if (const auto* opened = std::get_if<matching::event::StageOpened>(&event.body)) {
            opened_.push_back({std::string{opened->package}, std::string{opened->stage}, event.at_ns, opened->closes_ns});
        }
    }
    [[nodiscard]] std::vector<Missed> take() { return std::exchange(opened_, {}); }

private:
    Feed& feed_;
    std::vector<Missed> opened_;
};

class Bridge {
public:
    Bridge(const OutageState& state, const OutageOptions& options, Instant first_stamp_ns)
        : state_(state), sink_(state.feed), next_stamp_ns_(first_stamp_ns), position_(state.journal.appended_position()) {
        batch_max_ = static_cast<std::size_t>(std::clamp<std::uint64_t>(options.limits.message_bytes_max / command_bytes_max, 1,
                                                                        options.limits.batch_commands_max));
        report_.first_stamp_ns = first_stamp_ns;
    }

    // Deadlines that the dead process may have published.
    void apply_published() { advance(next_stamp_ns_ - 1); }

    [[nodiscard]] std::optional<Fault> extend_over(const Outage& outage) {
        noted_ = state_.sign.outage() == outage;
        (void)sink_.take();  // the engine lists them too
        if (auto fault = extend(outage, open_stages())) return fault;
        // What ends meanwhile without an extension, and what opens in consequence.
        while (true) {
            for (auto opened = sink_.take(); !opened.empty(); opened = sink_.take()) {
                if (auto fault = extend(outage, std::move(opened))) return fault;
            }
            const auto due_ns = state_.engine.next_deadline();
            if (!due_ns || *due_ns > outage.until_ns) return std::nullopt;
            advance(*due_ns);
        }
    }

    // A ceiling above all of it, and all of it on the disk.
    [[nodiscard]] std::optional<Fault> finish(Instant until_ns, Duration ceiling_ns) {
        report_.first_stamp_ns = std::max(until_ns, next_stamp_ns_);
        report_.ceiling_ns = matching::end_of_window(report_.first_stamp_ns, ceiling_ns);
        if (auto fault = append(RecordKind::ceiling, report_.ceiling_ns, {})) return fault;
        return commit();
    }

    [[nodiscard]] OutageReport& report() noexcept { return report_; }

private:
    [[nodiscard]] std::vector<Missed> open_stages() const {
        std::vector<Missed> open;
        state_.engine.for_each_open_stage([&](const matching::OpenStage& one) {
            open.push_back({std::string{one.package}, std::string{one.stage}, one.opened_ns, one.closes_ns});
        });
        return open;
    }

    void apply_due(Instant until_ns) {
        const auto due_ns = state_.engine.next_deadline();
        if (!due_ns || *due_ns > until_ns) return;
        state_.feed.caused_by_deadline(position_, position_, false);
        state_.engine.advance(until_ns, sink_);
    }

    void advance(Instant until_ns) {
        apply_due(until_ns);
        next_stamp_ns_ = std::max(next_stamp_ns_, until_ns + 1);
        absorb();
    }

    // Those of these stages that would have closed during the outage.
    [[nodiscard]] std::optional<Fault> extend(const Outage& outage, std::vector<Missed> missed) {
        std::erase_if(missed, [&](const Missed& one) { return one.closes_ns <= outage.from_ns || one.closes_ns > outage.until_ns; });
        // Room for a stamp each below the first of their closes; what closes within these nanoseconds closes as it is.
        const Instant stamped_ns = next_stamp_ns_ + static_cast<Instant>(missed.size());
        std::erase_if(missed, [&](const Missed& one) { return one.closes_ns <= stamped_ns; });
        if (missed.empty()) return std::nullopt;
        if (!std::exchange(noted_, true)) {
            // The extensions for an earlier outage lose their note now.
            if (auto fault = commit()) return fault;
            if (const auto error = state_.sign.begin(outage)) return disk_fault("write", "the sign of life", error);
        }
        for (std::span<const Missed> left = missed; !left.empty();) {
            const auto batch = left.first(std::min(left.size(), batch_max_));
            left = left.subspan(batch.size());
            if (auto fault = extend_batch(outage, batch)) return fault;
        }
        return std::nullopt;
    }

    [[nodiscard]] std::optional<Fault> extend_batch(const Outage& outage, std::span<const Missed> batch) {
        std::vector<matching::command::Extend> commands;
        writer_.begin(0);
        for (const Missed& one : batch) {
            // A stage that opened meanwhile was unattended only from then on.
            const Duration length_ns = outage.until_ns - std::max(outage.from_ns, one.opened_ns);
            const Instant closes_ns = matching::end_of_window(one.closes_ns, length_ns);
            commands.push_back({one.package, closes_ns, reason});
            writer_.add(matching::Command{commands.back()});
            if (report_.first.size() < OutageReport::lines_max) {
                report_.first.push_back({one.package, one.stage, one.closes_ns, closes_ns});
            }
        }
        const std::uint32_t skipped = 0;
        if (auto fault = append(RecordKind::commands, next_stamp_ns_, {std::as_bytes(std::span{&skipped, 1}), writer_.finish()})) {
            return fault;
        }
        for (const auto& command : commands) {
            apply_due(next_stamp_ns_);
            state_.feed.caused_by_command(position_);
            state_.engine.apply(next_stamp_ns_++, matching::Command{command}, sink_);
        }
        report_.extended += batch.size();
        absorb();
        return std::nullopt;
    }

    [[nodiscard]] std::optional<Fault> append(RecordKind kind, Instant stamp_ns,
                                              std::initializer_list<std::span<const std::byte>> parts) {
        auto position = state_.journal.append(kind, stamp_ns, parts);
        if (!position) {  // full: nobody else writes it out yet
            if (auto fault = commit()) return fault;
            position = state_.journal.append(kind, stamp_ns, parts);
        }
        if (!position) return Fault{FaultKind::disk, "the journal takes no record", {}, 0, 0};
        position_ = *position;
        return std::nullopt;
    }

    [[nodiscard]] std::optional<Fault> commit() {
        while (state_.journal.commit_once()) {
        }
        return state_.journal.fault();
    }

    // The history takes its events in as they come, so that many of them need no more room than few.
    void absorb() {
        state_.log.hand_over();
        state_.history.absorb(state_.log);
    }

    const OutageState& state_;
    OpeningSink sink_;
    wire::RequestWriter writer_;
    std::size_t batch_max_ = 1;
    Instant next_stamp_ns_;
    std::uint64_t position_;
    bool noted_ = false;
    OutageReport report_;
};

}  // namespace

std::vector<std::string> OutageReport::lines() const {
    if (extended == 0) return {};
    std::vector<std::string> lines;
    std::string line = "down from ";
    wire::append_instant(line, outage.from_ns);
    line += " until ";
    wire::append_instant(line, outage.until_ns);
    line += ": windows that would have closed meanwhile are extended, " + std::to_string(extended) + " of them";
    if (earlier_extended > 0) {
        line += "; " + std::to_string(earlier_extended) + " were left over from an outage that an earlier start did not come to the end of";
    }
    lines.push_back(std::move(line));
    for (const Extended& one : first) {
        line = "package " + one.package + ": stage " + one.stage + " closes at ";
        wire::append_instant(line, one.closes_ns);
        line += " instead of ";
        wire::append_instant(line, one.closed_ns);
        line += ", because of the outage";
        lines.push_back(std::move(line));
    }
    if (extended > first.size()) lines.push_back("and " + std::to_string(extended - first.size()) + " packages more, likewise");
    return lines;
}

Outcome<OutageReport> bridge_outage(const OutageState& state, const OutageOptions& options, Instant first_stamp_ns, Instant now_ns) {
    // Not from the ceiling, which lies ahead of the life that promised it: what closes below that stands all the same.
    Instant from_ns = std::max(state.engine.now() + 1, state.sign.last_ns().value_or(0));
    const Instant until_ns = std::max({from_ns, first_stamp_ns, now_ns});
    Bridge bridge(state, options, first_stamp_ns);
    bridge.report().ceiling_ns = first_stamp_ns;
    const auto due_ns = state.engine.next_deadline();
    if (options.policy == OutagePolicy::extend && due_ns && *due_ns <= until_ns) {
        bridge.apply_published();
        // One that an earlier start may have died over; had it come to its end, nothing of it is left to be extended.
        if (const auto& earlier = state.sign.outage(); earlier && from_ns < earlier->until_ns && earlier->until_ns <= until_ns) {
            if (auto fault = bridge.extend_over(*earlier)) return *fault;
            bridge.report().earlier_extended = bridge.report().extended;
            from_ns = earlier->until_ns;
        }
        if (auto fault = bridge.extend_over({from_ns, until_ns})) return *fault;
        if (auto fault = bridge.finish(until_ns, options.ceiling_ns)) return *fault;
    }
    const bool had_a_life = state.sign.last_ns() || state.engine.now() > 0;
    const Instant started_ns = std::max(from_ns, now_ns);  // stamps may have to wait for the ceiling still
    bridge.report().outage = {had_a_life ? from_ns : started_ns, started_ns};
    bridge.report().first_stamp_ns = std::max(bridge.report().first_stamp_ns, until_ns);
    return bridge.report();
}

}  // namespace tiebreak::daemon
