#include <map>
#include <utility>
#include <variant>

#include "tests/simulation/checkers.hpp"
#include "tests/simulation/journal_audit.hpp"
#include "wire/event_reader.hpp"
#include "wire/topics.hpp"

namespace tiebreak::simulation {
namespace {

namespace event = matching::event;

std::string text_of(std::string_view topic, std::uint64_t topic_sequence) {
    return "event " + std::to_string(topic_sequence) + " of " + std::string{topic};
}

class OneAward final : public Checker {
public:
    OneAward() : Checker("one award for each package, never changed") {}

    void on_feed_message(std::uint32_t, std::string_view topic, const wire::FeedHead& head,
                         std::span<const std::byte> body) override {
        if (body.empty() || head.topic_sequence == 0) return;
        auto found = said_.find(topic);
        if (found == said_.end()) found = said_.emplace(std::string{topic}, std::vector<std::uint64_t>{}).first;
        auto& said = found->second;
        if (said.size() < head.topic_sequence) said.resize(head.topic_sequence);
        const std::uint64_t hash = mixed(hash_of(body), head.sequence) | 1U;
        std::uint64_t& before = said[head.topic_sequence - 1];
        if (before != 0 && before != hash) fail(text_of(topic, head.topic_sequence) + " was said before, and said otherwise");
        before = hash;
    }

    void on_notice(std::uint32_t portal, const wire::Notice& notice) override {
        if (notice.kind != wire::NoticeKind::event || notice.topic != wire::all_topic) return;
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
    std::map<std::string, std::vector<std::uint64_t>, std::less<>> said_;
    std::map<std::pair<std::uint32_t, std::string>, std::string> holders_;
    wire::EventReader reader_;
};

class ReplayEqualsFeed final : public Checker {
public:
    ReplayEqualsFeed() : Checker("replay equals feed") {}

    void on_notice(std::uint32_t portal, const wire::Notice& notice) override {
        if (notice.kind == wire::NoticeKind::silent) return;
        if (notice.kind == wire::NoticeKind::new_epoch) return fail("a subscriber was told of another data directory");
        Heard& heard = heard_[{portal, notice.topic}];
        if (notice.kind == wire::NoticeKind::gap) {
            if (notice.why != "history_gone") {
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
        heard.said.push_back({notice.topic_sequence, {notice.sequence, hash_of(notice.body)}});
    }

    void at_end(const JournalAudit& audit) override {
        for (const auto& [where, heard] : heard_) {
            const auto& [portal, topic] = where;
            const auto replayed = audit.topics().find(topic);
            const std::size_t count = replayed == audit.topics().end() ? 0 : replayed->second.size();
            for (const auto& [topic_sequence, said] : heard.said) {
                if (topic_sequence > count) {
                    fail(text_of(topic, topic_sequence) + " was heard, and a replay has " + std::to_string(count));
                    break;
                }
                const JournalAudit::Said& expected = replayed->second[topic_sequence - 1];
                if (expected.sequence == said.sequence && expected.hash == said.hash) continue;
                fail(text_of(topic, topic_sequence) + " is another one in a replay");
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
        std::uint64_t next = 0;  // topic sequence; 0: nothing yet
        std::vector<std::pair<std::uint64_t, JournalAudit::Said>> said;
    };
    // Those that portals ask for by name; of others they know by their messages only, and may have missed the first or the last.
    static bool follows_from_start(std::string_view topic) { return topic == wire::all_topic || topic == wire::award_topic; }

    std::map<std::pair<std::uint32_t, std::string>, Heard> heard_;
};

}  // namespace

std::unique_ptr<Checker> one_award() { return std::make_unique<OneAward>(); }
std::unique_ptr<Checker> replay_equals_feed() { return std::make_unique<ReplayEqualsFeed>(); }

}  // namespace tiebreak::simulation
