#include "tests/reference/stream_writer.hpp"

#include <algorithm>
#include <array>
#include <limits>
#include <set>
#include <string>
#include <utility>

namespace tiebreak::reference {

using matching::Command;
using matching::Instant;
using matching::last_instant;
namespace command = matching::command;

namespace {

// Out of byte order on purpose, where people would sort otherwise.
constexpr std::array<const char*, 6> provider_ids = {
    "b", "A", "a-2", "a1", "as-long-as-an-id-may-be:......................................64", "10"};
constexpr std::array<const char*, 3> procedure_ids = {"p", "q", "r"};

// A copy that is there as long as the program.
std::string_view for_good(std::string_view text) {
    static std::set<std::string, std::less<>> texts;
    const auto found = texts.find(text);
    return found != texts.end() ? *found : *texts.emplace(text).first;
}

bool is_waiting(const NaivePackage& package) {
    return package.phase == Phase::opening_approval || package.phase == Phase::stage_open ||
           package.phase == Phase::choice_open || package.phase == Phase::award_approval;
}

}  // namespace

StreamWriter::StreamWriter(Dice dice) : dice_{std::move(dice)} {
    constexpr std::int64_t second_ns = 1'000'000'000;
    clockwork_.tick_ns = dice_.one_of<std::int64_t>({1, second_ns, second_ns, 3600 * second_ns});
    clockwork_.begin_ns = std::array{Instant{1'795'420'800} * second_ns, Instant{0},
                                     last_instant - 60 * clockwork_.tick_ns}[dice_.weighted({88, 7, 5})];
    clockwork_.starts_ns = clockwork_.after(clockwork_.begin_ns, 10'000);
    stillness_ = dice_.one_of<std::uint64_t>({20, 50, 70, 80});
    packages_at_once_ = 1 + dice_.below(4);
    now_ns_ = clockwork_.begin_ns;
}

std::vector<StampedCommand> StreamWriter::write(std::size_t commands) {
    begin();
    while (said_.size() < commands) {
        pass_time();
        say_something();
    }
    return said_;
}

void StreamWriter::say(Command command) {
    said_.push_back({now_ns_, command});
    model_.apply(now_ns_, command, *this);
}

void StreamWriter::begin() {
    const std::size_t procedures = 1 + dice_.below(procedure_ids.size());
    for (std::size_t i = 0; i < procedures; ++i) {
        say(random_procedure(dice_, clockwork_, procedure_ids[i], now_ns_));
    }
    const std::size_t providers = 3 + dice_.below(provider_ids.size() - 2);
    for (std::size_t i = 0; i < providers; ++i) say(random_provider(dice_, clockwork_, provider_ids[i], now_ns_));
    // Now and then a crowd, for books that are more than a handful.
    const std::size_t crowd = dice_.chance(6) ? 20 + dice_.below(60) : 0;
    for (std::size_t i = 0; i < crowd; ++i) {
        say(random_provider(dice_, clockwork_, "crowd-" + std::to_string(i), now_ns_));
    }
    if (crowd > 0) {
        packages_at_once_ = 1;
        stillness_ = 97;
    }
    open_package();
}

void StreamWriter::pass_time() {
    if (dice_.chance(stillness_)) return;
    const std::optional<Instant> deadline = model_.next_deadline();
    switch (dice_.weighted({20, 25, 25, 5, 15, 5, 5})) {
        case 0:
            break;
        case 1:
            now_ns_ = matching::end_of_window(now_ns_, 1);
            break;
        case 2:
            now_ns_ = clockwork_.after(now_ns_, 1);
            break;
        case 3:
            now_ns_ = clockwork_.after(now_ns_, dice_.between(2, 6));
            break;
        case 4:
            if (deadline) now_ns_ = *deadline;
            break;
        case 5:
            if (deadline && *deadline > now_ns_) now_ns_ = *deadline - 1;
            break;
        default:
            if (deadline) now_ns_ = matching::end_of_window(*deadline, 1);
            break;
    }
}

void StreamWriter::say_something() {
    const std::size_t waiting = waiting_packages();
    if (model_.packages().empty() || (waiting < packages_at_once_ && dice_.chance(waiting == 0 ? 40 : 12))) {
        open_package();
    } else if (dice_.chance(12)) {
        say_something_else();
    } else {
        say_something_about(some_package());
    }
}

void StreamWriter::say_something_about(const NaivePackage& package) {
    using Act = void (StreamWriter::*)(const NaivePackage&);
    constexpr std::array<Act, 10> acts = {
        &StreamWriter::offer,  &StreamWriter::confirm, &StreamWriter::decline, &StreamWriter::withdraw,
        &StreamWriter::extend, &StreamWriter::cancel,  &StreamWriter::choose,  &StreamWriter::approve,
        &StreamWriter::refuse, &StreamWriter::change_provider};
    std::size_t act = 0;
    switch (package.phase) {
        case Phase::opening_approval:
            act = dice_.weighted({4, 2, 2, 1, 2, 2, 1, 80, 1, 3});
            break;
        case Phase::stage_open:
            if (rules_of(package, last_stage(package)).kind == matching::StageKind::confirm) {
                act = dice_.weighted({6, 60, 14, 1, 4, 1, 1, 1, 1, 6});
            } else {
                act = dice_.weighted({72, 2, 8, 5, 4, 1, 1, 1, 1, 4});
            }
            break;
        case Phase::choice_open:
            act = dice_.weighted({2, 1, 1, 14, 1, 1, 58, 1, 1, 20});
            break;
        case Phase::award_approval:
            act = dice_.weighted({1, 1, 1, 14, 1, 1, 1, 40, 1, 39});
            break;
        case Phase::awarded:
            act = dice_.weighted({2, 1, 1, 2, 1, 3, 1, 1, 50, 10});
            break;
        case Phase::unawarded:
        case Phase::cancelled:
            act = dice_.weighted({10, 5, 5, 20, 5, 5, 5, 5, 5, 5});
            break;
    }
    (this->*acts[act])(package);
}

void StreamWriter::say_something_else() {
    switch (dice_.weighted({25, 10, 15, 15, 15, 10})) {
        case 0:
            repeat_something();
            break;
        case 1:
            say(random_procedure(dice_, clockwork_, dice_.one_of({"p", "q", "r"}), now_ns_));
            break;
        case 2:
            report();
            break;
        case 3:
            say(command::Advance{});
            break;
        case 4:
            offer_again();
            break;
        default:
            say(random_provider(dice_, clockwork_, provider_ids[dice_.below(provider_ids.size())], now_ns_));
            break;
    }
}

void StreamWriter::open_package() {
    const std::string id = "K" + std::to_string(model_.packages().size() + 1);
    const char* procedure = dice_.chance(2) ? "unheard-of" : procedure_ids[dice_.below(model_.procedures().size())];
    say(random_package(dice_, clockwork_, id, procedure));
}

// A provider that matters to that package, most often.
void StreamWriter::change_provider(const NaivePackage& package) {
    const std::string_view id = dice_.chance(70) ? some_offering(package) : some_provider();
    for (const auto& registered : model_.providers()) {
        if (registered.current().id != id) continue;
        command::Provider provider = registered.current();
        // Between the close and the award it is suspensions, and their end, that matter.
        const bool pending = package.phase == Phase::choice_open || package.phase == Phase::award_approval;
        if (pending && dice_.chance(75)) {
            provider.suspended = !provider.suspended;
        } else {
            provider = changed(dice_, clockwork_, provider, now_ns_);
        }
        say(provider);
        return;
    }
    say(random_provider(dice_, clockwork_, id, now_ns_));
}

// Word for word, or with another content under the same id.
void StreamWriter::repeat_something() {
    const std::size_t recent = std::min<std::size_t>(said_.size(), 40);
    Command again = said_[said_.size() - 1 - dice_.below(recent)].command;
    auto* package = std::get_if<command::Package>(&again);
    if (package != nullptr && dice_.chance(30)) package->urgency = "changed";
    say(again);
}

void StreamWriter::report() {
    const Instant from_ns = dice_.chance(40) ? clockwork_.begin_ns : clockwork_.after(now_ns_, -dice_.between(0, 20));
    const Instant to_ns = dice_.chance(40) ? last_instant : clockwork_.after(from_ns, dice_.between(0, 20));
    say(command::Report{dice_.chance(4) ? "unheard-of" : dice_.one_of({"p", "p", "q", "r"}), from_ns, to_ns});
}

void StreamWriter::offer(const NaivePackage& package) {
    command::Offer offer;
    offer.package = some_package_id(package);
    offer.provider = dice_.chance(92) ? some_invited(package) : some_provider();
    // Mostly a new id; now and then one that may have been used.
    if (dice_.chance(92)) ++offers_named_;
    offer.id = for_good("o" + std::to_string(offers_named_));
    offer.start_ns = clockwork_.after(clockwork_.starts_ns, static_cast<std::int64_t>(dice_.weighted({50, 30, 15, 3})));
    if (dice_.chance(3)) offer.start_ns = now_ns_;
    if (dice_.chance(3) && now_ns_ > 0) offer.start_ns = now_ns_ - 1;
    if (dice_.chance(75)) offer.price_pence = dice_.one_of<matching::Pence>({0, 200, 200, 250, 300});
    if (dice_.chance(2)) offer.price_pence = std::numeric_limits<matching::Pence>::max();
    if (dice_.chance(75)) offer.landlord = dice_.one_of({"L", "Łódź Homes"});
    if (dice_.chance(5)) offer.submitted_at_ns = now_ns_ / 2;
    say(offer);
}

// One that was accepted, from anywhere, the same or with one thing changed.
void StreamWriter::offer_again() {
    const NaivePackage& package = some_package();
    if (package.stages.empty()) return;
    const NaiveStage& stage = dice_.one_of(package.stages);
    if (stage.offers.empty()) return;
    const NaiveOffer& earlier = dice_.one_of(stage.offers);
    command::Offer offer;
    offer.id = for_good(earlier.id);
    offer.provider = for_good(earlier.provider);
    offer.package = for_good(package.registered.id);
    offer.start_ns = earlier.start_ns;
    offer.price_pence = earlier.price_pence;
    if (earlier.landlord) offer.landlord = for_good(*earlier.landlord);
    switch (dice_.weighted({70, 10, 10, 10, 10})) {
        case 0:
            break;
        case 1:
            offer.package = some_package_id(some_package());
            break;
        case 2:
            offer.start_ns = matching::end_of_window(offer.start_ns, 1);
            break;
        case 3:
            offer.price_pence = dice_.chance(50) ? std::optional<matching::Pence>{0} : std::nullopt;
            break;
        default:
            offer.landlord = dice_.chance(50) ? std::optional<std::string_view>{"N"} : std::nullopt;
            break;
    }
    if (dice_.chance(10)) offer.submitted_at_ns = now_ns_;
    say(offer);
}

void StreamWriter::confirm(const NaivePackage& package) {
    say(command::Confirm{some_package_id(package), dice_.chance(90) ? some_invited(package) : some_provider()});
}

void StreamWriter::decline(const NaivePackage& package) {
    say(command::Decline{some_package_id(package), dice_.chance(90) ? some_invited(package) : some_provider(), {}});
}

void StreamWriter::withdraw(const NaivePackage& package) {
    std::string_view provider = some_provider();
    std::string_view id = "unheard-of";
    if (!package.stages.empty() && dice_.chance(96)) {
        const NaiveStage& stage = dice_.chance(85) ? last_stage(package) : dice_.one_of(package.stages);
        if (!stage.offers.empty()) {
            const bool up = package.phase == Phase::award_approval && &stage == &last_stage(package);
            const bool the_one = up && dice_.chance(50);
            const NaiveOffer& offer = the_one ? stage.offers[package.came_up] : dice_.one_of(stage.offers);
            id = for_good(offer.id);
            if (dice_.chance(97)) provider = for_good(offer.provider);
        }
    }
    say(command::Withdraw{provider, id, {}});
}

void StreamWriter::extend(const NaivePackage& package) {
    Instant closes_ns = clockwork_.after(now_ns_, dice_.between(0, 8));
    if (package.phase == Phase::stage_open) {
        closes_ns = clockwork_.after(last_stage(package).closes_ns, dice_.between(-1, 5));
    }
    say(command::Extend{some_package_id(package), closes_ns, "snow"});
}

void StreamWriter::cancel(const NaivePackage& package) { say(command::Cancel{some_package_id(package), {}}); }

void StreamWriter::choose(const NaivePackage& package) {
    command::Choice choice;
    choice.package = some_package_id(package);
    if (dice_.chance(88)) choice.provider = dice_.chance(90) ? some_offering(package) : some_provider();
    if (dice_.chance(65)) choice.alternative = dice_.chance(92);
    if (choice.alternative && choice.provider && dice_.chance(75)) choice.provider = some_passed_over(package);
    if (dice_.chance(30)) choice.top_up_agreed = dice_.chance(70);
    say(choice);
}

void StreamWriter::approve(const NaivePackage& package) {
    std::string_view role = dice_.one_of({"director", "cabinet", "mayor"});
    const bool pending = package.phase == Phase::opening_approval || package.phase == Phase::award_approval;
    if (pending && dice_.chance(88)) role = for_good(package.approvals_left.front());
    say(command::Approve{some_package_id(package), role, dice_.chance(90), {}});
}

void StreamWriter::refuse(const NaivePackage& package) {
    std::string_view provider = some_provider();
    if (package.phase == Phase::awarded && dice_.chance(85)) {
        provider = for_good(last_stage(package).offers[package.came_up].provider);
    }
    say(command::Refuse{some_package_id(package), provider, {}});
}

// Mostly one of the last few, and most of those still wait for something.
const NaivePackage& StreamWriter::some_package() {
    const auto& packages = model_.packages();
    if (dice_.chance(88)) {
        std::vector<const NaivePackage*> waiting;
        for (const NaivePackage& package : packages) {
            if (is_waiting(package)) waiting.push_back(&package);
        }
        if (!waiting.empty()) return *dice_.one_of(waiting);
    }
    const std::size_t recent = std::min<std::size_t>(packages.size(), dice_.chance(85) ? 4 : 100);
    return packages[packages.size() - 1 - dice_.below(recent)];
}

std::string_view StreamWriter::some_package_id(const NaivePackage& meant) {
    return dice_.chance(1) ? "unheard-of" : for_good(meant.registered.id);
}

std::string_view StreamWriter::some_provider() {
    if (dice_.chance(4)) return "unheard-of";
    return for_good(dice_.one_of(model_.providers()).current().id);
}

std::string_view StreamWriter::some_invited(const NaivePackage& package) {
    if (package.stages.empty()) return some_provider();
    const NaiveStage& stage = last_stage(package);
    const std::string& provider = dice_.one_of(stage.invited).provider;
    // Another throw for one that has an offer, so that more stages have several.
    if (live_offer(stage, provider) == nullptr || dice_.chance(30)) return for_good(provider);
    return for_good(dice_.one_of(stage.invited).provider);
}

// One whose offer counts, most often; one that came up rather than another.
std::string_view StreamWriter::some_offering(const NaivePackage& package) {
    if (package.stages.empty() || last_stage(package).offers.empty()) return some_invited(package);
    const NaiveStage& stage = last_stage(package);
    const bool up = package.phase == Phase::award_approval || package.phase == Phase::awarded;
    if (up && dice_.chance(50)) return for_good(stage.offers[package.came_up].provider);
    return for_good(dice_.one_of(stage.offers).provider);
}

// One whose offer was not shortlisted, where a choice is open.
std::string_view StreamWriter::some_passed_over(const NaivePackage& package) {
    std::vector<const NaiveOffer*> passed_over;
    for (std::size_t i = 0; package.phase == Phase::choice_open && i < last_stage(package).offers.size(); ++i) {
        const NaiveOffer& offer = last_stage(package).offers[i];
        const bool listed = std::count(package.shortlist.begin(), package.shortlist.end(), i) > 0;
        if (offer.fate == OfferFate::live && !listed) passed_over.push_back(&offer);
    }
    return passed_over.empty() ? some_offering(package) : for_good(dice_.one_of(passed_over)->provider);
}

std::size_t StreamWriter::waiting_packages() const {
    const auto& packages = model_.packages();
    return static_cast<std::size_t>(std::count_if(packages.begin(), packages.end(), is_waiting));
}

}  // namespace tiebreak::reference
