#include "deploy/demo/play.hpp"

#include <algorithm>
#include <deque>
#include <functional>
#include <memory>
#include <utility>
#include <variant>

#include "deploy/demo/award_watch.hpp"
#include "deploy/demo/figures.hpp"
#include "deploy/demo/now.hpp"
#include "wire/event_reader.hpp"
#include "wire/topics.hpp"

namespace tiebreak::demo {

namespace {

constexpr matching::Duration ms = 1'000'000;
constexpr matching::Duration second = 1'000 * ms;
constexpr matching::Duration day_limit = 50 * second;
constexpr matching::Duration row_patience = 1 * second;   // for the award to reach the other subscriber too
constexpr matching::Duration status_interval = 200 * ms;

// Tomorrow at eight, UTC: the earliest time at which anybody starts.
matching::Instant first_start_after(matching::Instant now) {
    constexpr matching::Duration hour = 3'600 * second, day = 24 * hour;
    return now / day * day + day + 8 * hour;
}

class DayPlayer {
public:
    DayPlayer(const Theatre& theatre, const Day& day, std::uint64_t seed, std::size_t front_ends)
        : theatre_(theatre), day_(day), seed_(seed), watch_(theatre.context, subscription(theatre)) {
        std::string why;
        subscriber_ = wire::Subscriber::connect(theatre.context, subscription(theatre), why);
        if (!subscriber_) {
            fault("cannot subscribe: " + why);
            return;
        }
        subscriber_->subscribe(wire::all_topic, 0);
        for (std::size_t i = 0; i < front_ends; ++i) {
            front_ends_.push_back(std::make_unique<FrontEnd>(theatre.context, theatre.commands));
        }
        for (const auto& planned : day.packages) {
            planned_by_id_[planned.package.id] = &planned;
            played_.ledger.expect(planned.package.id, planned.package.zone.value_or(""));
        }
    }

    Played play() {
        if (!subscriber_) {
            return std::move(played_);
        }
        begin_ns_ = now_ns() + 300 * ms;
        first_start_ns_ = first_start_after(begin_ns_);
        played_.closed_together_ns = begin_ns_ + day_.closes_together_ns;
        while (!theatre_.interrupted && !done() && now_ns() < begin_ns_ + day_limit) {
            open_due();
            for (const auto& completed : theatre_.client.poll(wire::Milliseconds(0))) {
                on_completed(completed);
            }
            for (const auto& notice : subscriber_->poll(wire::Milliseconds(2))) {
                on_notice(notice);
            }
            print_rows();
            show_status();
        }
        played_.finished = done();
        played_.took_ns = now_ns() - begin_ns_;
        collect();
        return std::move(played_);
    }

private:
    [[nodiscard]] bool done() const { return played_.ledger.ended() >= day_.packages.size() && unprinted_.empty(); }
    void fault(std::string what) { played_.returns.faults.push_back(std::move(what)); }

    void open_due() {
        while (opened_ < day_.packages.size() && begin_ns_ + day_.packages[opened_].opens_after_ns <= now_ns()) {
            const auto& planned = day_.packages[opened_++];
            send(planned.package, planned.package.id);
            if (planned.closes_with_others) {
                send(matching::command::Extend{planned.package.id, played_.closed_together_ns, "hospital discharge round"},
                     planned.package.id);
            }
        }
    }

    void send(const matching::Command& command, const std::string& package) {
        const auto id = theatre_.client.send(command);
        if (id == 0) {
            fault(package + " could not be sent");
        } else {
            sent_[id] = package;
        }
    }

    void on_completed(const wire::Completed& completed) {
        const auto sent = sent_.extract(completed.request_id);
        if (sent.empty()) {
            return;
        }
        if (completed.outcome != wire::Outcome::replied || completed.receipts.size() != 1) {
            fault(sent.mapped() + " got no receipt");
        } else if (!completed.receipts.front().code.empty()) {
            fault(sent.mapped() + " is refused: " + completed.receipts.front().code);
        }
    }

    void on_notice(const wire::Notice& notice) {
        if (notice.kind == wire::NoticeKind::gap) {
            fault("a gap in " + notice.topic + ": " + notice.why);
        }
        if (notice.kind != wire::NoticeKind::event) {
            return;
        }
        if (const auto flaw = reader_.open(notice.body)) {
            fault("an event that can't be read: " + *flaw);
            return;
        }
        const auto& event = reader_.event();
        if (const auto* ended = played_.ledger.on_event(event)) {
            unprinted_.push_back({ended, now_ns()});
        }
        if (const auto* opened = std::get_if<matching::event::StageOpened>(&event.body)) {
            invite(event.at_ns, *opened);
        } else if (const auto* extended = std::get_if<matching::event::WindowExtended>(&event.body)) {
            auto held = held_.extract(std::string(extended->package));
            for (auto& invitation : held.empty() ? std::vector<Invitation>{} : std::move(held.mapped())) {
                invitation.closes_ns = extended->closes_ns;
                hand_over(invitation);
            }
        } else if (std::holds_alternative<matching::event::OfferAccepted>(event.body)) {
            ++offers_;
        }
    }

