// Each checker on its own, told small stories: the true one passes, the one that breaks its promise does not.
#include "tests/simulation/checkers.hpp"

#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "matching/commands.hpp"
#include "matching/events.hpp"
#include "tests/catch.hpp"
#include "tests/simulation/journal_audit.hpp"
#include "wire/event_writer.hpp"
#include "wire/reply.hpp"
#include "wire/request_writer.hpp"

namespace tiebreak::simulation {
namespace {

namespace command = matching::command;
namespace event = matching::event;

// What one checker is told.
class Story {
public:
    explicit Story(std::unique_ptr<Checker> checker) : checker_(std::move(checker)) {}

    void sent(std::uint64_t id, const matching::Command& command) {
        wire::RequestWriter writer;
        const auto bytes = writer.write(id, command);
        requests_[id].assign(bytes.begin(), bytes.end());
        checker_->on_sent(0, id, requests_[id]);
    }
    void replied(std::uint64_t id, matching::Instant arrival_ns, std::optional<matching::Code> code = std::nullopt) {
        wire::CommandReply reply;
        reply.arrival_ns = arrival_ns;
        reply.code = code;
        wire::ReplyWriter writer;
        wire::ReplyReader reader;
        REQUIRE_FALSE(reader.open(writer.write(id, {&reply, 1})));
        checker_->on_reply(0, id, requests_[id], reader);
    }
    template <typename Body>
    void said(matching::Instant at_ns, const Body& body) {
        matching::Event said;
        said.at_ns = at_ns;
        said.sequence = ++sequence_;
        said.body = body;
        const auto bytes = writer_.write(said);
        wire::Notice notice;
        notice.topic = "all/";
        notice.topic_sequence = notice.sequence = said.sequence;
        notice.body.assign(bytes.begin(), bytes.end());
        checker_->on_feed_message(0, notice.topic, {1, said.sequence, said.sequence}, notice.body);
        checker_->on_notice(0, notice);
    }
    [[nodiscard]] bool holds() {
        checker_->at_end(audit_);
        return checker_->failures().empty();
    }
    Checker* operator->() { return checker_.get(); }

private:
    std::unique_ptr<Checker> checker_;
    std::map<std::uint64_t, std::vector<std::byte>> requests_;
    wire::EventWriter writer_;
    std::uint64_t sequence_ = 0;
    JournalAudit audit_;
};

command::Offer offer_by(std::string_view provider) {
    command::Offer offer;
    offer.id = "O";
    offer.package = "K";
    offer.provider = provider;
    offer.start_ns = 1'000'000;
    return offer;
}

event::OfferAccepted accepted(std::string_view provider, matching::Instant arrival_ns) {
    event::OfferAccepted accepted;
    accepted.package = "K";
    accepted.stage = "s";
    accepted.offer = "O";
    accepted.provider = provider;
    accepted.arrival_ns = arrival_ns;
    return accepted;
}

event::Awarded awarded(std::string_view provider, std::span<const matching::RankedOffer> ranking) {
    event::Awarded awarded;
    awarded.package = "K";
    awarded.stage = "s";
    awarded.offer = "O";
    awarded.provider = provider;
    awarded.ranking = ranking;
    return awarded;
}

event::StageOpened opened_until(matching::Instant closes_ns) { return {"K", "s", closes_ns, {}}; }

event::StageClosed closed() {
    event::StageClosed closed;
    closed.package = "K";
    closed.stage = "s";
    return closed;
}

const matching::RankedOffer by_a{"O", "A", std::nullopt};
const matching::RankedOffer by_b{"O", "B", matching::CriterionKind::earliest_response};
const matching::RankedOffer both[] = {by_a, by_b};

TEST_CASE("stamps: rising ones pass, one below what was seen does not, nor one given twice") {
    Story good(stamps_rise());
    good.sent(1, command::Advance{});
    good.replied(1, 100);
    good.sent(2, command::Advance{});
    good.replied(2, 101);
    good.replied(2, 101);  // told twice
    CHECK(good.holds());

    Story back(stamps_rise());
    back.sent(1, command::Advance{});
    back.replied(1, 100);
    back.sent(2, command::Advance{});
    back.replied(2, 99);
    CHECK_FALSE(back.holds());

    Story twice(stamps_rise());
    twice.sent(1, command::Advance{});
    twice.sent(2, command::Advance{});
    twice.replied(1, 100);
    twice.replied(2, 100);
    CHECK_FALSE(twice.holds());
}

TEST_CASE("in time: the offers before the close, all of them, and no other") {
    const auto tell = [](bool b_is_ranked, matching::Instant c_turned_away_ns, bool d_comes_late) {
        Story story(in_time());
        story.said(10, opened_until(100));
        for (const auto& [id, provider, arrival_ns] : {std::tuple{1, "A", 20}, std::tuple{2, "B", 30}}) {
            story.sent(static_cast<std::uint64_t>(id), offer_by(provider));
            story.replied(static_cast<std::uint64_t>(id), arrival_ns);
            story.said(arrival_ns, accepted(provider, arrival_ns));
        }
        story.said(100, closed());
        story.said(100, awarded("A", std::span(both).first(b_is_ranked ? 2 : 1)));
        story.sent(3, offer_by("C"));
        story.replied(3, c_turned_away_ns, matching::Code::closed);
        if (d_comes_late) story.said(120, accepted("D", 120));
        return story.holds();
    };
    CHECK(tell(true, 100, false));
    CHECK_FALSE(tell(false, 100, false));
    CHECK_FALSE(tell(true, 99, false));
    CHECK_FALSE(tell(true, 100, true));
}

TEST_CASE("in time: a receipt that the feed does not know is none") {
    Story story(in_time());
    story.said(10, opened_until(100));
    story.sent(1, offer_by("A"));
    story.replied(1, 20);
    CHECK_FALSE(story.holds());
}

TEST_CASE("windows: as long as the procedure says, to the nanosecond, or longer by an extension") {
    const auto tell = [](matching::Instant closes_ns, matching::Instant extended_to_ns, matching::Instant closed_ns) {
        Story story(windows_last());
        command::Procedure procedure;
        procedure.id = "p";
        procedure.stages.emplace_back();
        procedure.stages.back().name = "s";
        procedure.stages.back().window_ns = 90;
        procedure.ranking.emplace_back();
        story.sent(1, procedure);
        command::Package package;
        package.id = "K";
        package.procedure = "p";
        story.sent(2, package);
        story.said(10, opened_until(closes_ns));
        if (extended_to_ns != 0) story.said(50, event::WindowExtended{"K", "s", extended_to_ns, "outage"});
        story.said(closed_ns, closed());
        return story.holds();
    };
    CHECK(tell(100, 0, 100));
    CHECK(tell(100, 150, 150));
    CHECK_FALSE(tell(99, 0, 99));
    CHECK_FALSE(tell(100, 0, 99));
    CHECK_FALSE(tell(100, 90, 90));
    CHECK_FALSE(tell(100, 150, 100));
}

TEST_CASE("awards: one at a time, and said the same each time") {
    Story refused_between(one_award());
    refused_between.said(100, awarded("A", both));
    refused_between.said(110, event::AwardRefused{"K", "A"});
    refused_between.said(110, awarded("B", std::span(both).last(1)));
    CHECK(refused_between.holds());

    Story second(one_award());
    second.said(100, awarded("A", both));
    second.said(110, awarded("B", both));
    CHECK_FALSE(second.holds());

    Story otherwise(one_award());
    const std::vector<std::byte> before(8, std::byte{1}), after(8, std::byte{2});
    otherwise->on_feed_message(0, "award/", {1, 5, 50}, before);
    otherwise->on_feed_message(1, "award/", {1, 5, 50}, before);
    CHECK(otherwise.holds());
    otherwise->on_feed_message(0, "award/", {1, 5, 50}, after);
    CHECK_FALSE(otherwise.holds());
}

TEST_CASE("silence: every message is answered once, or its process has died") {
    Story good(nothing_silent());
    good->on_delivered(1, 0);
    good->on_answered(1);
    good->on_delivered(2, 0);
    good->on_process_end();
    good->on_delivered(3, 10 * minute);
    good->on_answered(3);
    CHECK(good.holds());

    Story never(nothing_silent());
    never->on_delivered(1, 0);
    never->on_delivered(2, 10 * minute);
    never->on_answered(2);
    CHECK_FALSE(never.holds());

    Story twice(nothing_silent());
    twice->on_delivered(1, 0);
    twice->on_answered(1);
    twice->on_answered(1);
    CHECK_FALSE(twice.holds());
}

TEST_CASE("told in time: what leaves late is found, unless nobody could have told it") {
    const auto told = [](matching::Instant stamps_ns, matching::Instant since_ns) {
        Story story(told_in_time());
        matching::Event event;
        event.at_ns = 100 * second;
        event.sequence = 1;
        event.body = closed();
        wire::EventWriter writer;
        story->on_left(writer.write(event), stamps_ns, since_ns);
        return story.holds();
    };
    CHECK(told(100 * second, 0));
    CHECK(told(110 * second, 0));
    CHECK_FALSE(told(111 * second, 0));
    CHECK(told(1'000 * second, 995 * second));  // it woke up five seconds ago
    CHECK_FALSE(told(1'000 * second, 500 * second));
}

enum class Between : std::uint8_t { nothing, kill, power_cut };

// The same event of package/K/ with another global number.
bool holds_renumbered(Numbers numbers, std::string_view topic, Between between, bool same_content = true) {
    Story story(one_award(numbers));
    wire::EventWriter writer;
    matching::Event event;
    event.at_ns = 100;
    event.body = closed();
    event.sequence = 7;
    story->on_feed_message(0, topic, {1, 3, event.sequence}, writer.write(event));
    if (between != Between::nothing) story->on_process_end();
    if (between == Between::power_cut) story->on_power_cut();
    event.sequence = 6;
    if (!same_content) event.at_ns = 101;
    story->on_feed_message(0, topic, {1, 3, event.sequence}, writer.write(event));
    return story.holds();
}

TEST_CASE("one award: with its_package a power cut may change an event's global number, and nothing else may") {
    CHECK(holds_renumbered(Numbers::may_change, "package/K/", Between::power_cut));
    CHECK_FALSE(holds_renumbered(Numbers::may_change, "package/K/", Between::power_cut, false));
    CHECK_FALSE(holds_renumbered(Numbers::may_change, "package/K/", Between::kill));
    CHECK_FALSE(holds_renumbered(Numbers::may_change, "package/K/", Between::nothing));
    CHECK_FALSE(holds_renumbered(Numbers::may_change, "all/", Between::power_cut));
    CHECK_FALSE(holds_renumbered(Numbers::certain, "package/K/", Between::power_cut));
}

TEST_CASE("exports: a record that the journal has not is found") {
    wire::answer::Export part;
    Story nothing(exports_are_the_journal());
    nothing->on_export(0, 0, part);
    CHECK(nothing.holds());

    Story invented(exports_are_the_journal());
    part.records.push_back({1, 100, {}, {}});
    part.last_position = 1;
    invented->on_export(0, 0, part);
    CHECK_FALSE(invented.holds());
}

TEST_CASE("feed: a hole that no crash explains is found, unless the journal had it no more either") {
    const auto gap = [](const std::string& why) {
        Story story(replay_equals_feed());
        wire::Notice notice;
        notice.kind = wire::NoticeKind::gap;
        notice.topic = "all/";
        notice.first_missing = 1;
        notice.last_missing = 3;
        notice.why = why;
        story->on_notice(0, notice);
        return story->failures().empty();
    };
    CHECK(gap("export_gone"));
    CHECK_FALSE(gap("history_gone"));
    CHECK_FALSE(gap("history does not go on"));
}

TEST_CASE("durable: an acknowledgement that the journal does not know is found") {
    Story story(acknowledged_is_durable());
    story.sent(1, command::Advance{});
    CHECK(story.holds());
    story.replied(1, 100);
    CHECK_FALSE(story.holds());
}

TEST_CASE("feed: a hole, a repeat and an event that no replay has are found") {
    Story unknown(replay_equals_feed());
    unknown.said(100, awarded("A", both));
    CHECK_FALSE(unknown.holds());  // the journal is empty

    for (const std::uint64_t next : {std::uint64_t{1}, std::uint64_t{3}}) {
        Story story(replay_equals_feed());
        wire::Notice notice;
        notice.topic = "all/";
        notice.body.resize(8);
        notice.topic_sequence = notice.sequence = 1;
        story->on_notice(0, notice);
        CHECK(story->failures().empty());
        notice.topic_sequence = notice.sequence = next;
        story->on_notice(0, notice);
        CHECK_FALSE(story->failures().empty());
    }
}

}  // namespace
}  // namespace tiebreak::simulation
