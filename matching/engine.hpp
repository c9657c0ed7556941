// The engine: stamped commands in, events out. It is the whole of the rules, and a pure function of its input: the
// same commands with the same stamps give the same events, byte for byte, on every machine and every run.
//
// No clock, no I/O, no thread, no hash order. One thread at a time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "matching/commands.hpp"
#include "matching/events.hpp"
#include "matching/instant.hpp"

namespace tiebreak::matching {

// How much the engine holds; for limits and metrics.
struct EngineSizes {
    std::uint64_t procedures = 0;
    std::uint64_t providers = 0;
    std::uint64_t packages = 0;       // ever opened
    std::uint64_t packages_open = 0;  // with an open stage
    std::uint64_t packages_waiting = 0;  // for a choice or an approval
    std::uint64_t offers = 0;         // ever accepted
    std::uint64_t offers_live = 0;    // in books of open stages
    std::uint64_t awards = 0;         // made, refused ones included
    std::uint64_t last_sequence = 0;  // of the last event
};

// A stage that takes answers. The texts are the engine's own: valid until it is given the next command.
struct OpenStage {
    std::string_view package;
    std::string_view stage;
    Instant opened_ns = 0;
    Instant closes_ns = 0;
};

class Engine {
public:
    Engine();
    ~Engine();
    Engine(const Engine&) = delete;
    Engine& operator=(const Engine&) = delete;

    // Applies every deadline up to `at_ns`, earliest first (equal ones in the order in which their packages were
    // opened), then the command. Events go to `sink` as they happen.
    // Requires: find_flaw(command) is empty; at_ns is not before any stamp given earlier.
    void apply(Instant at_ns, const Command& command, EventSink& sink);
    void apply(Instant at_ns, const command::Offer& offer, EventSink& sink);  // the same, without the variant

    // A hint, with no effect but on speed: these offers are applied soon, in this order. Pays from two on. Appends the packages that they
    // are most likely about to `packages`, for whoever keeps tables by package.
    void expect(std::span<const command::Offer> offers, std::vector<PackageIndex>& packages) const;

    // Applies every deadline up to `at_ns` and moves the clock there. Same requirement on at_ns.
    void advance(Instant at_ns, EventSink& sink);

    // The earliest deadline that is still to come, if any.
    [[nodiscard]] std::optional<Instant> next_deadline() const noexcept;

    // The clock: the largest instant that was given to apply or advance. 0 at first.
    [[nodiscard]] Instant now() const noexcept;

    [[nodiscard]] EngineSizes sizes() const noexcept;

    // Every open stage, in the order in which their packages were opened. Takes as long as there are many.
    void for_each_open_stage(const std::function<void(const OpenStage&)>& visit) const;

    // Appends the whole state to `out`: an engine that loads it goes on exactly as this one would. Equal states, however
    // they came about, give equal bytes.
    void save(std::string& out) const;
    // Replaces the state by one that was saved. False if the bytes are no such state; the engine is then as new.
    [[nodiscard]] bool load(std::string_view saved);

private:
    class State;
    std::unique_ptr<State> state_;
};

}  // namespace tiebreak::matching
