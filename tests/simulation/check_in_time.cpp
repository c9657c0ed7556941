#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <variant>

#include "matching/commands.hpp"
#include "tests/simulation/checkers.hpp"
#include "tests/simulation/sent_commands.hpp"
#include "wire/event_reader.hpp"
#include "wire/request_reader.hpp"
#include "wire/topics.hpp"

namespace tiebreak::simulation {
namespace {

namespace event = matching::event;

class InTime final : public Checker {
public:
    InTime() : Checker("in time is let in, late is not") {}

    // Who was ever suspended may be left out of a ranking for that.
    void on_sent(std::uint32_t, std::uint64_t, std::span<const std::byte> request) override {
        for_each_but_offers(reader_, request, [&](const matching::Command& sent) {
            const auto* provider = std::get_if<matching::command::Provider>(&sent);
            if (provider != nullptr && provider->suspended) ever_suspended_.insert(provider->id);
        });
    }

    void on_reply(std::uint32_t, std::uint64_t, std::span<const std::byte> request, const wire::ReplyReader& reply) override {
        if (!reply.code().empty() || reader_.open(request)) return;
        for (std::size_t i = 0; i < reader_.size() && i < reply.replies().size(); ++i) {
            matching::command::Offer offer;
            if (!reader_.is_offer(i) || reader_.decode_offer(i, offer)) continue;
            const wire::CommandReplyView& told = reply.replies()[i];
            if (told.arrival_ns == 0 || told.duplicate) continue;
            Package& package = packages_[std::string{offer.package}];
            if (told.code.empty()) {
                package.receipts[{std::string{offer.provider}, std::string{offer.id}}] = told.arrival_ns;
            } else if (told.code == "closed") {
                package.turned_away_ns.insert(told.arrival_ns);
            }
        }
    }

    void on_notice(std::uint32_t portal, const wire::Notice& notice) override {
        if (portal != 0 || notice.topic != wire::all_topic) return;
        if (notice.kind == wire::NoticeKind::gap) blind_ = true;  // what it hears from now on is not the whole story
        if (notice.kind != wire::NoticeKind::event || blind_) return;
        if (event_reader_.open(notice.body)) return;
        std::visit([&](const auto& said) { note(event_reader_.event().at_ns, said); }, event_reader_.event().body);
    }

    void at_end(const JournalAudit&) override {
        if (blind_) return;
        for (const auto& [id, package] : packages_) check(id, package);
    }

private:
    using Offer = std::pair<std::string, std::string>;  // provider, offer
    struct Window {
        matching::Instant opened_ns = 0;
        std::optional<matching::Instant> ended_ns;
        bool by_offer = false;  // ended by a command, which was the last one in time
    };
    struct Package {
        std::vector<Window> windows;
        std::map<Offer, matching::Instant> receipts;
        std::map<Offer, matching::Instant> accepted;  // on the feed
        std::set<Offer> live;                         // of the last stage
        std::set<matching::Instant> turned_away_ns;
    };

    template <typename Body>
    void note(matching::Instant, const Body&) {}

    void note(matching::Instant at_ns, const event::StageOpened& said) {
        Package& package = packages_[std::string{said.package}];
        package.windows.push_back({at_ns, {}, false});
        package.live.clear();
    }
    void note(matching::Instant at_ns, const event::StageClosed& said) {
        auto& windows = packages_[std::string{said.package}].windows;
        if (windows.empty()) return fail("a window of " + std::string{said.package} + " closed and none had opened");
        windows.back().ended_ns = at_ns;
        windows.back().by_offer = said.cause != matching::CloseCause::deadline;
    }
    void note(matching::Instant at_ns, const event::PackageCancelled& said) {
        auto& windows = packages_[std::string{said.package}].windows;
        if (!windows.empty() && !windows.back().ended_ns) windows.back().ended_ns = at_ns;
    }
    void note(matching::Instant, const event::OfferAccepted& said) {
        if (said.duplicate) return;
        Package& package = packages_[std::string{said.package}];
        const Offer offer{said.provider, said.offer};
        package.accepted[offer] = said.arrival_ns;
        package.live.insert(offer);
        if (said.supersedes) package.live.erase({std::string{said.provider}, std::string{*said.supersedes}});
        const bool is_open = !package.windows.empty() && !package.windows.back().ended_ns &&
                             said.arrival_ns >= package.windows.back().opened_ns;
        if (!is_open) {
            fail("offer " + offer.second + " of " + offer.first + " was accepted for " + std::string{said.package} +
                 " when no window was open");
        }
    }
    void note(matching::Instant, const event::OfferWithdrawn& said) {
        packages_[std::string{said.package}].live.erase({std::string{said.provider}, std::string{said.offer}});
    }
    void note(matching::Instant, const event::AwardRefused& said) {
        auto& live = packages_[std::string{said.package}].live;
        std::erase_if(live, [&](const Offer& offer) { return offer.first == said.provider; });
    }
    void note(matching::Instant, const event::Awarded& said) {
        const Package& package = packages_[std::string{said.package}];
        std::set<Offer> ranked;
        for (const matching::RankedOffer& offer : said.ranking) ranked.insert({std::string{offer.provider}, std::string{offer.offer}});
        for (const Offer& offer : package.live) {
            if (!ranked.contains(offer) && !ever_suspended_.contains(offer.first)) {
                fail("offer " + offer.second + " of " + offer.first + " was in time and is not ranked for " + std::string{said.package});
            }
        }
        for (const Offer& offer : ranked) {
            if (!package.live.contains(offer)) {
                fail("offer " + offer.second + " of " + offer.first + " is ranked for " + std::string{said.package} + " and was not live");
            }
        }
    }

    void check(const std::string& id, const Package& package) {
        for (const auto& [offer, stamp_ns] : package.receipts) {
            const auto accepted = package.accepted.find(offer);
            if (accepted == package.accepted.end() || accepted->second != stamp_ns) {
                fail("offer " + offer.second + " of " + offer.first + " for " + id + " has a receipt of " + std::to_string(stamp_ns) +
                     " that the feed does not know");
            }
        }
        for (const auto& [offer, stamp_ns] : package.accepted) {
            if (!is_open(package, stamp_ns, true)) {
                fail("offer " + offer.second + " of " + offer.first + " for " + id + " was let in at " + std::to_string(stamp_ns) +
                     " and no window was open then");
            }
        }
        for (const matching::Instant stamp_ns : package.turned_away_ns) {
            if (is_open(package, stamp_ns, false)) {
                fail("an offer for " + id + " was turned away at " + std::to_string(stamp_ns) + " and its window was open");
            }
        }
    }

    static bool is_open(const Package& package, matching::Instant stamp_ns, bool with_the_last) {
        return std::any_of(package.windows.begin(), package.windows.end(), [&](const Window& window) {
            if (stamp_ns < window.opened_ns) return false;
            if (!window.ended_ns || stamp_ns < *window.ended_ns) return true;
            return with_the_last && window.by_offer && stamp_ns == *window.ended_ns;
        });
    }

    bool blind_ = false;
    wire::RequestReader reader_;
    wire::EventReader event_reader_;
    std::map<std::string, Package> packages_;
    std::set<std::string> ever_suspended_;
};

}  // namespace

std::unique_ptr<Checker> in_time() { return std::make_unique<InTime>(); }

}  // namespace tiebreak::simulation
