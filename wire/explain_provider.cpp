// Which parts of a dossier go into a provider's view. How the view is shown is in explain_provider_text.cpp.
#include "wire/explain_provider.hpp"

#include <algorithm>

#include "wire/explain_margin.hpp"
#include "wire/explain_text.hpp"

namespace tiebreak::wire {
namespace {

using namespace matching;

bool is_invited(const StageStory& stage, std::string_view provider) {
    return std::binary_search(stage.invited.begin(), stage.invited.end(), provider);
}

ProviderStage stage_of(const Dossier& dossier, std::size_t place, std::string_view provider) {
    const StageStory& story = dossier.stages[place];
    ProviderStage stage;
    stage.stage = story.rules.name;
    stage.confirming = story.rules.kind == StageKind::confirm;
    stage.skipped = story.skipped;
    stage.invited = is_invited(story, provider);
    stage.opened_ns = story.opened_ns;
    stage.closes_ns = story.closes_ns;
    stage.closed_ns = story.closed_ns;
    stage.cause = story.cause;
    if (stage.invited) return stage;

    const auto absent = std::find_if(story.not_invited.begin(), story.not_invited.end(),
                                     [&](const NotInvited& other) { return other.provider == provider; });
    stage.registered = absent != story.not_invited.end();
    if (!stage.registered) {
        stage.why_text = "you were not registered yet";
        return stage;
    }
    stage.why = absent->why;
    stage.why_text = "you " + why_not_text(absent->why, story.rules.audience, dossier.package, Person::second);
    return stage;
}

// The values of the deciding criterion, prices never.
void tell_values(ProviderRank& rank, const RankFacts& winner, const RankFacts& own) {
    switch (*rank.lost_on) {
        case CriterionKind::earliest_start:
            rank.own_instant_ns = own.start_ns;
            rank.winning_instant_ns = winner.start_ns;
            break;
        case CriterionKind::earliest_response:
            rank.own_instant_ns = own.arrival_ns;
            rank.winning_instant_ns = winner.arrival_ns;
            break;
        case CriterionKind::highest_quality:
            rank.own_score = own.quality;
            rank.winning_score = winner.quality;
            break;
        case CriterionKind::highest_feedback:
            rank.own_score = own.feedback;
            rank.winning_score = winner.feedback;
            break;
        case CriterionKind::lowest_price:
        case CriterionKind::citizen_choice: break;
    }
}

void add_rank(ProviderView& view, const Dossier& dossier, const AwardStory& award) {
    for (std::size_t place = 0; place < award.ranking.size(); ++place) {
        const OfferStory& offer = dossier.offers[award.ranking[place].offer];
        if (offer.provider != view.provider) continue;
        ProviderRank& rank = view.ranks.emplace_back();
        rank.at_ns = award.at_ns;
        rank.stage = dossier.stages[award.stage].rules.name;
        rank.offer = offer.offer;
        rank.rank = place + 1;
        rank.of = award.ranking.size();
        rank.decided_by = award.decided_by;
        rank.refused_by_winner = award.refused_ns.has_value();
        if (place == 0) return;
        const Margin margin = margin_of(dossier, award, place);
        const RankFacts& winner = dossier.winner(award).facts;
        rank.lost_on = margin.lost_on;
        rank.by_ns = margin.by_ns;
        rank.by_score = margin.by_score;
        rank.why = margin_text_for_loser(margin, winner, offer.facts);
        tell_values(rank, winner, offer.facts);
        return;
    }
}

// Whether a happening is the provider's own doing, or was done to its own offer.
bool is_own(const Happening& happening, std::string_view provider) {
    if (happening.provider != provider) return false;
    switch (happening.what) {
        case What::offer_accepted:
        case What::provider_confirmed:
        case What::provider_declined:
        case What::offer_withdrawn:
        case What::award_refused:
        case What::awarded:
        case What::offer_left_out: return true;
        case What::rejected: return happening.command != "choice";  // the citizen's, not its own
        default: return false;
    }
}

// Whether it is about a stage that the provider is invited to.
bool is_of_its_stage(const Happening& happening, const ProviderView& view) {
    if (happening.what != What::stage_opened && happening.what != What::window_extended && happening.what != What::stage_closed)
        return false;
    return std::any_of(view.stages.begin(), view.stages.end(), [&](const ProviderStage& stage) {
        return stage.invited && stage.stage == happening.stage;
    });
}

void add_happenings(ProviderView& view, const Dossier& dossier) {
    for (const Happening& happening : dossier.happenings) {
        if (is_own(happening, view.provider)) {
            view.happenings.push_back(happening);
        } else if (is_of_its_stage(happening, view)) {
            Happening& told = view.happenings.emplace_back();
            told.at_ns = happening.at_ns;
            told.sequence = happening.sequence;
            told.what = happening.what;
            told.stage = happening.stage;
            told.until_ns = happening.until_ns;
            told.close_cause = happening.close_cause;
            told.confirming = happening.confirming;
        }
    }
}

ProviderStanding standing_of(const ProviderView& view, const Dossier& dossier) {
    switch (dossier.state) {
        case PackageState::awarded:
            return dossier.winner(*dossier.award()).provider == view.provider ? ProviderStanding::awarded : ProviderStanding::lost;
        case PackageState::unawarded: return ProviderStanding::unawarded;
        case PackageState::cancelled: return ProviderStanding::cancelled;
        case PackageState::open: if (view.stages.back().invited) return ProviderStanding::invited; break;
        default: break;
    }
    const bool any = std::any_of(view.stages.begin(), view.stages.end(), [](const ProviderStage& s) { return s.invited; });
    return any ? ProviderStanding::waiting : ProviderStanding::not_invited;
}

}  // namespace

ProviderView provider_view(const Dossier& dossier, std::string_view provider) {
    ProviderView view;
    view.package = dossier.package.id;
    view.procedure = dossier.package.procedure;
    view.title = dossier.procedure.title;
    view.provider = provider;
    if (const auto name = dossier.names.find(view.provider); name != dossier.names.end()) view.name = name->second;
    view.opened_ns = dossier.opened_ns;
    view.as_of_ns = dossier.as_of_ns;
    for (std::size_t place = 0; place < dossier.stages.size(); ++place) view.stages.push_back(stage_of(dossier, place, provider));
    for (const AwardStory& award : dossier.awards) add_rank(view, dossier, award);
    add_happenings(view, dossier);
    view.standing = standing_of(view, dossier);
    if (dossier.state == PackageState::choice) {
        const auto& shortlist = dossier.choices.back().providers;
        view.shortlisted = std::find(shortlist.begin(), shortlist.end(), provider) != shortlist.end();
    }
    if (dossier.state == PackageState::approval_to_award && dossier.approvals.back().provider == provider)
        view.approval_by = dossier.approvals.back().role;
    return view;
}

}  // namespace tiebreak::wire
