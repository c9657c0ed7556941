#include "bench/surge_check.hpp"

#include <algorithm>
#include <charconv>
#include <optional>
#include <string_view>
#include <tuple>
#include <utility>
#include <variant>

#include "wire/event_reader.hpp"
#include "wire/zmq_frames.hpp"

namespace tiebreak::bench {
namespace {

using matching::CriterionKind;
using matching::DecidedBy;

// An accepted offer as the rule sees it.
struct Candidate {
    const SentOffer* offer = nullptr;
    OfferPlace place;
    std::uint32_t quality = 0;
};

using Books = std::vector<std::vector<Candidate>>;  // by package

Books books_of(const Scene& scene, std::span<const Ledger> ledgers) {
    Books books(scene.packages.size());
    for (const Ledger& ledger : ledgers) {
        const auto& offers = ledger.offers;
        for (std::uint32_t index = 0; index < offers.size(); ++index) {
            if (offers[index].state != OfferState::accepted) continue;
            books[offers[index].package].push_back(
                {&offers[index], {scene.round, ledger.number, index}, scene.quality[offers[index].provider]});
        }
    }
    return books;
}

// A provider's later offer replaces its earlier one; then the earlier start wins, then the higher quality, then the earlier answer.
void rank(std::vector<Candidate>& book) {
    std::sort(book.begin(), book.end(), [](const Candidate& a, const Candidate& b) {
        return std::tuple(a.offer->provider, -a.offer->stamp_ns) < std::tuple(b.offer->provider, -b.offer->stamp_ns);
    });
    book.erase(std::unique(book.begin(), book.end(),
                           [](const Candidate& a, const Candidate& b) { return a.offer->provider == b.offer->provider; }),
               book.end());
    std::sort(book.begin(), book.end(), [](const Candidate& a, const Candidate& b) {
        return std::tuple(a.offer->start, b.quality, a.offer->stamp_ns) < std::tuple(b.offer->start, a.quality, b.offer->stamp_ns);
    });
}

CriterionKind first_difference(const Candidate& a, const Candidate& b) {
    if (a.offer->start != b.offer->start) return CriterionKind::earliest_start;
    return a.quality != b.quality ? CriterionKind::highest_quality : CriterionKind::earliest_response;
}

DecidedBy decided_by(const std::vector<Candidate>& book) {
    if (book.size() == 1) return DecidedBy::only_offer;
    switch (first_difference(book[0], book[1])) {
        case CriterionKind::earliest_start: return DecidedBy::earliest_start;
        case CriterionKind::highest_quality: return DecidedBy::highest_quality;
        default: return DecidedBy::earliest_response;
    }
}

// What is wrong with an award, if anything is. `book` is ranked.
std::optional<std::string> flaw_of(const Scene& scene, const std::vector<Candidate>& book, const matching::event::Awarded& award) {
    if (book.empty()) return "it was awarded, but no offer was accepted";
    if (award.ranking.size() != book.size())
        return "its ranking has " + std::to_string(award.ranking.size()) + " offers, not " + std::to_string(book.size());
    for (std::size_t i = 0; i < book.size(); ++i) {
        char text[offer_id_bytes];
        const auto id = write_offer_id(book[i].place, text);
        const auto& ranked = award.ranking[i];
        if (ranked.offer != id || ranked.provider != scene.providers[book[i].offer->provider])
            return "rank " + std::to_string(i + 1) + " is " + std::string{ranked.offer} + ", not " + std::string{id};
        const auto lost_on = i == 0 ? std::nullopt : std::optional{first_difference(book[0], book[i])};
        if (ranked.lost_on != lost_on) return "rank " + std::to_string(i + 1) + " lost on another criterion";
    }
    if (award.offer != award.ranking[0].offer || award.provider != award.ranking[0].provider)
        return "the winner is not the first of the ranking";
    if (award.start_ns != scene.starts_ns[book[0].offer->start]) return "its start is not the winner's";
    if (award.decided_by != decided_by(book)) return "it was decided by another criterion";
    return std::nullopt;
}

// Where a package of this round stands among the scene's; nothing for any other.
std::optional<std::size_t> place_of(const Scene& scene, std::string_view package) {
    constexpr std::size_t number_bytes = 5;
    if (package.size() < number_bytes) return std::nullopt;
    std::size_t place = 0;
    const char* const end = package.data() + package.size();
    const auto [at, error] = std::from_chars(end - number_bytes, end, place, 16);
    if (error != std::errc{} || at != end || place >= scene.packages.size() || scene.packages[place] != package) return std::nullopt;
    return place;
}

class Checker {
public:
    Checker(const Scene& scene, std::span<const Ledger> ledgers)
        : scene_(scene), books_(books_of(scene, ledgers)), seen_(scene.packages.size()) {
        for (auto& book : books_) rank(book);
    }

    void look_at(const FeedMessage& message) {
        if (const auto flaw = reader_.open(wire::bytes_of(message.body))) return found_wrong("an event", *flaw);
        const matching::Event& event = reader_.event();
        if (const auto* const award = std::get_if<matching::event::Awarded>(&event.body)) {
            const auto place = place_of(scene_, award->package);
            if (!place) return void(++result_.foreign);
            ++result_.awards;
            result_.body_bytes += message.body.size();
            note_time(event.at_ns, message.received_ns);
            conclude(*place, event.at_ns, flaw_of(scene_, books_[*place], *award));
        } else if (const auto* const none = std::get_if<matching::event::Unawarded>(&event.body)) {
            const auto place = place_of(scene_, none->package);
            if (!place) return void(++result_.foreign);
            ++result_.unawarded;
            conclude(*place, event.at_ns,
                     books_[*place].empty() ? std::nullopt : std::optional<std::string>{"it has offers, but was not awarded"});
        } else {
            ++result_.foreign;
        }
    }

    Checked finish() {
        for (std::size_t i = 0; i < seen_.size(); ++i)
            if (seen_[i] == 0) found_wrong(scene_.packages[i], "no outcome came");
        return std::move(result_);
    }

private:
    void conclude(std::size_t place, std::int64_t at_ns, std::optional<std::string> flaw) {
        if (std::exchange(seen_[place], std::uint8_t{1}) != 0) flaw = "its outcome came twice";
        if (!flaw && at_ns != scene_.closes_ns[place]) flaw = "it did not close when its receipt says";
        if (flaw) found_wrong(scene_.packages[place], *flaw);
    }
    void note_time(std::int64_t at_ns, std::int64_t received_ns) {
        result_.last_ns = std::max(result_.last_ns, received_ns - at_ns);
        if (at_ns < scene_.load_begins_ns || at_ns > scene_.load_ends_ns) return;
        result_.lateness.record(received_ns - at_ns);
        result_.late.push_back({at_ns, received_ns - at_ns});
    }
    void found_wrong(const std::string& what, const std::string& why) {
        if (result_.wrong_awards++ == 0) result_.note = what + ": " + why;
    }

    const Scene& scene_;
    Books books_;
    std::vector<std::uint8_t> seen_;
    wire::EventReader reader_;
    Checked result_;
};

}  // namespace

Checked check_awards(const Scene& scene, std::span<const Ledger> ledgers, std::span<const FeedMessage> events) {
    Checker checker(scene, ledgers);
    for (const FeedMessage& event : events) checker.look_at(event);
    return checker.finish();
}

}  // namespace tiebreak::bench
