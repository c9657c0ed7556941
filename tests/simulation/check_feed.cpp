#include <map>
#include <set>
#include <utility>
#include <variant>

#include "tests/simulation/checkers.hpp"
#include "tests/simulation/journal_audit.hpp"
#include "wire/event_reader.hpp"
#include "wire/event_writer.hpp"
#include "wire/topics.hpp"

namespace tiebreak::simulation {
namespace {

namespace event = matching::event;

std::string text_of(std::string_view topic, std::uint64_t topic_sequence) {
    return "event " + std::to_string(topic_sequence) + " of " + std::string{topic};
}

// What an event says but for its global number.
class Content {
public:
    [[nodiscard]] std::uint64_t hash(std::span<const std::byte> body) {
        if (reader_.open(body)) return 0;
        matching::Event said = reader_.event();
        said.sequence = 0;
        return hash_of(writer_.write(said)) | 1U;
    }

private:
    wire::EventReader reader_;
    wire::EventWriter writer_;
};

class OneAward final : public Checker {
public:
    explicit OneAward(Numbers numbers) : Checker("one award for each package, never changed"), numbers_(numbers) {}

    void on_feed_message(std::uint32_t, std::string_view topic, const wire::FeedHead& head,
                         std::span<const std::byte> body) override {
        if (body.empty() || head.topic_sequence == 0) return;
        auto found = said_.find(topic);
        if (found == said_.end()) found = said_.emplace(std::string{topic}, std::vector<Said>{}).first;
        auto& said = found->second;
        if (said.size() < head.topic_sequence) said.resize(head.topic_sequence);
        const std::uint64_t hash = mixed(hash_of(body), head.sequence) | 1U;
        Said& before = said[head.topic_sequence - 1];
        if (before.hash == hash) return;
        // Only a power cut may change a number, whatever the policy.
        const bool may_be_renumbered = numbers_ == Numbers::may_change && topic != wire::all_topic;
        const std::uint64_t content = may_be_renumbered ? content_.hash(body) : 0;
        const bool renumbered = may_be_renumbered && before.content == content && before.power_cuts != power_cuts_;
        if (before.hash != 0 && !renumbered) fail(text_of(topic, head.topic_sequence) + " was said before, and said otherwise");
        before = {hash, content, power_cuts_};
    }
    void on_power_cut() override { ++power_cuts_; }

    void on_notice(std::uint32_t portal, const wire::Notice& notice) override {
        if (notice.topic != wire::all_topic) return;
        if (notice.kind == wire::NoticeKind::gap) blind_.insert(portal);
        if (notice.kind != wire::NoticeKind::event || blind_.contains(portal)) return;
        if (reader_.open(notice.body)) return fail(text_of(notice.topic, notice.topic_sequence) + " can't be read");
        const auto& body = reader_.event().body;
        if (const auto* awarded = std::get_if<event::Awarded>(&body)) {
            std::string& holder = holders_[{portal, std::string{awarded->package}}];
            if (!holder.empty()) {
                fail("package " + std::string{awarded->package} + " is awarded to " + std::string{awarded->provider} +
                     " while " + holder + " holds it");
            }
            holder = awarded->provider;
        } else if (const auto* refused = std::get_if<event::AwardRefused>(&body)) {
            std::string& holder = holders_[{portal, std::string{refused->package}}];
            if (holder != refused->provider) {
                fail("package " + std::string{refused->package} + " is refused by " + std::string{refused->provider} +
                     ", which does not hold it");
            }
            holder.clear();
        }
    }

private:
    struct Said {
        std::uint64_t hash = 0;        // of all of it
        std::uint64_t content = 0;     // but for its number
        std::uint64_t power_cuts = 0;  // before it was said
    };

    const Numbers numbers_;
    std::uint64_t power_cuts_ = 0;  // so far
    Content content_;
    std::map<std::string, std::vector<Said>, std::less<>> said_;
    std::map<std::pair<std::uint32_t, std::string>, std::string> holders_;
    std::set<std::uint32_t> blind_;  // those who do not know every event
    wire::EventReader reader_;
};

class ReplayEqualsFeed final : public Checker {
public:
    ReplayEqualsFeed(Numbers numbers, std::uint64_t* renumbered)
        : Checker("replay equals feed"), numbers_(numbers), renumbered_(renumbered) {}

