#include "tests/simulation/people.hpp"

#include <algorithm>
#include <set>
#include <utility>
#include <variant>

namespace tiebreak::simulation {

namespace command = matching::command;
namespace event = matching::event;

namespace {

constexpr std::size_t batch_max = 40;

std::string zone_name(std::uint64_t number) { return "z" + std::to_string(number + 1); }

std::vector<std::string> roles_in(const std::vector<command::Procedure>& procedures) {
    std::set<std::string> roles;
    for (const auto& procedure : procedures) {
        for (const auto& stage : procedure.stages) {
            if (stage.audience.roles) roles.insert(stage.audience.roles->begin(), stage.audience.roles->end());
        }
    }
    return {roles.begin(), roles.end()};
}

}  // namespace

People::People(const Scene& scene, Schedule& schedule, std::function<std::int64_t()> stamps_error_ns, Network& network, Checkers& checkers)
    : scene_(scene),
      schedule_(schedule),
      stamps_error_ns_(std::move(stamps_error_ns)),
      dice_(mixed(scene.seed, 4)),
      roles_(roles_in(scene.procedures)),
      procedures_(scene.procedures) {
    const std::vector<std::vector<std::string>> interests = {
        {"all/"}, {"all/", "award/"}, {"all/", "package/"}, {"all/", "zone/"}, {"all/", "provider/", "award/"}};
    for (std::size_t portal = 0; portal <= scene.portals; ++portal) {
        auto topics = portal == 0 ? interests[0] : interests[dice_.weighted({50, 20, 10, 10, 10})];
        portals_.push_back(std::make_unique<Portal>(network, schedule, checkers, std::move(topics), mixed(scene.seed, 100 + portal)));
        portals_.back()->on_event = [this, portal](const matching::Event& said) {
            if (portal == 0) {
                council_hears(said);
            } else {
                provider_hears(portal, said);
            }
        };
    }
}

bool People::are_quiet() const {
    return std::all_of(portals_.begin(), portals_.end(), [](const auto& portal) { return portal->is_quiet(); });
}

template <typename Action>
void People::later(std::int64_t low_ns, std::int64_t high_ns, Action action) {
    schedule_.after(dice_.between(low_ns, std::max(low_ns, high_ns)), std::move(action));
}

void People::begin() {
    register_all();
    export_regularly();
    later(1 * minute, 10 * minute, [this] { open_packages(); });
    later(1 * hour, 5 * hour, [this] { change_something(); });
}

// Where old segments are used again, an export is the only way to keep what they hold. The council, at least, knows; others are slower, or
// do without.
void People::export_regularly() {
    if (scene_.config.old_segments != daemon::OldSegments::recycle) return;
    portals_[0]->export_regularly(10 * minute);
    for (std::size_t portal = 1; portal < portals_.size(); ++portal) {
        if (dice_.chance(70)) portals_[portal]->export_regularly(dice_.between(20 * minute, 6 * hour));
    }
}

void People::register_all() {
    Portal& council = *portals_[0];
    for (const auto& procedure : procedures_) council.send(procedure);
    std::vector<matching::Command> batch;
    for (std::size_t number = 0; number < scene_.providers; ++number) {
        providers_.push_back(make_provider(number));
        batch.emplace_back(providers_.back());
        if (batch.size() < 20 && number + 1 < scene_.providers) continue;
        council.send(batch);
        batch.clear();
    }
}

command::Provider People::make_provider(std::size_t number) {
    const reference::Clockwork clockwork{schedule_.now(), 20 * minute, schedule_.now() + 10 * day};
    auto provider = reference::random_provider(dice_, clockwork, "P" + std::to_string(number + 1), schedule_.now());
    for (std::size_t i = 0; i < 3; ++i) {
        matching::Membership membership;
        membership.role = dice_.one_of(roles_);
        if (dice_.chance(60)) membership.zone = zone_name(dice_.below(scene_.zones));
        provider.memberships.push_back(std::move(membership));
    }
    return provider;
}

command::Package People::make_package() {
    const reference::Clockwork clockwork{schedule_.now(), 20 * minute, schedule_.now() + 10 * day};
    const command::Procedure& procedure = dice_.one_of(procedures_);
    auto package = reference::random_package(dice_, clockwork, "K" + std::to_string(++packages_sent_), procedure.id);
    if (dice_.chance(80)) package.zone = zone_name(dice_.below(scene_.zones));
    if (dice_.chance(15)) package.value_pence = 60'000'000;
    if (dice_.chance(30)) {
        package.urgency = dice_.one_of<std::string>({"emergency", "quick-discharge", "hospital-discharge"});
    }
    return package;
}

void People::open_packages() {
    if (finished_) return;
    const std::int64_t mean_ns = day / static_cast<std::int64_t>(scene_.packages_a_day);
    std::size_t count = 1;
    if (dice_.below(1'000) < scene_.batch_per_cent) count = 2 + dice_.below(batch_max - 1);
    std::vector<matching::Command> batch;
    std::vector<std::string> ids;
    for (std::size_t i = 0; i < count; ++i) {
        auto package = make_package();
        ids.push_back(package.id);
        batch.emplace_back(std::move(package));
    }
    portals_[0]->send(batch);
    if (count > 1 && dice_.chance(40)) close_together(std::move(ids));
    const auto pause_ns = mean_ns * static_cast<std::int64_t>(count);
    later(0, 2 * pause_ns, [this] { open_packages(); });
}

// Thousands of windows that end in one instant begin like this.
void People::close_together(std::vector<std::string> packages) {
    const matching::Instant closes_ns = stamp_time() + dice_.between(1 * hour, 30 * hour);
    later(1 * second, 1 * minute, [this, packages = std::move(packages), closes_ns] {
        std::vector<matching::Command> batch;
        for (const std::string& package : packages) batch.emplace_back(command::Extend{package, closes_ns, "together"});
        portals_[0]->send(batch);
    });
}

void People::change_something() {
    if (finished_) return;
    const reference::Clockwork clockwork{schedule_.now(), 20 * minute, schedule_.now() + 10 * day};
    Portal& council = *portals_[0];
    switch (dice_.weighted({85, 6, 5, 4})) {
        case 0: {
            auto& provider = providers_[dice_.below(providers_.size())];
            const auto memberships = provider.memberships;
            provider = reference::changed(dice_, clockwork, provider, schedule_.now());
            if (dice_.chance(90)) provider.memberships = memberships;
            council.send(provider);
            break;
        }
        case 1: {
            auto& procedure = dice_.chance(50) ? procedures_.front() : procedures_.back();
            procedure.title = "Title " + std::to_string(dice_.below(1'000'000));
            council.send(procedure);
            break;
        }
        case 2: council.send(command::Report{dice_.one_of(procedures_).id, schedule_.now() - 7 * day, schedule_.now()}); break;
        default: council.send(command::Advance{}); break;
    }
    later(5 * minute, 5 * hour, [this] { change_something(); });
}

void People::council_hears(const matching::Event& said) {
    Portal& council = *portals_[0];
    if (const auto* opened = std::get_if<event::PackageOpened>(&said.body)) {
        procedure_of_[std::string{opened->package}] = opened->procedure;
    } else if (const auto* stage = std::get_if<event::StageOpened>(&said.body)) {
        const std::string id{stage->package};
        if (dice_.chance(2)) {
            const matching::Instant closes_ns = stage->closes_ns + dice_.between(-2 * minute, 2 * hour);
            later(0, 2 * hour, [this, id, closes_ns] { portals_[0]->send(command::Extend{id, closes_ns, "asked for"}); });
        }
        if (dice_.chance(1)) later(0, 4 * hour, [this, id] { portals_[0]->send(command::Cancel{id, {}}); });
    } else if (const auto* listed = std::get_if<event::Shortlisted>(&said.body)) {
        const std::string id{listed->package};
        const std::string pick{listed->providers[dice_.below(listed->providers.size())]};
        const int kind = static_cast<int>(dice_.weighted({70, 12, 8, 10}));
        if (kind == 3) return;  // the citizen lets the window pass
        later(0, listed->choose_by_ns - said.at_ns + minute, [&council, id, pick, kind] {
            command::Choice choice;
            choice.package = id;
            if (kind != 1) choice.provider = pick;
            if (kind == 2) choice.alternative = choice.top_up_agreed = true;
            council.send(choice);
        });
    } else if (const auto* pending = std::get_if<event::ApprovalPending>(&said.body)) {
        const std::string id{pending->package}, role{pending->role};
        const bool approved = dice_.chance(90);
        later(1 * second, 6 * hour, [&council, id, role, approved] { council.send(command::Approve{id, role, approved, {}}); });
    } else if (const auto* awarded = std::get_if<event::Awarded>(&said.body)) {
        const std::string id{awarded->package};
        if (dice_.below(500) == 0) later(0, day, [&council, id] { council.send(command::Cancel{id, "not needed"}); });
    }
}

bool People::is_of(std::size_t portal, std::string_view provider) const {
    const std::size_t number = std::stoul(std::string{provider.substr(1)});
    return 1 + number % scene_.portals == portal;
}

bool People::is_confirm_stage(const std::string& package, std::string_view stage) const {
    const auto known = procedure_of_.find(package);
    if (known == procedure_of_.end()) return false;
    for (const auto& procedure : procedures_) {
        if (procedure.id != known->second) continue;
        for (const auto& candidate : procedure.stages) {
            if (candidate.name == stage) return candidate.kind == matching::StageKind::confirm;
        }
    }
    return false;
}

void People::provider_hears(std::size_t portal, const matching::Event& said) {
    if (const auto* opened = std::get_if<event::PackageOpened>(&said.body)) {
        procedure_of_[std::string{opened->package}] = opened->procedure;
    } else if (const auto* stage = std::get_if<event::StageOpened>(&said.body)) {
        const std::string id{stage->package};
        const bool confirms = is_confirm_stage(id, stage->stage);
        for (const std::string_view provider : stage->invited) {
            if (!is_of(portal, provider) || !dice_.chance(scene_.answer_per_cent)) continue;
            plan_answer(portal, id, std::string{provider}, confirms, stage->closes_ns);
        }
    } else if (const auto* awarded = std::get_if<event::Awarded>(&said.body)) {
        if (!is_of(portal, awarded->provider) || !dice_.chance(4)) return;
        later(1 * minute, day, [this, portal, id = std::string{awarded->package}, provider = std::string{awarded->provider}] {
            portals_[portal]->send(command::Refuse{id, provider, {}});
        });
    }
}

void People::plan_answer(std::size_t portal, const std::string& package, const std::string& provider, bool confirms,
                         matching::Instant closes_ns) {
    TrueTime when = schedule_.now() + dice_.between(1 * second, std::max<std::int64_t>(2 * second, closes_ns - stamp_time()));
    if (dice_.chance(scene_.last_moment_per_cent)) {
        const std::int64_t margin_ns = dice_.one_of<std::int64_t>({200 * us, 3 * ms, 2 * second});
        when = closes_ns - stamps_error_ns_() - scene_.latency_ns + dice_.between(-margin_ns, margin_ns);
    }
    const std::size_t kind = dice_.weighted({84, 10, 6});
    schedule_.at(when, [this, portal, package, provider, confirms, kind] {
        Portal& at = *portals_[portal];
        if (kind == 1) return at.send(command::Decline{package, provider, {}});
        if (confirms) return at.send(command::Confirm{package, provider});
        offer(portal, package, provider);
        if (kind == 2) later(1 * ms, 2 * hour, [this, portal, package, provider] { offer(portal, package, provider); });
    });
}

void People::offer(std::size_t portal, const std::string& package, const std::string& provider) {
    Portal& at = *portals_[portal];
    const std::string id = "O" + std::to_string(++offers_sent_);
    const std::string landlord = "landlord";
    command::Offer offer;
    offer.id = id;
    offer.package = package;
    offer.provider = provider;
    // Few different starts, so that other criteria have something to decide.
    offer.start_ns = (stamp_time() / day + 10 + dice_.between(0, 2)) * day;
    if (dice_.chance(80)) offer.price_pence = dice_.one_of<std::int64_t>({100, 150, 200, 250});
    if (dice_.chance(80)) offer.landlord = landlord;
    at.send(offer);
    if (dice_.chance(6)) {
        later(1 * ms, 3 * hour, [&at, id, provider] { at.send(command::Withdraw{provider, id, {}}); });
    }
    if (dice_.chance(4)) {
        later(1 * ms, hour, [&at, id, package, provider, start_ns = offer.start_ns, price_pence = offer.price_pence,
                             has_landlord = offer.landlord.has_value()] {
            command::Offer again;
            again.id = id;
            again.package = package;
            again.provider = provider;
            again.start_ns = start_ns;
            again.price_pence = price_pence;
            if (has_landlord) again.landlord = "landlord";
            at.send(again);
        });
    }
}

}  // namespace tiebreak::simulation
