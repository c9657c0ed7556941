// The inside of the engine. Its parts, each in a file of its own:
//
//   engine.cpp          the clock, deadlines, and which command goes where
//   registering.cpp     procedures, providers (and what a suspension takes away), packages
//   stages.cpp          opening, extending and closing stages; the cascade from one to the next
//   answering.cpp       offers, confirmations, declines, withdrawals
//   expecting.cpp       what offers will need, fetched before they come
//   awarding.cpp        from a closed stage to an award: who comes up, approvals, refusals, cancelling
//   choosing.cpp        the citizen's choice
//   reporting.cpp       standings
//   snapshot.cpp        the whole state as bytes and back
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "matching/archive.hpp"
#include "matching/deadlines.hpp"
#include "matching/engine.hpp"
#include "matching/offers.hpp"
#include "matching/open_packages.hpp"
#include "matching/package.hpp"
#include "matching/registry.hpp"

namespace tiebreak::matching {

class Engine::State {
public:
    void apply(Instant at_ns, const Command& command, EventSink& sink);
    void apply(Instant at_ns, const command::Offer& offer, EventSink& sink);
    void expect(std::span<const command::Offer> offers, std::vector<PackageIndex>& packages) const;
    void advance(Instant at_ns, EventSink& sink);
    [[nodiscard]] std::optional<Instant> next_deadline() const noexcept { return next_deadline_; }
    [[nodiscard]] Instant now() const noexcept { return now_ns_; }
    [[nodiscard]] EngineSizes sizes() const noexcept;
    void for_each_open_stage(const std::function<void(const OpenStage&)>& visit) const;
    void save(std::string& out);
    [[nodiscard]] bool load(std::string_view saved);

private:
    // The ids that a rejected command named.
    struct Named {
        std::optional<std::string_view> package, provider, offer, procedure;
    };
    // A package and an invited provider's seat in its open stage.
    struct Answering {
        PackageRecord* package = nullptr;
        ProviderIndex provider = no_index;
        Seat seat = 0;
    };

    // engine.cpp
    void begin(Instant at_ns, EventSink& sink);
    void end();
    void apply_deadlines(Instant until_ns);
    void look_ahead() const noexcept;
    void on_deadline(PackageRecord& package);
    void wait_until(PackageRecord& package, Instant deadline_ns);
    template <typename Body>
    void emit(Instant at_ns, const Body& body, const PackageRecord* package = nullptr);
    void reject(std::string_view command, Code code, const Named& named);
    [[nodiscard]] PackageRecord* find_package(std::string_view id);

    // registering.cpp
    void on(const command::Procedure& command);
    void on(const command::Provider& command);
    void on(const command::Package& command);
    void suspend(ProviderIndex provider);
    PackageRecord& add_package(const command::Package& content, const ProcedureRevision& procedure);

    // stages.cpp
    void open_stage_from(PackageRecord& package, std::uint32_t stage, Instant at_ns);
    void open_stage(PackageRecord& package, std::uint32_t stage, Instant at_ns);
    [[nodiscard]] std::shared_ptr<const Invited> invite(const PackageRecord& package, std::uint32_t stage);
    [[nodiscard]] std::shared_ptr<const Invited> invite_afresh(const PackageRecord& package, std::uint32_t stage) const;
    void close_stage(PackageRecord& package, Instant at_ns, CloseCause cause);
    void close_if_all_answered(PackageRecord& package);
    [[nodiscard]] bool all_answered(const PackageRecord& package) const;
    void on(const command::Extend& command);

