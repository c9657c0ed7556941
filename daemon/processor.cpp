#include "daemon/processor.hpp"

#include <algorithm>
#include <type_traits>
#include <utility>

#include "daemon/command_record.hpp"
#include "daemon/reply_collector.hpp"
#include "matching/codes.hpp"
#include "matching/invariant.hpp"

namespace tiebreak::daemon {

using matching::Code;
using matching::Instant;
namespace command = matching::command;

namespace {

wire::Limits wire_limits(const Limits& limits) {
    wire::Limits result;
    result.message_bytes_max = limits.message_bytes_max;
    result.batch_commands_max = static_cast<std::uint32_t>(limits.batch_commands_max);
    return result;
}

// How many events of a cliff are made before it is looked whether the first of them may leave.
constexpr std::uint32_t events_between_looks = 64;

// Passes events on, and lets leave what has become durable meanwhile, so that of thousands of packages that close at one instant the first
// do not wait for the last.
class Releasing final : public matching::EventSink {
public:
    Releasing(Feed& feed, const GroupCommit& journal) noexcept : feed_(feed), journal_(journal) {}

    void on_event(const matching::Event& event) override {
        feed_.on_event(event);
        if (++events_ % events_between_looks != 0) return;
        const std::uint64_t durable = journal_.durable_position();
        if (durable != std::exchange(durable_seen_, durable)) feed_.on_durable(durable);
    }

private:
    Feed& feed_;
    const GroupCommit& journal_;
    std::uint32_t events_ = 0;
    std::uint64_t durable_seen_ = 0;
};

}  // namespace

Processor::Processor(const Options& options, matching::Engine& engine, Feed& feed, GroupCommit& journal,
                     Ceiling& ceiling, Clock& clock, Metrics& metrics)
    : options_(options),
      engine_(engine),
      feed_(feed),
      journal_(journal),
      ceiling_(ceiling),
      clock_(clock),
      metrics_(metrics.loop),
      reader_(wire_limits(options.limits)),
      expecting_(engine, feed, wire_limits(options.limits)),
      position_(journal.appended_position()) {}

Handled Processor::handle(Instant stamp_ns, std::span<const std::byte> request) {
    if (auto refusal = reader_.open(request)) {
        metrics_.messages_malformed.add();
        return refuse(refusal->code, refusal->sentence);
    }
    // What is due comes before the request, and before its limits are looked at: a window that closes makes room. Its events
    // then need not wait for the request's record either.
    if (const auto deadline_ns = engine_.next_deadline(); deadline_ns && *deadline_ns <= stamp_ns && cover(stamp_ns)) {
        apply_due(stamp_ns);
    }
    decode_all(stamp_ns);
    const bool all_refused = skipped_.size() == decoded_.size();
    if (!all_refused && !journal(stamp_ns, request)) {
        if (journal_.fault()) return refuse(Code::stopping, "the journal's disk has failed; nothing more is taken");
        metrics_.commands_busy.add(decoded_.size());
        return refuse(Code::busy, "the journal's disk does not keep up; try again in a moment");
    }
    if (offers_.size() > 1) expecting_.offers(offers_);
    replies_.clear();
    for (std::size_t i = 0; i < decoded_.size(); ++i) {
        replies_.push_back(apply(decoded_[i], stamp_ns + static_cast<Instant>(i)));
    }
    return {writer_.write(reader_.request_id(), replies_), position_};
}

Handled Processor::refuse(Code code, std::string_view detail) {
    return {writer_.refuse(reader_.request_id(), code, detail), position_};
}

void Processor::decode_all(Instant stamp_ns) {
    decoded_.clear();
    offers_.clear();
    others_.clear();
    refusals_.clear();
    skipped_.clear();
    sizes_ = engine_.sizes();
    opening_ = registering_ = 0;
    for (std::uint32_t i = 0; i < reader_.size(); ++i) decode(i, stamp_ns);
}

void Processor::decode(std::uint32_t index, Instant stamp_ns) {
    const auto keep = [&](Decoded::Kind kind, std::size_t kept) {
        decoded_.push_back({kind, static_cast<std::uint32_t>(kept - 1)});
    };
    if (reader_.is_offer(index)) {
        command::Offer& offer = offers_.emplace_back();
        if (auto refusal = reader_.decode_offer(index, offer)) {
            offers_.pop_back();
            return skip(index, std::move(*refusal));
        }
        if (sizes_.offers_live + offers_.size() > options_.limits.offers_live_max) {
            offers_.pop_back();
            return skip(index, {Code::busy, "as many offers are live as this daemon holds; try again when windows have closed"});
        }
        return keep(Decoded::Kind::offer, offers_.size());
    }
    matching::Command& other = others_.emplace_back();
    auto refusal = reader_.decode(index, other);
    if (!refusal) refusal = find_limit(other, stamp_ns);
    if (refusal) {
        others_.pop_back();
        return skip(index, std::move(*refusal));
    }
    keep(Decoded::Kind::other, others_.size());
}

void Processor::skip(std::uint32_t index, wire::Refusal refusal) {
    (refusal.code == Code::busy ? metrics_.commands_busy : metrics_.commands_malformed).add();
    skipped_.push_back(index);
    refusals_.push_back(std::move(refusal));
    decoded_.push_back({Decoded::Kind::refused, static_cast<std::uint32_t>(refusals_.size() - 1)});
}

std::optional<wire::Refusal> Processor::find_limit(const matching::Command& command, Instant stamp_ns) {
    const Limits& limits = options_.limits;
    const auto busy = [](std::string sentence) { return wire::Refusal{Code::busy, std::move(sentence)}; };
    if (std::holds_alternative<command::Package>(command)) {
        const std::int64_t behind_ns = stamp_ns - clock_.wall_ns();
        if (behind_ns > options_.clock_behind_max_ns) {
            return busy("this machine's clock is behind the last arrival stamps; no package is opened until it has caught up");
        }
        if (sizes_.packages + opening_ >= limits.packages_max || sizes_.packages_open + opening_ >= limits.packages_open_max) {
            return busy("as many packages are open as this daemon holds; try again when some have closed");
        }
        ++opening_;
    } else if (const auto* provider = std::get_if<command::Provider>(&command)) {
        if (feed_.topics().knows_provider(provider->id)) return std::nullopt;
        if (sizes_.providers + registering_ >= limits.providers_max) {
            return busy("as many providers are registered as this daemon holds");
        }
        ++registering_;
    } else if (std::holds_alternative<command::Procedure>(command) && sizes_.procedures >= limits.procedures_max) {
        return busy("as many procedures are registered as this daemon holds");
    }
    return std::nullopt;
}

bool Processor::cover(Instant instant_ns) {
    Ceiling extended = ceiling_;
    const auto ceiling_ns = extended.extend_for(instant_ns);
    if (!ceiling_ns) return true;
    const auto position = journal_.gather(RecordKind::ceiling, *ceiling_ns, {});
    if (!position) return false;
    ++gathered_bytes_;  // it has none itself
    ceiling_ = extended;
    position_ = ceiling_position_ = *position;
    metrics_.ceilings.add();
    return true;
}

bool Processor::journal(Instant stamp_ns, std::span<const std::byte> request) {
    if (!cover(stamp_ns + static_cast<Instant>(decoded_.size()))) return false;
    const auto count = static_cast<std::uint32_t>(skipped_.size());
    const auto position =
        journal_.gather(RecordKind::commands, stamp_ns,
                        {std::as_bytes(std::span{&count, 1}), std::as_bytes(std::span{skipped_}), request});
    if (!position) return false;
    gathered_bytes_ += request.size();
    position_ = *position;
    metrics_.journal_position.set(position_);
    return true;
}

wire::CommandReply Processor::apply(const Decoded& decoded, Instant stamp_ns) {
    if (decoded.kind == Decoded::Kind::refused) {
        const wire::Refusal& refusal = refusals_[decoded.index];
        wire::CommandReply reply;
        reply.code = refusal.code;
        reply.detail = refusal.sentence;
        return reply;
    }
    // Deadlines first and apart, so that the reply's first event is the command's own.
    apply_due(stamp_ns);
    feed_.caused_by_command(position_);
    ReplyCollector collector(feed_, stamp_ns);
    if (decoded.kind == Decoded::Kind::offer) {
        engine_.apply(stamp_ns, offers_[decoded.index], collector);
    } else {
        engine_.apply(stamp_ns, others_[decoded.index], collector);
    }
    metrics_.commands.add();
    if (collector.reply().code) metrics_.commands_rejected.add();
    return collector.reply();
}

void Processor::apply_due(Instant until_ns) {
    const auto deadline_ns = engine_.next_deadline();
    if (!deadline_ns || *deadline_ns > until_ns) return;
    const bool all_written = feed_.leaves_early() && journal_.write_gathered();
    feed_.caused_by_deadline(position_, ceiling_position_, all_written);
    Releasing releasing(feed_, journal_);
    engine_.advance(until_ns, releasing);
}

void Processor::apply_deadlines(Instant until_ns) {
    if (until_ns > engine_.now()) apply_due(until_ns);
}

void Processor::commit() {
    if (gathered_bytes_ == 0) return;
    gathered_bytes_ = 0;
    journal_.commit_gathered();
}

void Processor::publish_sizes() {
    const matching::EngineSizes sizes = engine_.sizes();
    metrics_.procedures.set(sizes.procedures);
    metrics_.providers.set(sizes.providers);
    metrics_.packages.set(sizes.packages);
    metrics_.packages_open.set(sizes.packages_open);
    metrics_.packages_waiting.set(sizes.packages_waiting);
    metrics_.offers.set(sizes.offers);
    metrics_.offers_live.set(sizes.offers_live);
    metrics_.awards.set(sizes.awards);
    metrics_.events.set(sizes.last_sequence);
    metrics_.last_sequence.set(sizes.last_sequence);
    metrics_.topics.set(feed_.topics().size());
}

}  // namespace tiebreak::daemon
