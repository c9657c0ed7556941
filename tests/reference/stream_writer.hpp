// Writes a random stream of commands as the world might send it: it watches a naive engine that applies what it wrote
// so far, so that most commands are to the point, and a good share just misses it.
#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

#include "matching/commands.hpp"
#include "tests/reference/dice.hpp"
#include "tests/reference/naive_engine.hpp"
#include "tests/reference/random_registrations.hpp"

namespace tiebreak::reference {

// Texts are views with static storage: a stamped command may be kept and copied without care.
struct StampedCommand {
    matching::Instant at_ns = 0;
    matching::Command command;
};

class StreamWriter final : matching::EventSink {
public:
    explicit StreamWriter(std::uint64_t seed) : StreamWriter(Dice{seed}) {}
    explicit StreamWriter(Dice dice);

    // About that many commands; the registrations that every stream begins with come on top.
    [[nodiscard]] std::vector<StampedCommand> write(std::size_t commands);

private:
    void on_event(const matching::Event&) override {}

    void begin();
    void say(matching::Command command);
    void pass_time();
    void say_something();
    void say_something_about(const NaivePackage& package);
    // Everything else that may come at any time.
    void say_something_else();

    void open_package();
    void change_provider(const NaivePackage& package);
    void repeat_something();
    void report();

    void offer(const NaivePackage& package);
    void offer_again();
    void confirm(const NaivePackage& package);
    void decline(const NaivePackage& package);
    void withdraw(const NaivePackage& package);
    void extend(const NaivePackage& package);
    void cancel(const NaivePackage& package);
    void choose(const NaivePackage& package);
    void approve(const NaivePackage& package);
    void refuse(const NaivePackage& package);

    [[nodiscard]] const NaivePackage& some_package();
    [[nodiscard]] std::string_view some_package_id(const NaivePackage& meant);
    [[nodiscard]] std::string_view some_provider();
    [[nodiscard]] std::string_view some_invited(const NaivePackage& package);
    [[nodiscard]] std::string_view some_offering(const NaivePackage& package);
    [[nodiscard]] std::string_view some_passed_over(const NaivePackage& package);
    [[nodiscard]] std::size_t waiting_packages() const;

    Dice dice_;
    Clockwork clockwork_;
    std::uint64_t stillness_ = 0;  // per cent of the commands that come with the stamp of the one before
    std::size_t packages_at_once_ = 0;
    matching::Instant now_ns_ = 0;
    std::size_t offers_named_ = 0;
    NaiveEngine model_;
    std::vector<StampedCommand> said_;
};

}  // namespace tiebreak::reference
