// Those who use the daemon: a council that registers, opens and decides, and providers that answer. Each knows only what its portal
// hears on the feed.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "tests/reference/dice.hpp"
#include "tests/reference/random_registrations.hpp"
#include "tests/simulation/portal.hpp"

namespace tiebreak::simulation {

class People {
public:
    People(const Scene& scene, Schedule& schedule, std::function<std::int64_t()> stamps_error_ns, Network& network, Checkers& checkers);

    // Registers, then opens packages until finish().
    void begin();
    void finish() noexcept { finished_ = true; }
    [[nodiscard]] bool are_quiet() const;

    [[nodiscard]] std::size_t packages() const noexcept { return packages_sent_; }
    [[nodiscard]] const std::vector<std::unique_ptr<Portal>>& portals() const noexcept { return portals_; }

private:
    // The council.
    void council_hears(const matching::Event& event);
    void register_all();
    void export_regularly();
    void open_packages();
    void change_something();
    [[nodiscard]] matching::command::Package make_package();
    [[nodiscard]] matching::command::Provider make_provider(std::size_t number);
    void close_together(std::vector<std::string> packages);

    // Providers.
    void provider_hears(std::size_t portal, const matching::Event& event);
    void plan_answer(std::size_t portal, const std::string& package, const std::string& provider, bool confirms,
                     matching::Instant closes_ns);
    void offer(std::size_t portal, const std::string& package, const std::string& provider);

    template <typename Action>
    void later(std::int64_t low_ns, std::int64_t high_ns, Action action);
    // About what a request would be stamped with now.
    [[nodiscard]] matching::Instant stamp_time() const { return schedule_.now() + stamps_error_ns_(); }
    [[nodiscard]] bool is_of(std::size_t portal, std::string_view provider) const;
    [[nodiscard]] bool is_confirm_stage(const std::string& package, std::string_view stage) const;

    const Scene& scene_;
    Schedule& schedule_;
    const std::function<std::int64_t()> stamps_error_ns_;
    reference::Dice dice_;
    std::vector<std::string> roles_;
    std::vector<matching::command::Procedure> procedures_;
    std::vector<matching::command::Provider> providers_;
    std::vector<std::unique_ptr<Portal>> portals_;  // the first is the council's
    std::map<std::string, std::string, std::less<>> procedure_of_;  // by package, as the feed says
    std::size_t packages_sent_ = 0;
    std::size_t offers_sent_ = 0;
    bool finished_ = false;
};

}  // namespace tiebreak::simulation
