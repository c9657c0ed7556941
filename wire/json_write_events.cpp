#include <cstdint>
#include <variant>

#include "matching/codes.hpp"
#include "wire/json_out.hpp"
#include "wire/json_writer.hpp"

namespace tiebreak::wire {
namespace {

using namespace matching;

void write(JsonOut& out, const event::ProcedureRegistered& event) {
    out.string("procedure", event.procedure);
    out.number("revision", event.revision);
}

void write(JsonOut& out, const event::ProviderRegistered& event) {
    out.string("provider", event.provider);
    out.number("revision", event.revision);
}

void write(JsonOut& out, const event::PackageOpened& event) {
    out.string("package", event.package);
    out.string("procedure", event.procedure);
}

void write(JsonOut& out, const event::StageOpened& event) {
    out.string("package", event.package);
    out.string("stage", event.stage);
    out.instant("closes", event.closes_ns);
    out.strings("invited", event.invited);
}

void write(JsonOut& out, const event::StageSkipped& event) {
    out.string("package", event.package);
    out.string("stage", event.stage);
}

void write(JsonOut& out, const event::OfferAccepted& event) {
    out.string("package", event.package);
    out.string("stage", event.stage);
    out.string("offer", event.offer);
    out.string("provider", event.provider);
    out.instant("arrival", event.arrival_ns);
    out.string("supersedes", event.supersedes);
    if (event.duplicate) out.boolean("duplicate", true);
    if (event.withdrawn) out.boolean("withdrawn", true);
}

void write(JsonOut& out, const event::ProviderConfirmed& event) {
    out.string("package", event.package);
    out.string("stage", event.stage);
    out.string("provider", event.provider);
}

void write(JsonOut& out, const event::ProviderDeclined& event) {
    out.string("package", event.package);
    out.string("stage", event.stage);
    out.string("provider", event.provider);
}

void write(JsonOut& out, const event::OfferWithdrawn& event) {
    out.string("package", event.package);
    out.string("stage", event.stage);
    out.string("offer", event.offer);
    out.string("provider", event.provider);
    out.word("cause", event.cause);
}

void write(JsonOut& out, const event::WindowExtended& event) {
    out.string("package", event.package);
    out.string("stage", event.stage);
    out.instant("closes", event.closes_ns);
    out.string("reason", event.reason);
}

void write(JsonOut& out, const event::StageClosed& event) {
    out.string("package", event.package);
    out.string("stage", event.stage);
    out.number("offers", event.offers);
    out.word("cause", event.cause);
}

void write(JsonOut& out, const event::Shortlisted& event) {
    out.string("package", event.package);
    out.strings("offers", event.offers);
    out.strings("providers", event.providers);
    out.instant("choose_by", event.choose_by_ns);
}

void write(JsonOut& out, const event::ApprovalPending& event) {
    out.string("package", event.package);
    out.string("offer", event.offer);
    out.string("provider", event.provider);
    out.string("role", event.role);
}

void write(JsonOut& out, const event::Awarded& event) {
    out.string("package", event.package);
    out.string("stage", event.stage);
    out.string("offer", event.offer);
    out.string("provider", event.provider);
    out.instant("start", event.start_ns);
    out.word("decided_by", event.decided_by);
    out.key("ranking");
    out.open_list();
    std::uint64_t rank = 0;
    for (const RankedOffer& ranked : event.ranking) {
        out.item();
        out.open_object();
        out.number("rank", ++rank);
        out.string("offer", ranked.offer);
        out.string("provider", ranked.provider);
        if (ranked.lost_on) out.word("lost_on", *ranked.lost_on);
        out.close_object();
    }
    out.close_list();
}

void write(JsonOut& out, const event::AwardRefused& event) {
    out.string("package", event.package);
    out.string("provider", event.provider);
}

void write(JsonOut& out, const event::Unawarded& event) {
    out.string("package", event.package);
    out.word("reason", event.reason);
}

void write(JsonOut& out, const event::PackageCancelled& event) { out.string("package", event.package); }

void write(JsonOut& out, const event::Standing& event) {
    out.string("procedure", event.procedure);
    out.string("role", event.role);
    out.string("zone", event.zone);
    out.string("provider", event.provider);
    out.number("invited", event.invited);
    out.number("offered", event.offered);
    out.number("awarded", event.awarded);
    out.number("refused", event.refused);
    out.boolean("met", event.met);
}

void write(JsonOut& out, const event::Rejected& event) {
    out.string("command", event.command);
    out.string("code", code_name(event.code));
    out.string("detail", event.detail);
    out.string("package", event.package);
    out.string("provider", event.provider);
    out.string("offer", event.offer);
    out.string("procedure", event.procedure);
}

}  // namespace

void append_event(std::string& to, const Event& event) {
    JsonOut out{to};
    out.open_object();
    out.string("type", event_names[event.body.index()]);
    out.instant("at", event.at_ns);
    out.number("sequence", event.sequence);
    std::visit([&out](const auto& body) { write(out, body); }, event.body);
    out.close_object();
}

}  // namespace tiebreak::wire
