// The naive engine: the contract written down once more, as plainly as possible, to hold the real engine against.
//
// Vectors and sorts; every question is answered by looking through everything. It was written from the contract
// alone and shares with `matching` only the plain values (commands, events, codes, instants). README.md lists the
// places where the contract could be read in two ways, and which reading this takes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "matching/codes.hpp"
#include "matching/commands.hpp"
#include "matching/events.hpp"
#include "matching/instant.hpp"
#include "tests/reference/naive_state.hpp"

namespace tiebreak::reference {

class NaiveEngine {
public:
    // As matching::Engine, word for word.
    void apply(matching::Instant at_ns, const matching::Command& command, matching::EventSink& sink);
    void advance(matching::Instant at_ns, matching::EventSink& sink);
    [[nodiscard]] std::optional<matching::Instant> next_deadline() const;

    // For those who want to know what would be a plausible next command. Valid until the next call.
    [[nodiscard]] const std::vector<NaivePackage>& packages() const { return packages_; }
    [[nodiscard]] const std::vector<Registered<matching::command::Provider>>& providers() const { return providers_; }
    [[nodiscard]] const std::vector<Registered<matching::command::Procedure>>& procedures() const {
        return procedures_;
    }

private:
    // Nothing, or the code of the `rejected` event, in which case nothing else happened.
    using Refusal = std::optional<matching::Code>;

    // naive_engine.cpp: registrations, and what an onlooker hears
    Refusal carry_out(const matching::command::Procedure& procedure);
    Refusal carry_out(const matching::command::Provider& provider);
    Refusal carry_out(const matching::command::Package& package);
    Refusal carry_out(const matching::command::Advance& advance);
    void emit(matching::EventBody body);
    void emit(const NaivePackage& package, matching::EventBody body);
    [[nodiscard]] NaivePackage* find_package(std::string_view id);
    [[nodiscard]] const matching::command::Provider* find_provider(std::string_view id) const;
    [[nodiscard]] const matching::command::Procedure* find_procedure(std::string_view id) const;
    [[nodiscard]] bool suspended(std::string_view provider) const;

    // naive_stages.cpp: how stages open and close
    void open_stage(NaivePackage& package, std::size_t number);
    void open_next_stage(NaivePackage& package);
    [[nodiscard]] std::vector<Invitation> audience(const NaivePackage& package, std::size_t number) const;
    void close_stage(NaivePackage& package, matching::CloseCause cause);
    void close_if_all_answered(NaivePackage& package);
    void end_unawarded(NaivePackage& package, matching::UnawardedReason reason);
    Refusal carry_out(const matching::command::Extend& extend);
    Refusal carry_out(const matching::command::Cancel& cancel);

    // naive_answers.cpp: what providers say
    Refusal carry_out(const matching::command::Offer& offer);
    Refusal carry_out(const matching::command::Confirm& confirm);
    Refusal carry_out(const matching::command::Decline& decline);
    Refusal carry_out(const matching::command::Withdraw& withdraw);
    [[nodiscard]] Refusal refusal_of_new(const matching::command::Offer& offer, const NaivePackage& package,
                                         const matching::command::Provider& provider) const;
    void accept(const matching::command::Offer& offer, NaivePackage& package,
                const matching::command::Provider& provider);
    void repeat(const NaivePackage& package, const NaiveStage& stage, const NaiveOffer& offer);
    void withdraw_offer(const NaivePackage& package, const NaiveStage& stage, NaiveOffer& offer,
                        matching::WithdrawCause cause);

    // naive_awards.cpp: from the close to the award
    void ask_citizen_or_bring_up_best(NaivePackage& package);
    void end_choice(NaivePackage& package);
    void bring_up_best(NaivePackage& package);
    void bring_up(NaivePackage& package, std::size_t offer);
    void leave_out_suspended(NaiveStage& stage) const;
    void award(NaivePackage& package);
    void ask_next_role(const NaivePackage& package);
    [[nodiscard]] Refusal refusal_of_alternative(const matching::command::Choice& choice, const NaivePackage& package,
                                                 const NaiveOffer& offer) const;
    Refusal carry_out(const matching::command::Choice& choice);
    Refusal carry_out(const matching::command::Approve& approve);
    Refusal carry_out(const matching::command::Refuse& refuse);

    // naive_report.cpp
    Refusal carry_out(const matching::command::Report& report);

    std::vector<Registered<matching::command::Procedure>> procedures_;
    std::vector<Registered<matching::command::Provider>> providers_;
    std::vector<NaivePackage> packages_;  // in the order in which they were opened

    matching::Instant at_ns_ = 0;  // of the command or deadline being applied
    std::uint64_t sequence_ = 0;   // of the last event
    matching::EventSink* sink_ = nullptr;
};

// When something happens to this package by itself; nothing if it waits for a command or has ended.
[[nodiscard]] std::optional<matching::Instant> deadline_of(const NaivePackage& package);

// The roles that must approve at that moment, in order. One that is listed twice is asked twice.
[[nodiscard]] std::vector<std::string> roles_to_approve(const NaivePackage& package, matching::ApprovalBefore before);

// The open stage, or the last one that was. Requires that one opened.
[[nodiscard]] inline NaiveStage& last_stage(NaivePackage& package) { return package.stages.back(); }
[[nodiscard]] inline const NaiveStage& last_stage(const NaivePackage& package) { return package.stages.back(); }

// What the procedure says of that stage.
[[nodiscard]] inline const matching::Stage& rules_of(const NaivePackage& package, const NaiveStage& stage) {
    return package.procedure.stages[stage.number];
}

[[nodiscard]] bool contains(const std::vector<std::string>& list, std::string_view word);
[[nodiscard]] bool is_invited(const NaiveStage& stage, std::string_view provider);
// The provider's live offer in that stage, or null. There is never more than one.
[[nodiscard]] NaiveOffer* live_offer(NaiveStage& stage, std::string_view provider);
[[nodiscard]] const NaiveOffer* live_offer(const NaiveStage& stage, std::string_view provider);

}  // namespace tiebreak::reference