    void invite(matching::Instant opened_ns, const matching::event::StageOpened& opened) {
        const auto planned = planned_by_id_.find(opened.package);
        if (planned == planned_by_id_.end()) {
            return;
        }
        const bool extension_follows = planned->second->closes_with_others && opened.stage == "zonal";
        for (const auto provider : opened.invited) {
            Invitation invitation{std::string(opened.package), std::string(opened.stage), std::string(provider),
                                  opened_ns,                   opened.closes_ns,          planned->second->temper};
            if (extension_follows) {
                held_[invitation.package].push_back(std::move(invitation));
            } else {
                hand_over(invitation);
            }
        }
    }

    // Each provider works with one front end.
    void hand_over(const Invitation& invitation) {
        auto answers = answers_to(invitation, seed_, first_start_ns_);
        for (const auto& answer : answers) {
            if (answer.answer == Answer::offer) {
                played_.ledger.note_start(answer.package, {answer.provider, answer.offer}, answer.start_ns);
            }
        }
        const auto index = std::hash<std::string>{}(invitation.provider) % front_ends_.size();
        front_ends_[index]->hand_over(std::move(answers));
    }

    // A row is complete once the award has reached the subscriber whose time it shows.
    void print_rows() {
        while (!unprinted_.empty()) {
            const auto& [package, since_ns] = unprinted_.front();
            std::optional<matching::Duration> after_ns;
            if (package->award) {
                const auto seen = watch_.seen(package->id);
                if (!seen && now_ns() < since_ns + row_patience) {
                    return;
                }
                if (seen) {
                    after_ns = *seen - package->award->at_ns;
                    played_.seen_ns[package->id] = *seen;
                }
            }
            theatre_.board.row(*package, after_ns);
            unprinted_.pop_front();
        }
    }

    void show_status() {
        const auto now = now_ns();
        if (now < status_ns_ + status_interval) {
            return;
        }
        status_ns_ = now;
        theatre_.board.status(std::to_string(opened_ - std::min(opened_, played_.ledger.ended())) + " packages open, " +
                              std::to_string(offers_) + " offers, " + std::to_string(played_.ledger.ended()) + " of " +
                              std::to_string(day_.packages.size()) + " packages settled");
    }

    void collect() {
        for (auto& front_end : front_ends_) {
            auto returns = theatre_.interrupted ? Returns{} : front_end->finish();
            const auto append = [](auto& to, auto& from) { std::move(from.begin(), from.end(), std::back_inserter(to)); };
            append(played_.returns.receipts, returns.receipts);
            append(played_.returns.refusals, returns.refusals);
            append(played_.returns.acknowledged_ns, returns.acknowledged_ns);
            append(played_.returns.faults, returns.faults);
        }
        for (auto& what : watch_.finish()) {
            fault(std::move(what));
        }
    }

    const Theatre& theatre_;
    const Day& day_;
    std::uint64_t seed_;
    AwardWatch watch_;
    std::unique_ptr<wire::Subscriber> subscriber_;
    wire::EventReader reader_;
    std::vector<std::unique_ptr<FrontEnd>> front_ends_;
    std::map<std::string, const PlannedPackage*, std::less<>> planned_by_id_;
    std::map<std::uint64_t, std::string> sent_;                // requests under way, by what they are about
    std::map<std::string, std::vector<Invitation>> held_;      // until the shared close is known
    std::deque<std::pair<const PackageRecord*, matching::Instant>> unprinted_;
    std::size_t opened_ = 0;
    std::size_t offers_ = 0;
    matching::Instant begin_ns_ = 0;
    matching::Instant first_start_ns_ = 0;
    matching::Instant status_ns_ = 0;
    Played played_;
};

}  // namespace

wire::SubscriberOptions subscription(const Theatre& theatre) {
    wire::SubscriberOptions options;
    options.endpoint = theatre.feed;
    options.history_endpoint = theatre.commands;
    return options;
}

Played play_day(const Theatre& theatre, const Day& day, std::uint64_t seed, std::size_t front_ends) {
    return DayPlayer(theatre, day, seed, front_ends).play();
}

}  // namespace tiebreak::demo
