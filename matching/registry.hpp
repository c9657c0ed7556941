// What is registered: procedures with their revisions, and providers as they stand now.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "matching/commands.hpp"
#include "matching/events.hpp"
#include "matching/id_index.hpp"
#include "matching/rank_key.hpp"
#include "matching/stable_vector.hpp"
#include "matching/text_arena.hpp"

namespace tiebreak::matching {

// One revision of a procedure, made ready to be carried out. Never changed, never moved, kept for good.
struct ProcedureRevision {
    command::Procedure content;
    CompiledRanking ranking;
    std::uint64_t revision = 0;
    std::uint32_t number = 0;  // of this revision among all revisions of all procedures
};

class Procedures {
public:
    // Registers content; the new revision, or nullptr where it is the same as the current one.
    const ProcedureRevision* put(const command::Procedure& content);
    // The current revision, or nullptr.
    [[nodiscard]] const ProcedureRevision* find(std::string_view id) const;
    [[nodiscard]] std::size_t size() const noexcept { return current_.size(); }
    // All revisions of all procedures, in the order of registration; their numbers are their places.
    [[nodiscard]] const std::vector<std::unique_ptr<ProcedureRevision>>& revisions() const noexcept { return revisions_; }

private:
    [[nodiscard]] std::uint32_t number_of(std::string_view id) const;

    IdIndex index_;
    std::vector<const ProcedureRevision*> current_;  // by the procedure's number
    std::vector<std::unique_ptr<ProcedureRevision>> revisions_;
};

// A provider, with the offers that were accepted from it, by its own ids.
struct ProviderRecord {
    std::string_view id;  // kept for good: events and audiences hold views of it
    IdIndex offers;
    std::uint64_t revision = 0;
    command::Provider content;
};

class Providers {
public:
    enum class Change : std::uint8_t { none, revised, invitations };  // invitations: who is invited may differ now

    struct Put {
        ProviderIndex provider = no_index;
        Change change = Change::none;
    };
    Put put(const command::Provider& content);

    [[nodiscard]] ProviderIndex find(std::string_view id) const;  // no_index if unknown
    [[nodiscard]] const IdIndex& index() const noexcept { return index_; }
    [[nodiscard]] ProviderRecord& at(ProviderIndex provider) noexcept { return records_[provider]; }
    [[nodiscard]] const ProviderRecord& at(ProviderIndex provider) const noexcept { return records_[provider]; }
    [[nodiscard]] std::string_view id(ProviderIndex provider) const noexcept { return records_[provider].id; }
    [[nodiscard]] bool suspended(ProviderIndex provider) const noexcept { return records_[provider].content.suspended; }

    [[nodiscard]] std::size_t size() const noexcept { return records_.size(); }
    [[nodiscard]] std::size_t suspended_count() const noexcept { return suspended_; }
    [[nodiscard]] const std::vector<ProviderIndex>& by_id() const noexcept { return by_id_; }  // sorted by id

private:
    TextArena ids_;
    StableVector<ProviderRecord> records_;
    IdIndex index_;
    std::vector<ProviderIndex> by_id_;
    std::size_t suspended_ = 0;
};

}  // namespace tiebreak::matching