    void on_notice(std::uint32_t portal, const wire::Notice& notice) override {
        if (notice.kind == wire::NoticeKind::silent) return;
        if (notice.kind == wire::NoticeKind::new_epoch) return fail("a subscriber was told of another data directory");
        Heard& heard = heard_[{portal, notice.topic}];
        if (notice.kind == wire::NoticeKind::gap) {
            if (notice.why != "export_gone") {
                fail(notice.topic + " has a hole from " + std::to_string(notice.first_missing) + " on: " + notice.why);
            }
            heard.next = notice.last_missing + 1;
            return;
        }
        if (heard.next == 0) heard.next = wire::is_topic(notice.topic) && follows_from_start(notice.topic) ? 1 : notice.topic_sequence;
        if (notice.topic_sequence != heard.next) {
            fail(text_of(notice.topic, notice.topic_sequence) + " came where " + std::to_string(heard.next) + " was next");
        }
        heard.next = notice.topic_sequence + 1;
        Heard::Event& event = heard.said.emplace_back();
        event.topic_sequence = notice.topic_sequence;
        event.sequence = notice.sequence;
        event.hash = hash_of(notice.body);
        event.power_cuts = power_cuts_;
        if (may_be_renumbered(notice.topic)) event.content = content_.hash(notice.body);
    }
    void on_power_cut() override { ++power_cuts_; }

    void at_end(const JournalAudit& audit) override {
        for (const auto& [where, heard] : heard_) {
            const auto& [portal, topic] = where;
            const auto replayed = audit.topics().find(topic);
            const std::size_t count = replayed == audit.topics().end() ? 0 : replayed->second.size();
            for (const Heard::Event& said : heard.said) {
                if (said.topic_sequence > count) {
                    fail(text_of(topic, said.topic_sequence) + " was heard, and a replay has " + std::to_string(count));
                    break;
                }
                const JournalAudit::Said& expected = replayed->second[said.topic_sequence - 1];
                if (expected.sequence == said.sequence && expected.hash == said.hash) continue;
                if (may_be_renumbered(topic) && expected.by_deadline && expected.content == said.content && said.power_cuts < power_cuts_) {
                    if (renumbered_ != nullptr) ++*renumbered_;
                    continue;
                }
                fail(text_of(topic, said.topic_sequence) + " is another one in a replay");
                break;
            }
            if (follows_from_start(topic) && heard.next != count + 1) {
                fail("portal " + std::to_string(portal) + " has " + topic + " up to " + std::to_string(heard.next - 1) +
                     ", a replay up to " + std::to_string(count));
            }
        }
        if (heard_.empty() && audit.events() != 0) fail("nobody heard anything");
    }

private:
    struct Heard {
        struct Event {
            std::uint64_t topic_sequence = 0;
            std::uint64_t sequence = 0;
            std::uint64_t hash = 0;
            std::uint64_t content = 0;     // where the number may change
            std::uint64_t power_cuts = 0;  // before it was heard
        };
        std::uint64_t next = 0;  // topic sequence; 0: nothing yet
        std::vector<Event> said;
    };
    [[nodiscard]] bool may_be_renumbered(std::string_view topic) const {
        return numbers_ == Numbers::may_change && topic != wire::all_topic;
    }
    // Those that portals ask for by name; of others they know by their messages only, and may have missed the first or the last.
    static bool follows_from_start(std::string_view topic) { return topic == wire::all_topic || topic == wire::award_topic; }

    const Numbers numbers_;
    std::uint64_t* renumbered_;
    std::uint64_t power_cuts_ = 0;  // so far
    Content content_;
    std::map<std::pair<std::uint32_t, std::string>, Heard> heard_;
};

}  // namespace

std::unique_ptr<Checker> one_award(Numbers numbers) { return std::make_unique<OneAward>(numbers); }
std::unique_ptr<Checker> replay_equals_feed(Numbers numbers, std::uint64_t* renumbered) {
    return std::make_unique<ReplayEqualsFeed>(numbers, renumbered);
}

}  // namespace tiebreak::simulation
