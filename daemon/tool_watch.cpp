// tiebreak watch: the feed as JSON Lines, in order, each event once.
#include <chrono>
#include <deque>
#include <iostream>
#include <unordered_set>

#include <CLI/CLI.hpp>
#include <zmq.hpp>

#include "daemon/tool.hpp"
#include "wire/event_reader.hpp"
#include "wire/feed_follower.hpp"
#include "wire/json_writer.hpp"
#include "wire/subscriber.hpp"
#include "wire/topics.hpp"

namespace tiebreak::daemon {
namespace {

using Clock = std::chrono::steady_clock;

struct WatchOptions {
    std::vector<std::string> topics{"all"};
    std::string endpoint = default_commands_endpoint;
    std::string feed = default_feed_endpoint;
    std::uint64_t from = 0;
    bool from_given = false;
    std::uint64_t count = 0;      // 0: no end
    double until_idle_s = 0;      // 0: no end
};

// An event that goes out on two of the topics comes twice: the second time is left out.
class Seen {
public:
    bool is_new(std::uint64_t sequence) {
        if (!known_.insert(sequence).second) return false;
        order_.push_back(sequence);
        if (order_.size() > kept_max) {
            known_.erase(order_.front());
            order_.pop_front();
        }
        return true;
    }

private:
    static constexpr std::size_t kept_max = 1'000'000;
    std::unordered_set<std::uint64_t> known_;
    std::deque<std::uint64_t> order_;
};

class Watching {
public:
    Watching(const WatchOptions& options, wire::Subscriber& subscriber)
        : options_(options), subscriber_(subscriber), one_topic_(options.topics.size() == 1) {}

    int run() {
        auto last_event = Clock::now();
        while (!interrupted() && !done()) {
            const auto notices = subscriber_.poll(std::chrono::milliseconds(100));
            bool any = false;
            for (const wire::Notice& notice : notices) {
                any = take(notice) || any;
                if (done()) break;
            }
            if (any) std::cout.flush();
            if (!std::cout) return complain("can't write the events", tool_failed);
            const auto now = Clock::now();
            if (any) last_event = now;
            const std::chrono::duration<double> idle = now - last_event;
            if (options_.until_idle_s > 0 && idle.count() >= options_.until_idle_s) break;
        }
        std::cout.flush();
        if (gaps_) return tool_unfinished;
        return interrupted() ? tool_interrupted : tool_ok;
    }

private:
    [[nodiscard]] bool done() const { return options_.count != 0 && printed_ >= options_.count; }

    bool take(const wire::Notice& notice) {
        switch (notice.kind) {
            case wire::NoticeKind::event: return print(notice);
            case wire::NoticeKind::gap:
                gaps_ = true;
                std::cerr << "gap: " << notice.topic << " lacks events " << notice.first_missing << " to "
                          << (notice.last_missing == 0 ? std::string{"its end"} : std::to_string(notice.last_missing)) << ": "
                          << notice.why << "; `tiebreak export --live | tiebreak replay -` gives them all" << std::endl;
                return false;
            default:
                if (!notice.why.empty()) std::cerr << "tiebreak: " << notice.why << std::endl;
                return false;
        }
    }

    bool print(const wire::Notice& notice) {
        if (options_.from_given && notice.sequence < options_.from) return false;
        if (!one_topic_ && !seen_.is_new(notice.sequence)) return false;
        if (const auto flaw = reader_.open(notice.body)) {
            complain("an event can't be read: " + *flaw, tool_failed);
            return false;
        }
        line_.clear();
        wire::append_event(line_, reader_.event());
        line_ += '\n';
        std::cout << line_;
        ++printed_;
        return true;
    }

    const WatchOptions& options_;
    wire::Subscriber& subscriber_;
    const bool one_topic_;
    wire::EventReader reader_;
    Seen seen_;
    std::string line_;
    std::uint64_t printed_ = 0;
    bool gaps_ = false;
};

// "package/K1" is as good as "package/K1/"; "package" alone is every package.
std::string topic_of(std::string text) {
    if (text.empty() || text.back() != '/') text += '/';
    return text;
}

int watch(const WatchOptions& options) {
    std::ios::sync_with_stdio(false);
    zmq::context_t context(1);
    wire::SubscriberOptions to;
    to.endpoint = options.feed;
    to.history_endpoint = options.endpoint;
    std::string why;
    const auto subscriber = wire::Subscriber::connect(context, to, why);
    if (!subscriber) return complain(why, tool_usage);
    for (const std::string& text : options.topics) {
        const std::string topic = topic_of(text);
        const bool whole = wire::is_topic(topic);
        if (!whole && topic != "package/" && topic != "zone/" && topic != "provider/")
            return complain(text + " is no topic; topics are all, award, package/ID, zone/ID, provider/ID, and package, zone "
                                   "or provider for every one",
                            tool_usage);
        if (!whole && options.from_given) return complain("--from needs whole topics, such as all or package/ID", tool_usage);
        if (options.from_given)
            subscriber->subscribe(topic, options.from == 0 ? 0 : options.from - 1);
        else
            subscriber->subscribe(topic);
    }
    note_interrupts();
    return Watching(options, *subscriber).run();
}

}  // namespace

void add_watch_command(CLI::App& tool, int& exit_status) {
    auto* const command = tool.add_subcommand("watch", "Follow the feed of a running daemon");
    auto options = std::make_shared<WatchOptions>();
    command->add_option("TOPIC", options->topics, "all, award, package/ID, zone/ID or provider/ID")->capture_default_str();
    command->add_option("--feed", options->feed, "The daemon's feed socket")->envname("TIEBREAK_FEED")->capture_default_str();
    add_connect_option(*command, options->endpoint);
    auto* const from = command->add_option("--from", options->from, "Begin with the event of this sequence; 1 for the first of all");
    command->add_option("--count", options->count, "End after so many events");
    command->add_option("--until-idle", options->until_idle_s, "End when no event has come for so many seconds");
    command->footer(
        "Events as JSON Lines, each once and in order. What was missed is asked for; what can't be had any more is named\n"
        "on standard error as a gap (exit status 4).\n\n"
        "Examples:\n"
        "  tiebreak watch                       everything, from now on\n"
        "  tiebreak watch award                 what became of each package\n"
        "  tiebreak watch provider/P7 --from 1  what concerned one provider, from the beginning");
    command->callback([options, from, &exit_status] {
        options->from_given = from->count() > 0;
        exit_status = watch(*options);
    });
}

}  // namespace tiebreak::daemon
