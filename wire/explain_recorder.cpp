// The recorder's clock, what it knows of the registry, and which dossier an event belongs to. What each event means for a
// dossier is in explain_tracking.cpp.
#include "wire/explain_recorder.hpp"

#include <algorithm>
#include <utility>

#include "wire/explain_tracked.hpp"
#include "wire/prose_words.hpp"

namespace tiebreak::wire {

using namespace matching;

DossierRecorder::DossierRecorder(std::string package_id) : wanted_(std::move(package_id)) {}
DossierRecorder::DossierRecorder() = default;
DossierRecorder::~DossierRecorder() = default;

// Deadlines first: they are nobody's command.
void DossierRecorder::apply(Instant at_ns, const Command& command) {
    advance(at_ns);
    current_ = &command;
    engine_.apply(at_ns, command, *this);
    current_ = nullptr;
}

void DossierRecorder::advance(Instant at_ns) {
    now_ns_ = at_ns;
    engine_.advance(at_ns, *this);
}

void DossierRecorder::run_on() {
    while (const auto deadline_ns = engine_.next_deadline()) advance(*deadline_ns);
}

std::vector<Dossier> DossierRecorder::dossiers() const {
    std::vector<Dossier> dossiers;
    for (const auto& [index, tracked] : tracked_) {
        Dossier& dossier = dossiers.emplace_back(tracked->dossier);
        dossier.as_of_ns = now_ns_;
        for (const auto& [id, provider] : providers_)
            if (provider.name) dossier.names.emplace(id, *provider.name);
    }
    return dossiers;
}

std::vector<std::string> DossierRecorder::similar_packages() const {
    std::vector<std::string> ids;
    for (const auto& [steps, id] : similar_) ids.push_back(id);
    return ids;
}

std::vector<Happening> DossierRecorder::elsewhere() const {
    std::vector<Happening> lines = elsewhere_;
    if (wanted_) return lines;
    for (const auto& [package, early] : early_)
        for (const Happening& line : early) lines.emplace_back(line).package = package;
    return lines;
}

void DossierRecorder::on_event(const Event& event) {
    if (const auto* opened = std::get_if<event::PackageOpened>(&event.body)) return open(event, *opened);
    if (std::holds_alternative<event::Rejected>(event.body)) return on_rejected(event);
    if (event.package == no_index) return on_registered(event);
    if (const auto found = tracked_.find(event.package); found != tracked_.end()) on_package_event(*found->second, event);
}

void DossierRecorder::on_registered(const Event& event) {
    Happening line = happening(event);
    if (const auto* body = std::get_if<event::ProviderRegistered>(&event.body)) {
        providers_.insert_or_assign(std::string{body->provider}, std::get<command::Provider>(*current_));
        line.provider = body->provider;
        line.count = body->revision;
    } else if (const auto* registered = std::get_if<event::ProcedureRegistered>(&event.body)) {
        procedures_.insert_or_assign(std::string{registered->procedure},
                                     KnownProcedure{std::get<command::Procedure>(*current_), registered->revision});
        line.reason = registered->procedure;
        line.count = registered->revision;
    }
    if (!wanted_ && line.what != What::standing) elsewhere_.push_back(std::move(line));
}

void DossierRecorder::open(const Event& event, const event::PackageOpened& body) {
    if (wanted_ && body.package != *wanted_) {
        constexpr std::size_t steps_max = 3, most = 3;
        const std::size_t steps = steps_between(*wanted_, body.package, steps_max);
        if (steps > steps_max || steps * 2 > wanted_->size()) return;
        similar_.emplace_back(steps, body.package);
        std::stable_sort(similar_.begin(), similar_.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
        if (similar_.size() > most) similar_.pop_back();
        return;
    }
    const KnownProcedure& procedure = procedures_.find(body.procedure)->second;
    auto tracked = std::make_unique<Tracked>();
    Dossier& dossier = tracked->dossier;
    dossier.package = std::get<command::Package>(*current_);
    dossier.procedure = procedure.content;
    dossier.revision = procedure.revision;
    dossier.opened_ns = event.at_ns;
    if (auto early = early_.find(body.package); early != early_.end()) {
        dossier.happenings = std::move(early->second);
        early_.erase(early);
    }
    Happening line = happening(event);
    line.count = procedure.revision;
    dossier.happenings.push_back(std::move(line));
    tracked_.emplace(event.package, std::move(tracked));
}

Happening DossierRecorder::happening(const Event& event) {
    Happening line;
    line.at_ns = event.at_ns;
    line.sequence = event.sequence;
    line.order = ++order_;
    line.what = static_cast<What>(event.body.index());
    return line;
}

// A withdrawal names no package: it belongs to the one in which the provider has such an offer.
DossierRecorder::Tracked* DossierRecorder::tracked_of(const event::Rejected& rejected) {
    for (const auto& [index, tracked] : tracked_) {
        const Dossier& dossier = tracked->dossier;
        if (rejected.package) {
            if (dossier.package.id == *rejected.package) return tracked.get();
            continue;
        }
        if (!rejected.offer || !rejected.provider) continue;
        if (tracked->find_offer(*rejected.provider, *rejected.offer)) return tracked.get();
    }
    return nullptr;
}

void DossierRecorder::on_rejected(const Event& event) {
    const auto& body = std::get<event::Rejected>(event.body);
    if (wanted_ && body.package && *body.package != *wanted_) return;
    Happening line = happening(event);
    line.command = body.command;
    line.code = body.code;
    line.provider = body.provider.value_or("");
    line.offer = body.offer.value_or("");
    line.reason = reason();
    if (const auto* offer = std::get_if<command::Offer>(current_)) {
        line.start_ns = offer->start_ns;
        line.price_pence = offer->price_pence;
    }
    if (const auto* approval = std::get_if<command::Approve>(current_)) line.role = approval->role;

    if (Tracked* const tracked = tracked_of(body)) {
        const auto& stages = tracked->dossier.stages;
        if (body.code == Code::closed && !stages.empty() && stages.back().closed_ns)
            line.late_ns = event.at_ns - *stages.back().closed_ns;
        tracked->dossier.happenings.push_back(std::move(line));
    } else if (body.package) {
        early_[std::string{*body.package}].push_back(std::move(line));
    } else if (!wanted_) {
        elsewhere_.push_back(std::move(line));
    }
}

// The free text of the present command.
std::string DossierRecorder::reason() const {
    if (current_ == nullptr) return {};
    return std::visit(
        [](const auto& command) -> std::string {
            using Kind = std::decay_t<decltype(command)>;
            if constexpr (std::is_same_v<Kind, command::Extend>)
                return std::string{command.reason};
            else if constexpr (requires { command.reason; })
                return std::string{command.reason.value_or("")};
            else
                return {};
        },
        *current_);
}

}  // namespace tiebreak::wire
