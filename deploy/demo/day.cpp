#include "deploy/demo/day.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <initializer_list>

namespace tiebreak::demo {

namespace {

constexpr matching::Duration ms = 1'000'000;
constexpr matching::Duration second = 1'000 * ms;
constexpr matching::Duration half_hour = 1'800 * second;

// A stream of numbers that depends on the seed and on what it is for, and on nothing else (splitmix64).
class Dice {
public:
    Dice(std::uint64_t seed, std::initializer_list<std::string_view> purpose) : state_(seed) {
        for (const auto text : purpose) {
            for (const char c : text) {
                state_ = (state_ ^ static_cast<unsigned char>(c)) * 0x100'0000'01b3U;
            }
            state_ = (state_ ^ 0xffU) * 0x100'0000'01b3U;
        }
    }
    // From 0 to below `limit`.
    std::int64_t below(std::int64_t limit) { return static_cast<std::int64_t>(next() % static_cast<std::uint64_t>(limit)); }
    bool in_hundred(int percent) { return below(100) < percent; }

private:
    std::uint64_t next() {
        std::uint64_t z = state_ += 0x9e37'79b9'7f4a'7c15U;
        z = (z ^ (z >> 30)) * 0xbf58'476d'1ce4'e5b9U;
        z = (z ^ (z >> 27)) * 0x94d0'49bb'1331'11ebU;
        return z ^ (z >> 31);
    }
    std::uint64_t state_;
};

constexpr int homecare_count = 170;
constexpr int reablement_count = 40;
constexpr int together_count = 40;
constexpr matching::Duration opening_span = 20 * second;
constexpr std::array<const char*, 5> reablement_zones = {"cherwell", "oxford", "south-oxfordshire", "vale-of-white-horse",
                                                         "west-oxfordshire"};

std::string numbered(const char* form, int number) {
    char text[32];
    std::snprintf(text, sizeof text, form, number);
    return text;
}

PlannedPackage homecare(const char* form, int number, Dice& dice) {
    PlannedPackage planned;
    planned.package.id = numbered(form, number);
    planned.package.procedure = "oxfordshire-homecare";
    planned.package.service = "homecare";
    planned.package.zone = numbered("homecare-%02d", 1 + static_cast<int>(dice.below(13)));
    return planned;
}

Temper homecare_temper(Dice& dice) {
    const auto throw_of = dice.below(100);
    return throw_of < 50 ? Temper::contested : throw_of < 62 ? Temper::last_moment : throw_of < 85 ? Temper::spread : Temper::hard;
}

// In which stage a package that the zone does not want is taken, if in any.
std::string_view taken_in(const Invitation& invitation, std::uint64_t seed) {
    Dice dice(seed, {invitation.package, "taken"});
    const auto throw_of = dice.below(100);
    return throw_of < 55 ? "apl" : throw_of < 88 ? "countywide" : "";
}

// How likely an offer is, in per cent; and a decline, if there is no offer.
int offer_chance(const Invitation& invitation, std::uint64_t seed) {
    switch (invitation.temper) {
        case Temper::contested: return 75;
        case Temper::last_moment: return 80;
        case Temper::spread: return 55;
        case Temper::reablement: return 65;
        case Temper::hard: break;
    }
    if (invitation.stage != taken_in(invitation, seed)) {
        return 0;
    }
    return invitation.stage == "apl" ? 85 : 15;
}
constexpr int decline_chance = 45;

// The moment at which most of the zone answers: much the same for all who are invited to the stage.
matching::Instant rush_moment(const Invitation& invitation, std::uint64_t seed) {
    Dice dice(seed, {invitation.package, invitation.stage, "rush"});
    const auto window_ns = invitation.closes_ns - invitation.opened_ns;
    return invitation.opened_ns + window_ns * (30 + dice.below(50)) / 100;
}

matching::Instant answer_moment(const Invitation& invitation, std::uint64_t seed, Dice& dice) {
    const auto window_ns = invitation.closes_ns - invitation.opened_ns;
    switch (invitation.temper) {
        case Temper::contested: return rush_moment(invitation, seed) + dice.below(3 * ms);
        case Temper::last_moment: return invitation.closes_ns - 8 * ms + dice.below(9 * ms);
        case Temper::reablement: return invitation.opened_ns + window_ns * (5 + dice.below(35)) / 100;
        case Temper::spread:
        case Temper::hard: break;
    }
    return invitation.opened_ns + window_ns * (5 + dice.below(85)) / 100;
}

matching::Duration start_delay(const Invitation& invitation, Dice& dice) {
    const bool racing = invitation.temper == Temper::contested || invitation.temper == Temper::last_moment;
    if (racing && dice.in_hundred(80)) {
        return 0;
    }
    return half_hour * (1 + dice.below(racing ? 6 : 48));
}

}  // namespace

Day plan_day(std::uint64_t seed) {
    Dice dice(seed, {"day"});
    Day day;
    for (int number = 1; number <= homecare_count; ++number) {
        auto planned = homecare("HC-%03d", number, dice);
        planned.temper = homecare_temper(dice);
        planned.opens_after_ns = dice.below(opening_span);
        planned.package.window_ns = 1'200 * ms + dice.below(1'000 * ms);
        day.packages.push_back(std::move(planned));
    }
    for (int number = 1; number <= reablement_count; ++number) {
        PlannedPackage planned;
        planned.package.id = numbered("RE-%03d", number);
        planned.package.procedure = "oxfordshire-reablement";
        planned.package.service = "reablement";
        planned.package.urgency = "hospital-discharge";
        planned.package.zone = reablement_zones[static_cast<std::size_t>(dice.below(reablement_zones.size()))];
        planned.package.window_ns = 1'000 * ms + dice.below(500 * ms);
        planned.temper = Temper::reablement;
        planned.opens_after_ns = dice.below(opening_span);
        day.packages.push_back(std::move(planned));
    }
    for (int number = 1; number <= together_count; ++number) {
        auto planned = homecare("HD-%03d", number, dice);
        planned.temper = Temper::last_moment;
        planned.package.urgency = "hospital-discharge";
        planned.package.window_ns = 1'000 * ms;
        planned.opens_after_ns = opening_span + 2 * second + dice.below(500 * ms);
        planned.closes_with_others = true;
        day.packages.push_back(std::move(planned));
    }
    day.closes_together_ns = opening_span + 5 * second;
    std::stable_sort(day.packages.begin(), day.packages.end(),
                     [](const auto& a, const auto& b) { return a.opens_after_ns < b.opens_after_ns; });
    return day;
}

