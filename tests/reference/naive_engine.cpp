#include "tests/reference/naive_engine.hpp"

#include <algorithm>
#include <utility>
#include <variant>

namespace tiebreak::reference {

using matching::Code;
using matching::Command;
using matching::EventBody;
using matching::EventSink;
using matching::Instant;
namespace command = matching::command;
namespace event = matching::event;

namespace {

// "the ids that the command named: `package`, `provider`, `offer`, `procedure` (its own `id` under the name of
// its kind)"
class NamedIds {
public:
    explicit NamedIds(event::Rejected& to_name) : rejected{to_name} {}

    void operator()(const command::Procedure& c) const { rejected.procedure = c.id; }
    void operator()(const command::Provider& c) const { rejected.provider = c.id; }
    void operator()(const command::Package& c) const {
        rejected.package = c.id;
        rejected.procedure = c.procedure;
    }
    void operator()(const command::Offer& c) const {
        rejected.package = c.package;
        rejected.provider = c.provider;
        rejected.offer = c.id;
    }
    void operator()(const command::Withdraw& c) const {
        rejected.provider = c.provider;
        rejected.offer = c.offer;
    }
    void operator()(const command::Confirm& c) const { package_and_provider(c); }
    void operator()(const command::Decline& c) const { package_and_provider(c); }
    void operator()(const command::Choice& c) const { package_and_provider(c); }
    void operator()(const command::Refuse& c) const { package_and_provider(c); }
    void operator()(const command::Extend& c) const { rejected.package = c.package; }
    void operator()(const command::Cancel& c) const { rejected.package = c.package; }
    void operator()(const command::Approve& c) const { rejected.package = c.package; }
    void operator()(const command::Report& c) const { rejected.procedure = c.procedure; }
    void operator()(const command::Advance&) const {}

private:
    template <typename Answer>
    void package_and_provider(const Answer& c) const {
        rejected.package = c.package;
        rejected.provider = c.provider;
    }