    // answering.cpp
    void on(const command::Offer& command);
    [[nodiscard]] std::optional<Answering> check_answer(std::string_view command, std::string_view package_id,
                                                        std::string_view provider_id, bool confirming);
    void on(const command::Confirm& command);
    void on(const command::Decline& command);
    void on(const command::Withdraw& command);
    void repeat_answer(OfferIndex offer);
    void accept(const Answering& answering, const command::Offer& command, std::uint64_t id_hash);
    [[nodiscard]] std::optional<Code> unmet_requirement(const PackageRecord& package, const command::Provider& provider,
                                                        const command::Offer& offer) const;
    [[nodiscard]] RankKey rank_key(const PackageRecord& package, const command::Provider& provider,
                                   const command::Offer& offer) const;
    void withdraw_at(PackageRecord& package, Seat seat, WithdrawCause cause);
    void withdraw_from_ranking(PackageRecord& package, OfferIndex offer);

    // awarding.cpp
    void decide(PackageRecord& package, Instant at_ns);
    void leave_out_suspended(PackageRecord& package);
    void drop_from_ranking(PackageRecord& package, OfferIndex offer, OfferState state);
    void come_up(PackageRecord& package, Instant at_ns);
    void start_waiting(PackageRecord& package, Phase phase);
    void stop_waiting(PackageRecord& package);
    bool ask_approval(PackageRecord& package, std::uint32_t from, ApprovalBefore before, Instant at_ns);
    void award(PackageRecord& package, Instant at_ns);
    [[nodiscard]] DecidedBy decided_by(const PackageRecord& package, std::optional<CriterionKind> runner_up_lost_on) const;
    void end_unawarded(PackageRecord& package, UnawardedReason reason, Instant at_ns);
    void on(const command::Approve& command);
    void on(const command::Refuse& command);
    void on(const command::Cancel& command);

    // choosing.cpp
    [[nodiscard]] bool open_choice(PackageRecord& package, Instant at_ns);
    void shortlist_withdrawn(PackageRecord& package, OfferIndex offer);
    void end_choice(PackageRecord& package, OfferIndex chosen, Instant at_ns);
    [[nodiscard]] std::optional<Code> unmet_condition(const PackageRecord& package, const OfferRecord& offer,
                                                      const command::Choice& choice) const;
    void on(const command::Choice& command);

    // reporting.cpp
    void on(const command::Report& command);

    void on(const command::Advance&) {}

    // snapshot.cpp
    class InvitedTable;
    void save_providers(ByteWriter& out);
    void save_offers(ByteWriter& out);
    void load_providers(ByteReader& in);
    void load_offers(ByteReader& in);
    template <typename Archive>
    void archive_package(Archive& ar, PackageRecord& package, InvitedTable& invited);
    void load_packages(ByteReader& in, InvitedTable& invited);
    template <typename Archive>
    void archive_counters(Archive& ar);

    // What two packages must have in common to be invited alike.
    struct AudienceKey {
        std::uint32_t procedure_revision = 0;
        std::uint32_t stage = 0;
        std::optional<std::string> zone, scheme, service;
        std::vector<std::string> needs;
        auto operator<=>(const AudienceKey&) const = default;
    };

    Procedures procedures_;
    Providers providers_;
    Offers offers_;
    StableVector<PackageRecord, 256> packages_;
    IdIndex package_index_;
    OpenPackages open_;
    Deadlines deadlines_;
    std::optional<Instant> next_deadline_;
    std::map<AudienceKey, std::shared_ptr<const Invited>> audiences_;  // emptied when invitations may have changed

    Instant now_ns_ = 0;
    std::uint64_t sequence_ = 0;
    std::uint64_t live_ = 0;
    std::uint64_t waiting_ = 0;
    std::uint64_t awards_ = 0;
    EventSink* sink_ = nullptr;  // during a call only
    std::vector<RankedOffer> ranking_lines_;  // reused by award()
};

// Inlined, so that the body is made in its place: a copy right behind the fields' stores waits for all stores before them.
template <typename Body>
[[gnu::always_inline]] inline void Engine::State::emit(Instant at_ns, const Body& body, const PackageRecord* package) {
    const bool in_zone = package != nullptr && package->content.zone;
    sink_->on_event({at_ns, ++sequence_, package == nullptr ? no_index : package->index,
                     in_zone ? std::string_view{*package->content.zone} : std::string_view{}, body});
}

}  // namespace tiebreak::matching
