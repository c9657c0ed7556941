// Procedures, providers and packages.
#include "matching/engine_state.hpp"

namespace tiebreak::matching {

// The first of an id is revision 1, other content the next revision; the same content says nothing.
void Engine::State::on(const command::Procedure& command) {
    if (const ProcedureRevision* const revision = procedures_.put(command))
        emit(now_ns_, event::ProcedureRegistered{revision->content.id, revision->revision});
}

void Engine::State::on(const command::Provider& command) {
    const auto [provider, change] = providers_.put(command);
    if (change == Providers::Change::none) return;
    if (change == Providers::Change::invitations) audiences_.clear();
    emit(now_ns_, event::ProviderRegistered{providers_.id(provider), providers_.at(provider).revision});
    if (command.suspended) suspend(provider);
}

// A suspended provider loses its live offers in open stages; then the stages that this closes are closed. Both in the
// order in which the packages were opened. A confirmation stays.
void Engine::State::suspend(ProviderIndex provider) {
    std::vector<PackageIndex> invited_to;
    open_.each([&](PackageIndex index) {
        PackageRecord& package = packages_[index];
        const auto seat = package.invited->seat_of(provider);
        if (!seat) return;
        invited_to.push_back(index);
        if (package.book.answer_at(*seat) == Answer::offered) withdraw_at(package, *seat, WithdrawCause::suspended);
    });
    for (const PackageIndex index : invited_to) close_if_all_answered(packages_[index]);
}

PackageRecord& Engine::State::add_package(const command::Package& content, const ProcedureRevision& procedure) {
    const auto index = static_cast<PackageIndex>(packages_.size());
    package_index_.insert(IdIndex::hash_of(content.id), index);
    PackageRecord& package = packages_.push_back({});
    package.content = content;
    package.earliest_start_ns = content.start_from_ns.value_or(package.earliest_start_ns);
    package.latest_start_ns = content.start_by_ns.value_or(package.latest_start_ns);
    package.procedure = &procedure;
    package.index = index;
    return package;
}

void Engine::State::on(const command::Package& command) {
    const Named named{.package = command.id, .procedure = command.procedure};
    if (const PackageRecord* const known = find_package(command.id)) {
        if (known->content != command) reject("package", Code::id_conflict, named);
        return;
    }
    const ProcedureRevision* const procedure = procedures_.find(command.procedure);
    if (procedure == nullptr) return reject("package", Code::unknown_procedure, named);

    PackageRecord& package = add_package(command, *procedure);
    emit(now_ns_, event::PackageOpened{package.content.id, procedure->content.id}, &package);
    if (!ask_approval(package, 0, ApprovalBefore::opening, now_ns_)) open_stage_from(package, 0, now_ns_);
}

}  // namespace tiebreak::matching