    event::Rejected& rejected;
};

template <typename Content>
const Content* find_current(const std::vector<Registered<Content>>& all, std::string_view id) {
    for (const Registered<Content>& registered : all) {
        if (registered.current().id == id) return &registered.current();
    }
    return nullptr;
}

// The new revision's number, or nothing where the content is the same as that of the current one.
template <typename Content>
std::optional<std::uint64_t> register_content(std::vector<Registered<Content>>& all, const Content& content) {
    for (Registered<Content>& registered : all) {
        if (registered.current().id != content.id) continue;
        if (registered.current() == content) return std::nullopt;
        registered.revisions.push_back(content);
        return registered.revisions.size();
    }
    all.push_back({{content}});
    return 1;
}

}  // namespace

void NaiveEngine::apply(Instant at_ns, const Command& command, EventSink& sink) {
    advance(at_ns, sink);
    const Refusal refusal = std::visit([this](const auto& c) { return carry_out(c); }, command);
    if (!refusal) return;
    event::Rejected rejected;
    std::visit(NamedIds{rejected}, command);
    rejected.command = matching::command_name(command);
    rejected.code = *refusal;
    rejected.detail = matching::code_sentence(*refusal);
    emit(rejected);
}

void NaiveEngine::advance(Instant at_ns, EventSink& sink) {
    sink_ = &sink;
    // "every deadline <= t is applied first, earliest deadline first; equal deadlines in the order in which their
    // packages were opened"
    while (true) {
        const std::optional<Instant> earliest = next_deadline();
        if (!earliest || *earliest > at_ns) break;
        const auto package = std::find_if(packages_.begin(), packages_.end(),
                                          [&](const NaivePackage& p) { return deadline_of(p) == earliest; });
        // "An event caused by a deadline carries the deadline itself as `at`"
        at_ns_ = *earliest;
        if (package->phase == Phase::stage_open) {
            close_stage(*package, matching::CloseCause::deadline);
        } else {
            end_choice(*package);
        }
    }
    at_ns_ = at_ns;
}

std::optional<Instant> NaiveEngine::next_deadline() const {
    std::optional<Instant> earliest;
    for (const NaivePackage& package : packages_) {
        const std::optional<Instant> deadline = deadline_of(package);
        if (deadline && (!earliest || *deadline < *earliest)) earliest = deadline;
    }
    return earliest;
}

std::optional<Instant> deadline_of(const NaivePackage& package) {
    if (package.phase == Phase::stage_open) return last_stage(package).closes_ns;
    if (package.phase == Phase::choice_open) return package.choose_by_ns;
    return std::nullopt;
}

NaiveEngine::Refusal NaiveEngine::carry_out(const command::Advance&) { return {}; }

NaiveEngine::Refusal NaiveEngine::carry_out(const command::Procedure& procedure) {
    if (const auto revision = register_content(procedures_, procedure)) {
        emit(event::ProcedureRegistered{procedure.id, *revision});
    }
    return {};
}

NaiveEngine::Refusal NaiveEngine::carry_out(const command::Provider& provider) {
    const auto revision = register_content(providers_, provider);
    if (!revision) return {};
    emit(event::ProviderRegistered{provider.id, *revision});
    if (!provider.suspended) return {};
    // "loses its live offers in open stages at that stamp (`offer_withdrawn`, cause `suspended`, packages in the
    // order in which they were opened; then the stages that this closes, in the same order)"
    for (NaivePackage& package : packages_) {
        if (package.phase != Phase::stage_open) continue;
        if (NaiveOffer* offer = live_offer(last_stage(package), provider.id)) {
            withdraw_offer(package, last_stage(package), *offer, matching::WithdrawCause::suspended);
        }
    }
    for (NaivePackage& package : packages_) {
        if (package.phase == Phase::stage_open) close_if_all_answered(package);
    }
    return {};
}

NaiveEngine::Refusal NaiveEngine::carry_out(const command::Package& package) {
    if (const NaivePackage* known = find_package(package.id)) {
        if (known->registered == package) return {};
        return Code::id_conflict;
    }
    const command::Procedure* procedure = find_procedure(package.procedure);
    if (procedure == nullptr) return Code::unknown_procedure;

    NaivePackage& opened = packages_.emplace_back();
    opened.registered = package;
    opened.procedure = *procedure;
    emit(opened, event::PackageOpened{opened.registered.id, opened.procedure.id});
    // "With "before":"opening" a role must approve before the first stage opens"
    opened.approvals_left = roles_to_approve(opened, matching::ApprovalBefore::opening);
    if (opened.approvals_left.empty()) {
        open_stage(opened, 0);
    } else {
        opened.phase = Phase::opening_approval;
        ask_next_role(opened);
    }
    return {};
}

void NaiveEngine::emit(EventBody body) {
    matching::Event event;
    event.at_ns = at_ns_;
    event.sequence = ++sequence_;
    event.body = std::move(body);
    sink_->on_event(event);
}

void NaiveEngine::emit(const NaivePackage& package, EventBody body) {
    matching::Event event;
    event.at_ns = at_ns_;
    event.sequence = ++sequence_;
    event.package = static_cast<matching::PackageIndex>(&package - packages_.data());
    if (package.registered.zone) event.zone = *package.registered.zone;
    event.body = std::move(body);
    sink_->on_event(event);
}

NaivePackage* NaiveEngine::find_package(std::string_view id) {
    for (NaivePackage& package : packages_) {
        if (package.registered.id == id) return &package;
    }
    return nullptr;
}

const command::Provider* NaiveEngine::find_provider(std::string_view id) const { return find_current(providers_, id); }

const command::Procedure* NaiveEngine::find_procedure(std::string_view id) const {
    return find_current(procedures_, id);
}

bool NaiveEngine::suspended(std::string_view provider) const { return find_provider(provider)->suspended; }

bool contains(const std::vector<std::string>& list, std::string_view word) {
    return std::find(list.begin(), list.end(), word) != list.end();
}

bool is_invited(const NaiveStage& stage, std::string_view provider) {
    return std::any_of(stage.invited.begin(), stage.invited.end(),
                       [&](const Invitation& invitation) { return invitation.provider == provider; });
}

const NaiveOffer* live_offer(const NaiveStage& stage, std::string_view provider) {
    for (const NaiveOffer& offer : stage.offers) {
        if (offer.provider == provider && offer.fate == OfferFate::live) return &offer;
    }
    return nullptr;
}

NaiveOffer* live_offer(NaiveStage& stage, std::string_view provider) {
    return const_cast<NaiveOffer*>(live_offer(std::as_const(stage), provider));
}

}  // namespace tiebreak::reference
