#include "tests/reference/generators.hpp"

#include <algorithm>
#include <ostream>
#include <string>

#include "matching/well_formed.hpp"
#include "wire/json_writer.hpp"

namespace tiebreak::reference {

using matching::Command;
namespace command = matching::command;

namespace {

// Every way to make a command say a little less, well-formed or not.
class Simpler {
public:
    std::vector<Command> commands;

    void operator()(const command::Procedure& procedure) {
        each_without(procedure, &command::Procedure::stages);
        each_without(procedure, &command::Procedure::ranking);
        each_without(procedure, &command::Procedure::approvals);
        each_without(procedure, &command::Procedure::requires_);
        each_without(procedure, &command::Procedure::obligations);
        without(procedure, &command::Procedure::rating_rule);
        without(procedure, &command::Procedure::title);
        for (std::size_t i = 0; i < procedure.stages.size(); ++i) {
            simpler_stage(procedure, i, [](matching::Stage& s) { s.audience = {}; });
            simpler_stage(procedure, i, [](matching::Stage& s) { s.audience.roles.reset(); });
            simpler_stage(procedure, i, [](matching::Stage& s) { s.audience.confirmed = false; });
            simpler_stage(procedure, i, [](matching::Stage& s) { s.windows.clear(); });
            simpler_stage(procedure, i, [](matching::Stage& s) { s.close = matching::CloseRule::deadline; });
            simpler_stage(procedure, i, [](matching::Stage& s) { s.kind = matching::StageKind::offer; });
        }
        for (std::size_t i = 0; i < procedure.ranking.size(); ++i) {
            simpler_criterion(procedure, i, [](matching::Criterion& c) { c.from_ns.reset(); });
            simpler_criterion(procedure, i, [](matching::Criterion& c) { c.until_ns.reset(); });
            simpler_criterion(procedure, i, [](matching::Criterion& c) { c.alternative.reset(); });
            simpler_criterion(procedure, i, [](matching::Criterion& c) {
                if (c.alternative) c.alternative->clear();
            });
        }
    }
    void operator()(const command::Provider& provider) {
        each_without(provider, &command::Provider::memberships);
        each_without(provider, &command::Provider::capabilities);
        without(provider, &command::Provider::name);
        without(provider, &command::Provider::services);
        without(provider, &command::Provider::quality);
        without(provider, &command::Provider::ratings);
        without(provider, &command::Provider::feedback);
        without(provider, &command::Provider::cqc);
        without(provider, &command::Provider::vacancies);
        without(provider, &command::Provider::suspended);
    }
    void operator()(const command::Package& package) {
        each_without(package, &command::Package::needs);
        without(package, &command::Package::zone);
        without(package, &command::Package::service);
        without(package, &command::Package::scheme);
        without(package, &command::Package::urgency);
        without(package, &command::Package::window_ns);
        without(package, &command::Package::value_pence);
        without(package, &command::Package::start_from_ns);
        without(package, &command::Package::start_by_ns);
        without(package, &command::Package::direct_payment);
        without(package, &command::Package::standard_fee_pence);
    }
    void operator()(const command::Offer& offer) {
        without(offer, &command::Offer::price_pence);
        without(offer, &command::Offer::landlord);
        without(offer, &command::Offer::submitted_at_ns);
    }
    void operator()(const command::Choice& choice) {
        without(choice, &command::Choice::alternative);
        without(choice, &command::Choice::top_up_agreed);
    }
    template <typename Other>
    void operator()(const Other&) {}

private:
    template <typename Content, typename Member>
    void without(const Content& content, Member Content::* member) {
        if (content.*member == Member{}) return;
        Content less = content;
        less.*member = Member{};
        commands.emplace_back(less);
    }
    template <typename Content, typename Element>
    void each_without(const Content& content, std::vector<Element> Content::* list) {
        for (std::size_t i = 0; i < (content.*list).size(); ++i) {
            Content less = content;
            (less.*list).erase((less.*list).begin() + static_cast<std::ptrdiff_t>(i));
            commands.emplace_back(less);
        }
    }
    template <typename Change>
    void simpler_stage(const command::Procedure& procedure, std::size_t stage, Change change) {
        command::Procedure less = procedure;
        change(less.stages[stage]);
        if (!(less == procedure)) commands.emplace_back(less);
    }
    template <typename Change>
    void simpler_criterion(const command::Procedure& procedure, std::size_t criterion, Change change) {
        command::Procedure less = procedure;
        change(less.ranking[criterion]);
        if (!(less == procedure)) commands.emplace_back(less);
    }
};

rc::Seq<StampedCommand> simpler(const StampedCommand& stamped) {
    Simpler found;
    std::visit(found, stamped.command);
    std::vector<StampedCommand> well_formed;
    for (const Command& command : found.commands) {
        if (!matching::find_flaw(command)) well_formed.push_back({stamped.at_ns, command});
    }
    return rc::seq::fromContainer(std::move(well_formed));
}

rc::Seq<Stream> smaller(const Stream& stream) {
    const auto as_stream = [](std::vector<StampedCommand>&& commands) { return Stream{std::move(commands)}; };
    return rc::seq::concat(rc::seq::map(rc::shrink::removeChunks(stream.commands), as_stream),
                           rc::seq::map(rc::shrink::eachElement(stream.commands, simpler), as_stream));
}

}  // namespace

void showValue(const Stream& stream, std::ostream& to) {
    std::string line;
    to << '\n';
    for (const StampedCommand& stamped : stream.commands) {
        line.clear();
        wire::append_command(line, stamped.at_ns, stamped.command);
        to << line << '\n';
    }
}

rc::Gen<Stream> streams(std::size_t commands) {
    return [commands](rc::Random random, int size) {
        const std::size_t part = static_cast<std::size_t>(std::max(size, 1));
        const std::size_t wanted = std::max<std::size_t>(20, commands * std::min<std::size_t>(part, 100) / 100);
        return rc::shrinkable::shrinkRecur(Stream{StreamWriter{random.next()}.write(wanted)},
                                           [](const Stream& stream) { return smaller(stream); });
    };
}

}  // namespace tiebreak::reference
