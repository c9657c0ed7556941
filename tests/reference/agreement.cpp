#include "tests/reference/agreement.hpp"

#include <algorithm>
#include <sstream>

#include "matching/engine.hpp"
#include "tests/reference/event_text.hpp"
#include "tests/reference/naive_engine.hpp"

namespace tiebreak::reference {

using matching::Engine;
using matching::EngineSizes;
using matching::Instant;
namespace command = matching::command;

namespace {

// What matching/engine.hpp says of each size, counted.
EngineSizes count(const NaiveEngine& naive, const std::vector<std::string>& events) {
    EngineSizes sizes;
    sizes.procedures = naive.procedures().size();
    sizes.providers = naive.providers().size();
    sizes.packages = naive.packages().size();
    for (const NaivePackage& package : naive.packages()) {
        if (package.phase == Phase::stage_open) ++sizes.packages_open;
        if (package.phase == Phase::choice_open || package.phase == Phase::opening_approval ||
            package.phase == Phase::award_approval) {
            ++sizes.packages_waiting;
        }
        for (const NaiveStage& stage : package.stages) {
            sizes.offers += stage.offers.size();
            if (package.phase != Phase::stage_open || &stage != &last_stage(package)) continue;
            for (const NaiveOffer& offer : stage.offers) {
                if (offer.fate == OfferFate::live) ++sizes.offers_live;
            }
        }
    }
    sizes.awards = static_cast<std::uint64_t>(std::count_if(events.begin(), events.end(), [](const std::string& text) {
        return text.find(" awarded package=") != std::string::npos;
    }));
    sizes.last_sequence = events.size();
    return sizes;
}

std::string text_of(const EngineSizes& sizes) {
    std::ostringstream text;
    text << "procedures=" << sizes.procedures << " providers=" << sizes.providers << " packages=" << sizes.packages
         << " packages_open=" << sizes.packages_open << " packages_waiting=" << sizes.packages_waiting
         << " offers=" << sizes.offers << " offers_live=" << sizes.offers_live << " awards=" << sizes.awards
         << " last_sequence=" << sizes.last_sequence;
    return text.str();
}

std::string text_of(std::optional<Instant> instant_ns) { return instant_ns ? std::to_string(*instant_ns) : "none"; }

// Three engines, and where their events were last found equal.
class SideBySide {
public:
    void apply(const StampedCommand& stamped) {
        engine_.apply(stamped.at_ns, stamped.command, engine_said_);
        naive_.apply(stamped.at_ns, stamped.command, naive_said_);
        run_clock(stamped.at_ns);
        if (const auto* offer = std::get_if<command::Offer>(&stamped.command)) {
            driven_.apply(stamped.at_ns, *offer, driven_said_);
        } else {
            driven_.apply(stamped.at_ns, stamped.command, driven_said_);
        }
    }

    void advance(Instant at_ns) {
        engine_.advance(at_ns, engine_said_);
        naive_.advance(at_ns, naive_said_);
        run_clock(at_ns);
        driven_.advance(at_ns, driven_said_);
    }

    [[nodiscard]] std::optional<Instant> next_deadline() const { return naive_.next_deadline(); }

    [[nodiscard]] std::optional<std::string> difference(Instant at_ns) {
        if (auto found = difference_of_events("the engine", engine_said_.texts)) return found;
        if (auto found = difference_of_events("the engine driven deadline by deadline", driven_said_.texts)) {
            return found;
        }
        equal_so_far_ = naive_said_.texts.size();
        if (engine_.next_deadline() != naive_.next_deadline()) {
            return "the naive engine's next deadline is " + text_of(naive_.next_deadline()) + ", the engine's " +
                   text_of(engine_.next_deadline());
        }
        if (engine_.now() != at_ns) return "the engine's clock shows " + std::to_string(engine_.now());
        const std::string counted = text_of(count(naive_, naive_said_.texts));
        const std::string sizes = text_of(engine_.sizes());
        if (counted != sizes) return "counted: " + counted + "\nengine:  " + sizes;
        return std::nullopt;
    }

private:
    void run_clock(Instant at_ns) {
        while (driven_.next_deadline() && *driven_.next_deadline() <= at_ns) {
            driven_.advance(*driven_.next_deadline(), driven_said_);
        }
    }

    [[nodiscard]] std::optional<std::string> difference_of_events(const std::string& whose,
                                                                  const std::vector<std::string>& said) const {
        if (std::equal(said.begin() + static_cast<std::ptrdiff_t>(equal_so_far_), said.end(),
                       naive_said_.texts.begin() + static_cast<std::ptrdiff_t>(equal_so_far_),
                       naive_said_.texts.end())) {
            return std::nullopt;
        }
        return "the naive engine says\n" + since(naive_said_.texts) + whose + " says\n" + since(said);
    }

    [[nodiscard]] std::string since(const std::vector<std::string>& said) const {
        std::string text;
        for (std::size_t i = equal_so_far_; i < said.size(); ++i) text += "  " + said[i] + '\n';
        return text;
    }

    Engine engine_;
    Engine driven_;
    NaiveEngine naive_;
    EventTexts engine_said_;
    EventTexts driven_said_;
    EventTexts naive_said_;
    std::size_t equal_so_far_ = 0;
};

}  // namespace

std::optional<std::string> disagreement(const std::vector<StampedCommand>& stream) {
    SideBySide engines;
    for (std::size_t i = 0; i < stream.size(); ++i) {
        engines.apply(stream[i]);
        if (const auto found = engines.difference(stream[i].at_ns)) {
            return "at command " + std::to_string(i + 1) + " of " + std::to_string(stream.size()) + ": " + *found;
        }
    }
    while (const auto deadline_ns = engines.next_deadline()) {
        engines.advance(*deadline_ns);
        if (const auto found = engines.difference(*deadline_ns)) return "after the last command: " + *found;
    }
    return std::nullopt;
}

}  // namespace tiebreak::reference
