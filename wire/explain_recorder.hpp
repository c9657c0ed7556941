// Runs stamped commands through an engine and writes down what happened to a package: the same replay that recovery
// and `tiebreak replay` are, with an eye on one package.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "matching/commands.hpp"
#include "matching/engine.hpp"
#include "matching/events.hpp"
#include "wire/explain_dossier.hpp"

namespace tiebreak::wire {

// Beside what the engine keeps, takes room for the registered providers and procedures and for the dossiers. One
// thread at a time.
class DossierRecorder final : private matching::EventSink {
public:
    explicit DossierRecorder(std::string package_id);  // one package's dossier
    DossierRecorder();                                 // every package's: for small scenarios
    ~DossierRecorder() override;

    // Requires, as matching::Engine does: find_flaw(command) is empty; at_ns is not before any earlier one.
    void apply(matching::Instant at_ns, const matching::Command& command);
    void advance(matching::Instant at_ns);
    // Runs the clock until no deadline is left, as `tiebreak replay` does after its last line.
    void run_on();

    // The dossiers in the order in which their packages opened; empty if the one that was asked for never did.
    [[nodiscard]] std::vector<Dossier> dossiers() const;

    // Where the package was not found: ids of packages that were opened and that it may have been meant as, nearest first.
    [[nodiscard]] std::vector<std::string> similar_packages() const;

    // Of every package's recorder: what belongs to none of the dossiers, registrations and rejects, for a timeline.
    [[nodiscard]] std::vector<Happening> elsewhere() const;

    [[nodiscard]] bool is_registered(std::string_view provider) const { return providers_.contains(provider); }
    [[nodiscard]] matching::Instant now() const noexcept { return now_ns_; }

private:
    struct Tracked;
    struct KnownProcedure {
        matching::command::Procedure content;
        std::uint64_t revision = 0;
    };

    void on_event(const matching::Event& event) override;
    void on_package_event(Tracked& tracked, const matching::Event& event);
    void on_registered(const matching::Event& event);
    void on_rejected(const matching::Event& event);
    void open(const matching::Event& event, const matching::event::PackageOpened& body);
    [[nodiscard]] Tracked* tracked_of(const matching::event::Rejected& rejected);
    [[nodiscard]] Happening happening(const matching::Event& event);

    // One for each kind of event about a package.
    void on(Tracked& tracked, const matching::Event& event, const matching::event::StageOpened& body);
    void on(Tracked& tracked, const matching::Event& event, const matching::event::StageSkipped& body);
    void on(Tracked& tracked, const matching::Event& event, const matching::event::OfferAccepted& body);
    void on(Tracked& tracked, const matching::Event& event, const matching::event::ProviderConfirmed& body);
    void on(Tracked& tracked, const matching::Event& event, const matching::event::ProviderDeclined& body);
    void on(Tracked& tracked, const matching::Event& event, const matching::event::OfferWithdrawn& body);
    void on(Tracked& tracked, const matching::Event& event, const matching::event::WindowExtended& body);
    void on(Tracked& tracked, const matching::Event& event, const matching::event::StageClosed& body);
    void on(Tracked& tracked, const matching::Event& event, const matching::event::Shortlisted& body);
    void on(Tracked& tracked, const matching::Event& event, const matching::event::ApprovalPending& body);
    void on(Tracked& tracked, const matching::Event& event, const matching::event::Awarded& body);
    void on(Tracked& tracked, const matching::Event& event, const matching::event::AwardRefused& body);
    void on(Tracked& tracked, const matching::Event& event, const matching::event::Unawarded& body);
    void on(Tracked& tracked, const matching::Event& event, const matching::event::PackageCancelled& body);
    template <class Other>
    void on(Tracked&, const matching::Event&, const Other&) {}

    StageStory& begin_stage(Tracked& tracked, const matching::Event& event, std::string_view stage);
    void note_absent(Tracked& tracked, StageStory& stage) const;
    void settle_choice(Tracked& tracked, const matching::Event& event);
    void settle_approval(Tracked& tracked, const matching::Event& event);
    template <class Left>
    void leave_out(Tracked& tracked, const matching::Event& event, Left left);
    void leave_out_suspended(Tracked& tracked, const matching::Event& event);
    [[nodiscard]] std::string reason() const;

    std::optional<std::string> wanted_;  // absent: every package
    matching::Engine engine_;
    matching::Instant now_ns_ = 0;
    std::uint64_t order_ = 0;
    const matching::Command* current_ = nullptr;  // null while deadlines are applied
    std::map<std::string, matching::command::Provider, std::less<>> providers_;
    std::map<std::string, KnownProcedure, std::less<>> procedures_;
    std::map<matching::PackageIndex, std::unique_ptr<Tracked>> tracked_;
    std::map<std::string, std::vector<Happening>, std::less<>> early_;  // named a package before it opened
    std::vector<Happening> elsewhere_;
    std::vector<std::pair<std::size_t, std::string>> similar_;  // by nearness
};

}  // namespace tiebreak::wire
