#include "matching/registry.hpp"

#include <algorithm>

namespace tiebreak::matching {

std::uint32_t Procedures::number_of(std::string_view id) const {
    return index_.find(id, [this](std::uint32_t n) -> std::string_view { return current_[n]->content.id; });
}

const ProcedureRevision* Procedures::find(std::string_view id) const {
    const std::uint32_t number = number_of(id);
    return number == IdIndex::none ? nullptr : current_[number];
}

const ProcedureRevision* Procedures::put(const command::Procedure& content) {
    std::uint32_t number = number_of(content.id);
    const bool known = number != IdIndex::none;
    if (known && current_[number]->content == content) return nullptr;

    auto revision = std::make_unique<ProcedureRevision>();
    revision->content = content;
    revision->ranking = CompiledRanking(content.ranking);
    revision->revision = known ? current_[number]->revision + 1 : 1;
    revision->number = static_cast<std::uint32_t>(revisions_.size());
    const ProcedureRevision* const stored = revision.get();
    revisions_.push_back(std::move(revision));
    if (known) {
        current_[number] = stored;
    } else {
        number = static_cast<std::uint32_t>(current_.size());
        current_.push_back(stored);
        index_.insert(IdIndex::hash_of(content.id), number);
    }
    return stored;
}

namespace {

// Whether an audience could tell the two apart.
bool invited_alike(const command::Provider& a, const command::Provider& b) {
    return a.suspended == b.suspended && a.memberships == b.memberships && a.services == b.services &&
           a.capabilities == b.capabilities;
}

}  // namespace

ProviderIndex Providers::find(std::string_view id) const {
    return index_.find(id, [this](std::uint32_t n) { return records_[n].id; });
}

Providers::Put Providers::put(const command::Provider& content) {
    if (const ProviderIndex known = find(content.id); known != no_index) {
        ProviderRecord& record = records_[known];
        if (record.content == content) return {known, Change::none};
        const bool alike = invited_alike(record.content, content);
        suspended_ += static_cast<std::size_t>(content.suspended) - static_cast<std::size_t>(record.content.suspended);
        record.content = content;
        ++record.revision;
        return {known, alike ? Change::revised : Change::invitations};
    }
    const auto provider = static_cast<ProviderIndex>(records_.size());
    ProviderRecord& record = records_.push_back({ids_.keep(content.id), {}, 1, content});
    index_.insert(IdIndex::hash_of(content.id), provider);
    const auto place = std::lower_bound(by_id_.begin(), by_id_.end(), provider, [&](ProviderIndex a, ProviderIndex) {
        return id(a) < record.id;
    });
    by_id_.insert(place, provider);
    suspended_ += static_cast<std::size_t>(content.suspended);
    return {provider, Change::invitations};
}

}  // namespace tiebreak::matching
