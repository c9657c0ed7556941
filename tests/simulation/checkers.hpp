// Those who watch: each holds one promise, and is told only what clients, subscribers and the network can see, and what stands on
// the surviving disk.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "tests/simulation/schedule.hpp"
#include "wire/feed_follower.hpp"
#include "wire/query.hpp"
#include "wire/reply.hpp"

namespace tiebreak::simulation {

class JournalAudit;

// One promise. What is broken is told to `fail`, once in words; the run ends there.
class Checker {
public:
    explicit Checker(std::string promise) : promise_(std::move(promise)) {}
    virtual ~Checker() = default;
    [[nodiscard]] const std::string& promise() const noexcept { return promise_; }

    virtual void on_sent(std::uint32_t /*portal*/, std::uint64_t /*id*/, std::span<const std::byte> /*request*/) {}
    virtual void on_reply(std::uint32_t /*portal*/, std::uint64_t /*id*/, std::span<const std::byte> /*request*/,
                          const wire::ReplyReader& /*reply*/) {}
    virtual void on_answer(std::uint32_t /*portal*/, const wire::AnswerReader& /*answer*/) {}
    // Part of the journal, as the answer to the question for what comes after that position.
    virtual void on_export(std::uint32_t /*portal*/, std::uint64_t /*after_position*/, const wire::answer::Export& /*part*/) {}
    // As it comes off the feed, repeats and all.
    virtual void on_feed_message(std::uint32_t /*portal*/, std::string_view /*topic*/, const wire::FeedHead& /*head*/,
                                 std::span<const std::byte> /*body*/) {}
    // As a subscriber puts it together, with what exports brought where history was gone. A gap: the journal had it no more either.
    virtual void on_notice(std::uint32_t /*portal*/, const wire::Notice& /*notice*/) {}
    // A message came into the process; its reply or answer left it; the process ended, and its connections with it.
    virtual void on_delivered(std::uint64_t /*serial*/, TrueTime /*now*/) {}
    virtual void on_answered(std::uint64_t /*serial*/) {}
    virtual void on_process_end() {}
    // With it, the power went: what was written and not synced may be gone.
    virtual void on_power_cut() {}
    // An event of all/ left the process when its stamps were at `stamps_ns`; it has served, and the machine been awake, since `since_ns`.
    virtual void on_left(std::span<const std::byte> /*body*/, matching::Instant /*stamps_ns*/, matching::Instant /*since_ns*/) {}
    // The process serves again, and the journal has been read: what stands in it now stands for good.
    virtual void on_journal(const JournalAudit& /*audit*/) {}
    // Everything is quiet: the last look.
    virtual void at_end(const JournalAudit& /*audit*/) {}

    [[nodiscard]] const std::vector<std::string>& failures() const noexcept { return failures_; }

protected:
    void fail(std::string what) {
        if (failures_.size() < 20) failures_.push_back(std::move(what));
        if (broken_ != nullptr) *broken_ = true;
    }

private:
    friend class Checkers;

    std::string promise_;
    bool* broken_ = nullptr;
    std::vector<std::string> failures_;
};

// All of them, told alike.
class Checkers {
public:
    Checkers() = default;
    Checkers(const Checkers&) = delete;
    Checkers& operator=(const Checkers&) = delete;

    void add(std::unique_ptr<Checker> checker) {
        checker->broken_ = &broken_;
        all_.push_back(std::move(checker));
    }
    // Something that no promise names, and that may never happen.
    void fail(std::string what) {
        others_.push_back(std::move(what));
        broken_ = true;
    }

    template <typename... As, typename... Bs>
    void tell(void (Checker::*what)(As...), const Bs&... told) {
        for (const auto& checker : all_) (checker.get()->*what)(told...);
    }
    void on_sent(std::uint32_t portal, std::uint64_t id, std::span<const std::byte> request) {
        tell(&Checker::on_sent, portal, id, request);
    }
    void on_reply(std::uint32_t portal, std::uint64_t id, std::span<const std::byte> request, const wire::ReplyReader& reply) {
        tell(&Checker::on_reply, portal, id, request, reply);
    }
    void on_answer(std::uint32_t portal, const wire::AnswerReader& answer) { tell(&Checker::on_answer, portal, answer); }
    void on_export(std::uint32_t portal, std::uint64_t after_position, const wire::answer::Export& part) {
        tell(&Checker::on_export, portal, after_position, part);
    }
    // An export was refused: what comes after that position is gone.
    void on_export_gone(std::uint64_t after_position) {
        const std::uint64_t first = first_position ? first_position() : 1;
        if (after_position + 1 >= first) {
            fail("the records after " + std::to_string(after_position) + " are said to be gone, and the journal begins at " + std::to_string(first));
        }
    }
    void on_feed_message(std::uint32_t portal, std::string_view topic, const wire::FeedHead& head,
                         std::span<const std::byte> body) {
        tell(&Checker::on_feed_message, portal, topic, head, body);
    }
    void on_notice(std::uint32_t portal, const wire::Notice& notice) { tell(&Checker::on_notice, portal, notice); }

    std::function<std::uint64_t()> first_position;  // of what is left of the journal

    [[nodiscard]] bool all_hold() const noexcept { return !broken_; }
    // A line for each broken promise.
    [[nodiscard]] std::string failures() const;

private:
    std::vector<std::unique_ptr<Checker>> all_;
    std::vector<std::string> others_;
    bool broken_ = false;
};

// Whether an event's global number is certain when it leaves. With `--deadline-events-wait-for its_package` it is certain on all/, and for
// what a command caused. On other topics, what a deadline caused may leave while commands for other packages, stamped before it, are
// written and not yet synced. If these are lost with the power, the same event, with the same number on its topic, has another global number
// from then on.
enum class Numbers : std::uint8_t { certain, may_change };

// Every command that was answered is in the journal, once, with the stamp and the answer that were told.
[[nodiscard]] std::unique_ptr<Checker> acknowledged_is_durable();
// A package is awarded to one provider at a time, and what was said on the feed is never said otherwise.
[[nodiscard]] std::unique_ptr<Checker> one_award(Numbers numbers = Numbers::certain);
// What subscribers put together is what a replay of the journal gives: byte for byte, no hole, no repeat.
// `renumbered` counts the events whose number is another one in the replay, as it may be.
[[nodiscard]] std::unique_ptr<Checker> replay_equals_feed(Numbers numbers = Numbers::certain, std::uint64_t* renumbered = nullptr);
// An offer stamped before the close is let in and ranked, one stamped at or after it is not.
[[nodiscard]] std::unique_ptr<Checker> in_time();
// What is exported is the journal, each record once and as it is, and is on the disk for good.
[[nodiscard]] std::unique_ptr<Checker> exports_are_the_journal();
// Stamps rise strictly: a request sent after a reply was seen has the later stamp, and no two have the same.
[[nodiscard]] std::unique_ptr<Checker> stamps_rise();
// A window lasts as long as its procedure or package says, and longer only by an extension.
[[nodiscard]] std::unique_ptr<Checker> windows_last();
// Every message that comes in is answered once, or its connection dies; every refusal has a code and a sentence.
[[nodiscard]] std::unique_ptr<Checker> nothing_silent();
// What happens is told within ten seconds: also what a deadline brought, also where that was over while the machine was suspended.
[[nodiscard]] std::unique_ptr<Checker> told_in_time();
// A second engine, naive and written from the contract alone, gives the same events.
[[nodiscard]] std::unique_ptr<Checker> naive_rule_agrees();

}  // namespace tiebreak::simulation
