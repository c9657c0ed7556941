#include <variant>

#include "wire/json_out.hpp"
#include "wire/json_package.hpp"
#include "wire/json_writer.hpp"

namespace tiebreak::wire {
namespace {

using namespace matching;

void write_audience(JsonOut& out, const Audience& audience) {
    if (audience == Audience{}) return;
    out.key("audience");
    out.open_object();
    if (audience.roles) out.strings("roles", *audience.roles);
    if (audience.zone) out.string("zone", "package");
    if (audience.scheme) out.string("scheme", "package");
    if (audience.confirmed) out.boolean("confirmed", true);
    out.close_object();
}

void write(JsonOut& out, const Stage& stage) {
    out.open_object();
    out.string("name", stage.name);
    write_audience(out, stage.audience);
    if (stage.kind != StageKind::offer) out.word("kind", stage.kind);
    out.duration("window", stage.window_ns);
    if (!stage.windows.empty()) {
        out.key("windows");
        out.open_object();
        for (const auto& [urgency, window_ns] : stage.windows) out.duration(urgency, window_ns);
        out.close_object();
    }
    if (stage.close != CloseRule::deadline) out.word("close", stage.close);
    out.close_object();
}

void write(JsonOut& out, const Criterion& criterion) {
    const bool has_window =
        criterion.kind == CriterionKind::citizen_choice && criterion.choice_window_ns != choice_window_default_ns;
    if (!has_window && !criterion.from_ns && !criterion.until_ns && !criterion.alternative) {
        out.word(criterion.kind);
        return;
    }
    out.open_object();
    out.word("by", criterion.kind);
    out.instant("from", criterion.from_ns);
    out.instant("until", criterion.until_ns);
    if (has_window) out.duration("window", criterion.choice_window_ns);
    if (criterion.alternative) out.words("alternative", *criterion.alternative);
    out.close_object();
}

void write(JsonOut& out, const Approval& approval) {
    out.open_object();
    out.string("role", approval.role);
    out.number("over_pence", approval.over_pence);
    if (approval.before != ApprovalBefore::award) out.word("before", approval.before);
    out.close_object();
}

void write(JsonOut& out, const Obligation& obligation) {
    out.open_object();
    out.string("role", obligation.role);
    if (obligation.min_offered != 0) out.number("min_offered", obligation.min_offered);
    if (obligation.min_awarded != 0) out.number("min_awarded", obligation.min_awarded);
    out.close_object();
}

void write(JsonOut& out, const Membership& membership) {
    out.open_object();
    out.string("role", membership.role);
    out.string("zone", membership.zone);
    out.string("scheme", membership.scheme);
    out.close_object();
}

void write(JsonOut& out, const Rating& rating) {
    out.open_object();
    out.string("source", rating.source);
    out.instant("date", rating.date_ns);
    out.score("score", rating.score);
    out.close_object();
}

template <class Elements>
void write_list(JsonOut& out, std::string_view name, const Elements& elements) {
    out.key(name);
    out.open_list();
    for (const auto& element : elements) {
        out.item();
        write(out, element);
    }
    out.close_list();
}

void write(JsonOut& out, const command::Procedure& procedure) {
    out.string("id", procedure.id);
    write_list(out, "stages", procedure.stages);
    write_list(out, "ranking", procedure.ranking);
    out.string("title", procedure.title);
    out.string("source", procedure.source);
    if (!procedure.approvals.empty()) write_list(out, "approvals", procedure.approvals);
    if (!procedure.requires_.empty()) out.words("requires", procedure.requires_);
    if (procedure.rating_rule) {
        out.key("rating_rule");
        out.open_object();
        out.instant("baseline", procedure.rating_rule->baseline_ns);
        out.strings("before", procedure.rating_rule->before);
        out.strings("after", procedure.rating_rule->after);
        out.close_object();
    }
    if (!procedure.obligations.empty()) write_list(out, "obligations", procedure.obligations);
}

void write(JsonOut& out, const command::Provider& provider) {
    out.string("id", provider.id);
    out.string("name", provider.name);
    if (!provider.memberships.empty()) write_list(out, "memberships", provider.memberships);
    if (provider.services) out.strings("services", *provider.services);
    if (!provider.capabilities.empty()) out.strings("capabilities", provider.capabilities);
    out.score("quality", provider.quality);
    if (provider.ratings) write_list(out, "ratings", *provider.ratings);
    out.score("feedback", provider.feedback);
    out.string("cqc", provider.cqc);
    if (provider.suspended) out.boolean("suspended", true);
    out.number("vacancies", provider.vacancies);
}

void write(JsonOut& out, const command::Package& package) {
    out.string("id", package.id);
    out.string("procedure", package.procedure);
    write_terms(out, package);
}

void write(JsonOut& out, const command::Offer& offer) {
    out.string("id", offer.id);
    out.string("package", offer.package);
    out.string("provider", offer.provider);
    out.instant("start", offer.start_ns);
    out.number("price_pence", offer.price_pence);
    if (offer.landlord) {
        out.key("accommodation");
        out.open_object();
        out.string("landlord", *offer.landlord);
        out.close_object();
    }
    out.instant("submitted_at", offer.submitted_at_ns);
}

void write(JsonOut& out, const command::Confirm& confirm) {
    out.string("package", confirm.package);
    out.string("provider", confirm.provider);
}

void write(JsonOut& out, const command::Decline& decline) {
    out.string("package", decline.package);
    out.string("provider", decline.provider);
    out.string("reason", decline.reason);
}

void write(JsonOut& out, const command::Withdraw& withdraw) {
    out.string("provider", withdraw.provider);
    out.string("offer", withdraw.offer);
    out.string("reason", withdraw.reason);
}

void write(JsonOut& out, const command::Extend& extend) {
    out.string("package", extend.package);
    out.instant("closes", extend.closes_ns);
    out.string("reason", extend.reason);
}

void write(JsonOut& out, const command::Cancel& cancel) {
    out.string("package", cancel.package);
    out.string("reason", cancel.reason);
}

void write(JsonOut& out, const command::Choice& choice) {
    out.string("package", choice.package);
    out.string("provider", choice.provider);
    out.boolean("alternative", choice.alternative);
    out.boolean("top_up_agreed", choice.top_up_agreed);
}

void write(JsonOut& out, const command::Approve& approve) {
    out.string("package", approve.package);
    out.string("role", approve.role);
    out.boolean("approved", approve.approved);
    out.string("reason", approve.reason);
}

void write(JsonOut& out, const command::Refuse& refuse) {
    out.string("package", refuse.package);
    out.string("provider", refuse.provider);
    out.string("reason", refuse.reason);
}

void write(JsonOut& out, const command::Report& report) {
    out.string("procedure", report.procedure);
    out.instant("from", report.from_ns);
    out.instant("to", report.to_ns);
}

void write(JsonOut&, const command::Advance&) {}

}  // namespace

void append_command(std::string& to, Instant at_ns, const Command& command) {
    JsonOut out{to};
    out.open_object();
    out.string("type", command_name(command));
    out.instant("at", at_ns);
    std::visit([&out](const auto& alternative) { write(out, alternative); }, command);
    out.close_object();
}

}  // namespace tiebreak::wire