std::vector<PlannedAnswer> answers_to(const Invitation& invitation, std::uint64_t seed, matching::Instant first_start_ns) {
    Dice dice(seed, {invitation.package, invitation.stage, invitation.provider});
    PlannedAnswer answer{answer_moment(invitation, seed, dice), Answer::offer, invitation.package, invitation.provider, "", 0};
    if (!dice.in_hundred(offer_chance(invitation, seed))) {
        if (!dice.in_hundred(decline_chance)) {
            return {};
        }
        answer.answer = Answer::decline;
        return {answer};
    }
    answer.offer = invitation.package + "." + invitation.stage + ".1";
    answer.start_ns = first_start_ns + start_delay(invitation, dice);
    std::vector<PlannedAnswer> answers{answer};
    if (invitation.temper == Temper::spread && dice.in_hundred(15)) {
        auto second_thought = answer;
        second_thought.at_ns = answer.at_ns + (invitation.closes_ns - answer.at_ns) / 2;
        if (dice.in_hundred(50)) {
            second_thought.answer = Answer::withdraw;
        } else {
            second_thought.offer = invitation.package + "." + invitation.stage + ".2";
            second_thought.start_ns = std::max(first_start_ns, answer.start_ns - half_hour);
        }
        answers.push_back(std::move(second_thought));
    }
    return answers;
}

}  // namespace tiebreak::demo
