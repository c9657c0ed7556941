#include "matching/engine.hpp"

#include "matching/engine_state.hpp"
#include "matching/invariant.hpp"

namespace tiebreak::matching {

Engine::Engine() : state_(std::make_unique<State>()) {}
Engine::~Engine() = default;

void Engine::apply(Instant at_ns, const Command& command, EventSink& sink) { state_->apply(at_ns, command, sink); }
void Engine::apply(Instant at_ns, const command::Offer& offer, EventSink& sink) { state_->apply(at_ns, offer, sink); }
void Engine::expect(std::span<const command::Offer> offers, std::vector<PackageIndex>& packages) const {
    state_->expect(offers, packages);
}
void Engine::advance(Instant at_ns, EventSink& sink) { state_->advance(at_ns, sink); }
std::optional<Instant> Engine::next_deadline() const noexcept { return state_->next_deadline(); }
Instant Engine::now() const noexcept { return state_->now(); }
EngineSizes Engine::sizes() const noexcept { return state_->sizes(); }
void Engine::for_each_open_stage(const std::function<void(const OpenStage&)>& visit) const { state_->for_each_open_stage(visit); }
void Engine::save(std::string& out) const { state_->save(out); }

bool Engine::load(std::string_view saved) {
    state_ = std::make_unique<State>();
    if (state_->load(saved)) return true;
    state_ = std::make_unique<State>();
    return false;
}

void Engine::State::apply(Instant at_ns, const Command& command, EventSink& sink) {
    begin(at_ns, sink);
    std::visit([this](const auto& c) { on(c); }, command);
    end();
}

void Engine::State::apply(Instant at_ns, const command::Offer& offer, EventSink& sink) {
    begin(at_ns, sink);
    on(offer);
    end();
}

void Engine::State::advance(Instant at_ns, EventSink& sink) {
    begin(at_ns, sink);
    end();
}

// Every deadline up to a command's stamp comes before the command.
void Engine::State::begin(Instant at_ns, EventSink& sink) {
    TIEBREAK_INVARIANT(at_ns >= now_ns_, "stamps do not go back");
    sink_ = &sink;
    if (next_deadline_ && *next_deadline_ <= at_ns) apply_deadlines(at_ns);
    now_ns_ = at_ns;
}

namespace {

bool waits(const PackageRecord& package, Instant at_ns) {
    return (package.phase == Phase::open || package.phase == Phase::choice) && package.deadline_ns == at_ns;
}

}  // namespace

void Engine::State::end() {
    const auto due = deadlines_.next([this](const auto& d) { return waits(packages_[d.package], d.at_ns); });
    next_deadline_ = due ? std::optional{due->at_ns} : std::nullopt;
    sink_ = nullptr;
}

void Engine::State::apply_deadlines(Instant until_ns) {
    const auto counts = [this](const auto& d) { return waits(packages_[d.package], d.at_ns); };
    for (auto due = deadlines_.next(counts); due && due->at_ns <= until_ns; due = deadlines_.next(counts)) {
        look_ahead();
        deadlines_.pop();
        now_ns_ = due->at_ns;
        on_deadline(packages_[due->package]);
    }
}

// Where thousands are due at one instant, what the next ones will need is fetched while this one closes.
void Engine::State::look_ahead() const noexcept {
    const auto ahead = [this](std::size_t places) -> const PackageRecord* {
        const PackageIndex package = deadlines_.ahead(places);
        return package == no_index ? nullptr : &packages_[package];
    };
    if (const PackageRecord* const package = ahead(6)) package->prefetch();
    if (const PackageRecord* const package = ahead(4)) package->book.prefetch_all();
    if (const PackageRecord* const package = ahead(2))
        for (const Candidate& candidate : package->book.candidates()) prefetch(&offers_.at(candidate.offer));
}

void Engine::State::on_deadline(PackageRecord& package) {
    if (package.is_open())
        close_stage(package, package.deadline_ns, CloseCause::deadline);
    else
        end_choice(package, no_index, package.deadline_ns);
}

void Engine::State::wait_until(PackageRecord& package, Instant deadline_ns) {
    package.deadline_ns = deadline_ns;
    deadlines_.add(deadline_ns, package.index);
}

void Engine::State::reject(std::string_view command, Code code, const Named& named) {
    const PackageRecord* const package = named.package ? find_package(*named.package) : nullptr;
    emit(now_ns_,
         event::Rejected{command, code, code_sentence(code), named.package, named.provider, named.offer, named.procedure},
         package);
}

PackageRecord* Engine::State::find_package(std::string_view id) {
    const std::uint32_t index =
        package_index_.find(id, [this](std::uint32_t n) -> std::string_view { return packages_[n].content.id; });
    return index == IdIndex::none ? nullptr : &packages_[index];
}

EngineSizes Engine::State::sizes() const noexcept {
    EngineSizes sizes;
    sizes.procedures = procedures_.size();
    sizes.providers = providers_.size();
    sizes.packages = packages_.size();
    sizes.packages_open = open_.size();
    sizes.packages_waiting = waiting_;
    sizes.offers = offers_.size();
    sizes.offers_live = live_;
    sizes.awards = awards_;
    sizes.last_sequence = sequence_;
    return sizes;
}

void Engine::State::for_each_open_stage(const std::function<void(const OpenStage&)>& visit) const {
    open_.each([&](PackageIndex index) {
        const PackageRecord& package = packages_[index];
        visit({package.content.id, package.stage_rules().name, package.opened_ns, package.deadline_ns});
    });
}

}  // namespace tiebreak::matching
