// A naive engine with short words for its commands, so that a test reads like the story that it tells. Instants are
// small whole numbers.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "tests/reference/event_text.hpp"
#include "tests/reference/naive_engine.hpp"

namespace tiebreak::reference {

inline matching::Criterion by(matching::CriterionKind kind) {
    matching::Criterion criterion;
    criterion.kind = kind;
    if (kind == matching::CriterionKind::citizen_choice) {
        criterion.choice_window_ns = matching::choice_window_default_ns;
    }
    return criterion;
}

inline matching::Stage stage_of(std::string name, matching::Duration window_ns) {
    matching::Stage stage;
    stage.name = std::move(name);
    stage.window_ns = window_ns;
    return stage;
}

inline matching::command::Procedure procedure_of(std::vector<matching::Stage> stages,
                                                 std::vector<matching::CriterionKind> ranking) {
    matching::command::Procedure procedure;
    procedure.id = "p";
    procedure.stages = std::move(stages);
    for (const matching::CriterionKind kind : ranking) procedure.ranking.push_back(by(kind));
    return procedure;
}

inline matching::command::Package package_of(std::string id) {
    matching::command::Package package;
    package.id = std::move(id);
    package.procedure = "p";
    return package;
}

inline matching::command::Provider provider_of(std::string id) {
    matching::command::Provider provider;
    provider.id = std::move(id);
    return provider;
}

inline matching::command::Provider suspended(matching::command::Provider provider) {
    provider.suspended = true;
    return provider;
}

// Whatever is passed as text must outlive the call alone.
class Script final : public matching::EventSink {
public:
    void at(matching::Instant at_ns, const matching::Command& command) { engine.apply(at_ns, command, *this); }
    void advance(matching::Instant at_ns) { engine.advance(at_ns, *this); }

    void offer(matching::Instant at_ns, std::string_view id, std::string_view provider, matching::Instant start_ns,
               std::optional<matching::Pence> price_pence = std::nullopt, std::string_view package = "K") {
        matching::command::Offer offer;
        offer.id = id;
        offer.package = package;
        offer.provider = provider;
        offer.start_ns = start_ns;
        offer.price_pence = price_pence;
        at(at_ns, offer);
    }
    void confirm(matching::Instant at_ns, std::string_view provider) {
        at(at_ns, matching::command::Confirm{"K", provider});
    }
    void decline(matching::Instant at_ns, std::string_view provider) {
        at(at_ns, matching::command::Decline{"K", provider, {}});
    }
    void withdraw(matching::Instant at_ns, std::string_view provider, std::string_view offer) {
        at(at_ns, matching::command::Withdraw{provider, offer, {}});
    }
    void choose(matching::Instant at_ns, std::optional<std::string_view> provider, bool alternative = false,
                std::optional<bool> top_up_agreed = std::nullopt) {
        matching::command::Choice choice;
        choice.package = "K";
        choice.provider = provider;
        if (alternative) choice.alternative = true;
        choice.top_up_agreed = top_up_agreed;
        at(at_ns, choice);
    }
    void approve(matching::Instant at_ns, std::string_view role, bool approved = true) {
        at(at_ns, matching::command::Approve{"K", role, approved, {}});
    }
    void refuse(matching::Instant at_ns, std::string_view provider) {
        at(at_ns, matching::command::Refuse{"K", provider, {}});
    }

    // The events since the last take: "60 awarded package=K …", with their `at`.
    std::vector<std::string> take() { return std::exchange(heard_, {}); }

    void on_event(const matching::Event& event) override {
        heard_.push_back(std::to_string(event.at_ns) + ' ' + what_of(event.body));
        last_sequence = event.sequence;
    }

    NaiveEngine engine;
    std::uint64_t last_sequence = 0;

private:
    std::vector<std::string> heard_;
};

// What is expected, line by line.
using Lines = std::vector<std::string>;

}  // namespace tiebreak::reference
