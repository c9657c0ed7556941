// Arbitrary well-formed commands for RapidCheck.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <ostream>
#include <rapidcheck.h>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "matching/commands.hpp"
#include "wire/json_writer.hpp"

namespace tiebreak::tests {

// A command with the texts that it views.
struct AnyCommand {
    matching::Command command;
    std::vector<std::shared_ptr<const std::string>> texts;
};

inline std::ostream& operator<<(std::ostream& out, const AnyCommand& any) {
    std::string text;
    wire::append_command(text, 0, any.command);
    return out << text;
}

namespace any {

using namespace matching;

inline bool coin() { return *rc::gen::arbitrary<bool>(); }

inline std::string id() {
    constexpr std::string_view characters = "ABCXYZabcxyz0123456789._:-";
    const auto size = coin() ? *rc::gen::inRange<std::size_t>(1, 4)
                             : *rc::gen::elementOf(std::vector<std::size_t>{5, 63, 64});
    std::string text;
    for (std::size_t i = 0; i < size; ++i) text += *rc::gen::elementOf(characters);
    return text;
}

inline std::string text() {
    const std::vector<std::string> pieces = {
        "a",    "Z",    " ",    "\"",   "\\", "/",       "\n",       "\r",           "\t",               "\b",
        "\f",   "\x01", "\x1f", "\x7f", "\\u0041", "\xC3\xA4", "\xE2\x80\xA8", "\xF0\x9F\x98\x80", "\xF4\x8F\xBF\xBF",
        "\xEF\xBF\xBF", std::string(1, '\0')};
    if (*rc::gen::inRange(0, 50) == 0) {
        std::string longest;
        for (int i = 0; i < 1'000; ++i) longest += "\xF0\x9F\x98\x80";
        return longest;
    }
    std::string text = *rc::gen::elementOf(pieces);
    for (auto more = *rc::gen::inRange(0, 12); more > 0; --more) text += *rc::gen::elementOf(pieces);
    return text;
}

// Any value of a range, its ends often.
inline std::int64_t number(std::int64_t least, std::int64_t most) {
    switch (*rc::gen::inRange(0, 4)) {
        case 0: return *rc::gen::elementOf(std::vector<std::int64_t>{least, most});
        case 1: return least + *rc::gen::inRange<std::int64_t>(0, std::min<std::int64_t>(most - least, 1'000) + 1);
        default: {
            const auto any = *rc::gen::arbitrary<std::uint64_t>() >> *rc::gen::inRange(0, 64);
            return least + static_cast<std::int64_t>(any % (static_cast<std::uint64_t>(most - least) + 1));
        }
    }
}
inline Instant instant() { return number(0, last_instant); }
inline Duration duration() { return number(1, last_instant); }
inline Pence count() { return number(0, last_instant); }
inline Score score() { return static_cast<Score>(number(0, score_max)); }
inline std::uint8_t per_cent() { return static_cast<std::uint8_t>(number(0, 100)); }

template <class Make>
auto maybe(Make make) -> std::optional<decltype(make())> {
    if (coin()) return std::nullopt;
    return make();
}

template <class Make>
auto list(Make make, int most = 3) -> std::vector<decltype(make())> {
    std::vector<decltype(make())> elements;
    for (auto size = *rc::gen::inRange(0, most + 1); size > 0; --size) elements.push_back(make());
    return elements;
}

template <class Enum>
Enum one_up_to(Enum last) {
    return static_cast<Enum>(*rc::gen::inRange(0, static_cast<int>(last) + 1));
}

inline std::set<std::string> different_ids(int most) {
    std::set<std::string> ids;
    for (auto size = *rc::gen::inRange(0, most + 1); size > 0; --size) ids.insert(id());
    return ids;
}

inline command::Procedure procedure() {
    command::Procedure made;
    made.id = id();
    made.title = maybe(text);
    made.source = maybe(text);
    bool confirm_before = false;
    auto names = different_ids(3);
    names.insert("stage");
    for (const auto& name : names) {
        Stage stage;
        stage.name = name;
        stage.audience.roles = maybe([] { return list(id); });
        stage.audience.zone = coin();
        stage.audience.scheme = coin();
        stage.audience.confirmed = confirm_before && coin();
        stage.kind = one_up_to(StageKind::confirm);
        stage.window_ns = duration();
        for (const auto& urgency : different_ids(3)) stage.windows.emplace_back(urgency, duration());
        stage.close = one_up_to(stage.kind == StageKind::confirm ? CloseRule::all_answered : CloseRule::first_offer);
        confirm_before = confirm_before || stage.kind == StageKind::confirm;
        made.stages.push_back(std::move(stage));
    }
    const int choice_at = *rc::gen::inRange(0, 6);
    made.ranking = list([] {
        Criterion criterion;
        criterion.kind = one_up_to(CriterionKind::earliest_response);
        criterion.from_ns = maybe([] { return number(0, last_instant - 1); });
        criterion.until_ns = maybe([&] { return number(criterion.from_ns.value_or(0) + 1, last_instant); });
        return criterion;
    }, 4);
    if (choice_at < static_cast<int>(made.ranking.size())) {
        Criterion& choice = made.ranking[static_cast<std::size_t>(choice_at)];
        choice.kind = CriterionKind::citizen_choice;
        choice.choice_window_ns = coin() ? choice_window_default_ns : duration();
        choice.alternative = maybe([] { return list([] { return one_up_to(AlternativeCondition::top_up); }); });
    }
    made.approvals = list([] { return Approval{id(), count(), one_up_to(ApprovalBefore::opening)}; });
    made.requires_ = list([] { return one_up_to(Requirement::price); });
    made.rating_rule = maybe([] { return RatingRule{instant(), list(id), list(id)}; });
    for (const auto& role : different_ids(3)) made.obligations.push_back({role, per_cent(), per_cent()});
    return made;
}

inline command::Provider provider() {
    command::Provider made;
    made.id = id();
    made.name = maybe(text);
    made.memberships = list([] { return Membership{id(), maybe(id), maybe(id)}; });
    made.services = maybe([] { return list(id); });
    made.capabilities = list(id);
    made.quality = maybe(score);
    made.ratings = maybe([] { return list([] { return Rating{id(), instant(), score()}; }); });
    made.feedback = maybe(score);
    made.cqc = maybe(id);
    made.suspended = coin();
    made.vacancies = maybe(count);
    return made;
}

inline command::Package package() {
    command::Package made;
    made.id = id();
    made.procedure = id();
    made.zone = maybe(id);
    made.service = maybe(id);
    made.scheme = maybe(id);
    made.needs = list(id);
    made.urgency = maybe(id);
    made.window_ns = maybe(duration);
    made.value_pence = maybe(count);
    made.start_from_ns = maybe(instant);
    made.start_by_ns = maybe([&] { return number(made.start_from_ns.value_or(0), last_instant); });
    made.direct_payment = coin();
    made.standard_fee_pence = maybe(count);
    return made;
}

inline AnyCommand command() {
    AnyCommand made;
    const auto keep = [&](std::string value) -> std::string_view {
        return *made.texts.emplace_back(std::make_shared<const std::string>(std::move(value)));
    };
    const auto an_id = [&] { return keep(id()); };
    const auto a_text = [&] { return keep(text()); };
    switch (*rc::gen::inRange(0, 14)) {
        case 0: made.command = procedure(); break;
        case 1: made.command = provider(); break;
        case 2: made.command = package(); break;
        case 3:
            made.command =
                command::Offer{an_id(), an_id(), an_id(), instant(), maybe(count), maybe(a_text), maybe(instant)};
            break;
        case 4: made.command = command::Confirm{an_id(), an_id()}; break;
        case 5: made.command = command::Decline{an_id(), an_id(), maybe(a_text)}; break;
        case 6: made.command = command::Withdraw{an_id(), an_id(), maybe(a_text)}; break;
        case 7: made.command = command::Extend{an_id(), instant(), a_text()}; break;
        case 8: made.command = command::Cancel{an_id(), maybe(a_text)}; break;
        case 9: made.command = command::Choice{an_id(), maybe(an_id), maybe(coin), maybe(coin)}; break;
        case 10: made.command = command::Approve{an_id(), an_id(), coin(), maybe(a_text)}; break;
        case 11: made.command = command::Refuse{an_id(), an_id(), maybe(a_text)}; break;
        case 12: made.command = command::Report{an_id(), instant(), instant()}; break;
        default: made.command = command::Advance{}; break;
    }
    return made;
}

}  // namespace any
}  // namespace tiebreak::tests
