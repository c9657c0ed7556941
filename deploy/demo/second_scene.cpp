#include "deploy/demo/second_scene.hpp"

#include <initializer_list>

#include "deploy/demo/board.hpp"
#include "deploy/demo/now.hpp"
#include "deploy/demo/script.hpp"

namespace tiebreak::demo {

namespace {

namespace command = matching::command;
namespace event = matching::event;

constexpr matching::Duration window_ns = 700'000'000;

command::Package package(std::string id, std::string procedure, std::string service) {
    command::Package made;
    made.id = std::move(id);
    made.procedure = std::move(procedure);
    made.service = std::move(service);
    made.window_ns = window_ns;
    return made;
}

// An offer to start in a week, for `price_pence` a week. The texts must outlive it.
command::Offer offer(std::string_view package, std::string_view provider, matching::Pence price_pence) {
    constexpr matching::Duration week = 7LL * 86'400 * 1'000'000'000;
    command::Offer made;
    made.id = package;
    made.package = package;
    made.provider = provider;
    made.start_ns = now_ns() / 1'000'000'000 * 1'000'000'000 + week;
    made.price_pence = price_pence;
    return made;
}

std::string listed(const Script& script, std::span<const std::string_view> providers) {
    std::string text;
    for (const auto provider : providers) {
        text += (text.empty() ? "" : ", ") + script.name(provider);
    }
    return text;
}

void expect_award(Script& script, std::string_view winner, matching::DecidedBy decided_by) {
    script.expect<event::Awarded>("awarded", [&](const event::Awarded& awarded) -> std::string {
        if (awarded.provider != winner || awarded.decided_by != decided_by) {
            return "";
        }
        return script.name(winner) + ", decided by " + std::string(word_of(decided_by)) + " among " +
               std::to_string(awarded.ranking.size());
    });
}

void expect_shortlist(Script& script, std::initializer_list<std::string_view> providers) {
    script.expect<event::Shortlisted>("shortlisted", [&](const event::Shortlisted& shortlisted) -> std::string {
        const bool right = std::equal(shortlisted.providers.begin(), shortlisted.providers.end(), providers.begin(), providers.end());
        return right ? listed(script, shortlisted.providers) + ": the citizen is asked" : "";
    });
}

void expect_pending(Script& script, std::string_view role, std::string_view told) {
    script.expect<event::ApprovalPending>("approval_pending", [&](const event::ApprovalPending& pending) -> std::string {
        return pending.role == role ? std::string(told) : "";
    });
}

void expect_stage(Script& script, std::string_view stage) {
    script.expect<event::StageOpened>("stage_opened", [&](const event::StageOpened& opened) -> std::string {
        return opened.stage == stage ? std::string(stage) + ": " + std::to_string(opened.invited.size()) + " invited" : "";
    });
}

// Schedule 8 §4, 12c, 13a and 13d.
void care_homes(Script& script) {
    script.begin("CARE-1", "CARE-1: a care home, and the citizen chooses among the highest rated (Schedule 8 §12c)");
    script.send(package("CARE-1", "schedule-8-care-home-vacancies", "residential"));
    expect_stage(script, "long-list");
    script.send(offer("CARE-1", "care-home-01", 98'000), "Care Home 01, rated 92, is first");
    script.send(offer("CARE-1", "care-home-04", 90'000), "Care Home 04, rated 85, is cheaper");
    script.send(offer("CARE-1", "care-home-02", 99'500), "Care Home 02, rated 92, too");
    script.send_in_vain(offer("CARE-1", "care-home-03", 95'000), "no_vacancy", "Care Home 03, rated 92, declares no vacancy");
    expect_shortlist(script, {"care-home-01", "care-home-02"});
    script.send(command::Choice{"CARE-1", "care-home-02", {}, {}}, "the citizen takes Care Home 02");
    expect_award(script, "care-home-02", matching::DecidedBy::citizen_choice);

    script.begin("CARE-2", "CARE-2: the citizen wants another home than the highest rated (Schedule 8 §13a and 13d)");
    auto made = package("CARE-2", "schedule-8-care-home-vacancies", "residential");
    made.standard_fee_pence = 97'000;
    script.send(made);
    expect_stage(script, "long-list");
    script.send(offer("CARE-2", "care-home-01", 97'000), "Care Home 01, rated 92, at the standard fee of £970");
    script.send(offer("CARE-2", "care-home-05", 104'000), "Care Home 05, rated 78, at £1,040");
    script.send(offer("CARE-2", "care-home-08", 80'000), "Care Home 08, which CQC found inadequate, at £800");
    script.expect<event::Shortlisted>("shortlisted", [&](const event::Shortlisted& shortlisted) -> std::string {
        return shortlisted.providers.size() == 1 ? listed(script, shortlisted.providers) + ": the citizen may turn it down" : "";
    });
    script.send_in_vain(command::Choice{"CARE-2", "care-home-08", true, {}}, "cqc_inadequate", "Care Home 08 can't be chosen");
    script.send_in_vain(command::Choice{"CARE-2", "care-home-05", true, {}}, "top_up_not_agreed",
                        "Care Home 05 costs more than the standard fee");
    script.send(command::Choice{"CARE-2", "care-home-05", true, true}, "Care Home 05, the top-up is agreed");
    expect_award(script, "care-home-05", matching::DecidedBy::citizen_choice);
}

// Report of 16 January 2024, recommendations c and d.
void childrens_package(Script& script) {
    script.begin("CHILD-1", "CHILD-1: a child's package worth £620,000, which needs a key decision");
    auto made = package("CHILD-1", "oxfordshire-childrens-packages", "childrens-care");
    made.value_pence = 62'000'000;
    script.send(made);
    expect_pending(script, "head_of_procurement", "the Head of Procurement, before anybody is asked");
    script.send(command::Approve{"CHILD-1", "head_of_procurement", true, {}}, "yes");
    expect_stage(script, "approved-list");
    script.send(offer("CHILD-1", "approved-01", 1'190'000), "Approved Provider 01, at £11,900 a week");
    script.send(offer("CHILD-1", "approved-02", 1'150'000), "Approved Provider 02, at £11,500");
    script.send_in_vain(offer("CHILD-1", "approved-06", 900'000), "cqc_unregistered", "Approved Provider 06 is not registered with CQC");
    expect_pending(script, "director", "the award to Approved Provider 02, by the Corporate Director");
    script.send(command::Approve{"CHILD-1", "director", true, {}}, "yes");
    expect_pending(script, "key_decision", "over £500,000 the award is a key decision");
    script.send_in_vain(command::Approve{"CHILD-1", "director", true, {}}, "wrong_approval", "the Director can't make it alone");
    script.send(command::Approve{"CHILD-1", "key_decision", true, {}}, "yes");
    expect_award(script, "approved-02", matching::DecidedBy::lowest_price);
}

// Presentation on the contracts of 2018: Rushcliffe got no Lead.
void nottinghamshire_lot(Script& script) {
    script.begin("NOTTS-1", "NOTTS-1: Rushcliffe has no Lead; its Additional Providers decline; the wider pool is asked");
    auto made = package("NOTTS-1", "nottinghamshire-home-based-care", "home-based-care");
    made.zone = "rushcliffe";
    script.send(made);
    script.expect<event::StageSkipped>("stage_skipped", [](const event::StageSkipped& skipped) -> std::string {
        return skipped.stage == "lead" ? "lead: nobody holds that role in this lot" : "";
    });
    expect_stage(script, "additional");
    script.send(command::Decline{"NOTTS-1", "westminster", "no staff"}, "Westminster");
    script.send(command::Decline{"NOTTS-1", "agincare-group", "no staff"}, "Agincare Group Ltd");
    script.expect<event::StageClosed>("stage_closed", [](const event::StageClosed& closed) -> std::string {
        return closed.cause == matching::CloseCause::all_answered && closed.offers == 0 ? "everyone has answered" : "";
    });
    expect_stage(script, "dps");
    const auto first = offer("NOTTS-1", "dps-07", 2'000);
    auto second = offer("NOTTS-1", "dps-12", 2'000);
    second.start_ns = first.start_ns;
    script.send(first, "DPS Provider 07");
    script.send(second, "DPS Provider 12, for the same start");
    expect_award(script, "dps-07", matching::DecidedBy::earliest_response);
}

}  // namespace

std::vector<std::string> play_second_scene(const Theatre& theatre, const Names& names) {
    Script script(theatre, names);
    for (const auto scene : {care_homes, childrens_package, nottinghamshire_lot}) {
        if (!theatre.interrupted && !script.failed()) {
            scene(script);
        }
    }
    return script.faults();
}

}  // namespace tiebreak::demo
