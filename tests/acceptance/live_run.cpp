#include "tests/acceptance/live_run.hpp"

#include <algorithm>
#include <chrono>
#include <memory>
#include <optional>
#include <stdexcept>
#include <utility>

#include "matching/engine.hpp"
#include "tests/acceptance/compare.hpp"
#include "tests/acceptance/live_plan.hpp"
#include "tests/end_to_end/daemon_process.hpp"
#include "wire/client.hpp"
#include "wire/event_reader.hpp"
#include "wire/subscriber.hpp"

namespace tiebreak::acceptance {
namespace {

constexpr matching::Duration millisecond_ns = 1'000'000;
constexpr matching::Duration margins_ns[] = {80 * millisecond_ns, 400 * millisecond_ns, 2'000 * millisecond_ns};
constexpr std::chrono::seconds patience{30};  // for a reply, or an event beyond its time

matching::Instant now_ns() {
    return std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::system_clock::now().time_since_epoch())
        .count();
}

// The scenario on the engine alone: how many events come before each step, and in all.
struct Model {
    explicit Model(const Scenario& scenario) : course(scenario.calendar) {
        matching::Engine engine;
        const auto begin_ns = scenario.steps.front().at_ns;
        for (const auto& procedure : scenario.procedures) engine.apply(begin_ns, procedure, course);
        for (const auto& provider : scenario.providers) engine.apply(begin_ns, provider, course);
        for (const auto& step : scenario.steps) {
            engine.advance(step.at_ns, course);
            events_before.push_back(course.recorder.events());
            engine.apply(step.at_ns, step.read.command, course);
        }
        engine.advance(matching::last_instant, course);
    }
    Course course;
    std::vector<std::size_t> events_before;
};

class LiveRun {
public:
    LiveRun(const Scenario& scenario, const Model& model, matching::Duration margin_ns)
        : scenario_(scenario),
          model_(model),
          plan_(scenario, model.course, margin_ns),
          daemon_(scratch_.path() / "data"),
          live_(scenario.calendar) {
        std::string why;
        wire::ClientOptions client;
        client.endpoint = daemon_.commands();
        client_ = wire::Client::connect(context_, client, why);
        wire::SubscriberOptions feed;
        feed.endpoint = daemon_.feed();
        feed.history_endpoint = daemon_.commands();
        subscriber_ = wire::Subscriber::connect(context_, feed, why);
        if (!client_ || !subscriber_) throw std::runtime_error(why);
        subscriber_->subscribe("all/", 0);
    }

    // Nothing: the run is void.
    std::optional<Run> run() {
        register_all();
        for (std::size_t i = 0; i < scenario_.steps.size(); ++i) {
            const auto& step = scenario_.steps[i];
            follow(model_.events_before[i], plan_.send_at(step.at_ns));
            carry_out(step);
            if (!plan_.disorder(live_, stamps_).empty()) return std::nullopt;
        }
        follow(model_.course.recorder.events(), 0);
        if (!plan_.disorder(live_, stamps_).empty()) return std::nullopt;
        for (auto& difference : differences(scenario_, live_.recorder.facts(), Strictness::outcomes_only))
            run_.differences.push_back(std::move(difference));
        run_.timeline = live_.recorder.timeline();
        return std::move(run_);
    }

private:
    void register_all() {
        if (!client_->call(wire::query::Status{}, patience)) throw std::runtime_error("the daemon does not answer");
        plan_.begin_at(now_ns() + 50 * millisecond_ns);
        std::vector<matching::Command> commands;
        for (const auto& procedure : scenario_.procedures) commands.emplace_back(plan_.procedure(procedure));
        for (const auto& provider : scenario_.providers) commands.emplace_back(plan_.provider(provider));
        for (const auto& receipt : call(commands))
            if (!receipt.code.empty()) throw std::runtime_error("a registration is refused: " + receipt.detail);
    }

    std::vector<wire::Receipt> call(const std::vector<matching::Command>& commands) {
        auto done = client_->call(commands, patience);
        if (!done || done->outcome != wire::Outcome::replied || !done->code.empty())
            throw std::runtime_error("the daemon did not reply");
        return std::move(done->receipts);
    }

    void carry_out(const Step& step) {
        live_.recorder.say(now_ns(), step.said);
        const auto receipt = call({plan_.command(step.read.command, live_)}).at(0);
        stamps_.push_back(receipt.arrival_ns);
        if (auto difference = answer_difference(step, receipt.code); !difference.empty())
            run_.differences.push_back(std::move(difference));
    }

    // Reads the feed until that many events have come and that instant is reached.
    void follow(std::size_t events, matching::Instant until_ns) {
        auto last_event = std::chrono::steady_clock::now();
        while (live_.recorder.events() < events || now_ns() < until_ns) {
            const auto left_ms = (until_ns - now_ns()) / millisecond_ns;
            const bool wait_for_time = live_.recorder.events() >= events;
            for (const auto& notice : subscriber_->poll(wire::Milliseconds{
                     wait_for_time ? std::max<matching::Duration>(0, std::min<matching::Duration>(left_ms, 20))
                                   : 20})) {
                if (notice.kind != wire::NoticeKind::event)
                    throw std::runtime_error("the feed has a gap: " + notice.why);
                if (const auto flaw = reader_.open(notice.body)) throw std::runtime_error(*flaw);
                live_.on_event(reader_.event());
                last_event = std::chrono::steady_clock::now();
            }
            if (now_ns() > last_end_ns() && std::chrono::steady_clock::now() - last_event > patience)
                throw std::runtime_error("only " + std::to_string(live_.recorder.events()) + " of " +
                                         std::to_string(events) + " events came. What happened:\n" +
                                         live_.recorder.timeline());
        }
    }

    // Of all windows that were announced, and a margin of patience.
    [[nodiscard]] matching::Instant last_end_ns() const {
        matching::Instant last_ns = 0;
        for (const auto& [package, ends] : live_.announced)
            last_ns = std::max(last_ns, *std::max_element(ends.begin(), ends.end()));
        return last_ns + std::chrono::nanoseconds(patience).count();
    }

    const Scenario& scenario_;
    const Model& model_;
    LivePlan plan_;
    tests::TemporaryDirectory scratch_;
    e2e::DaemonProcess daemon_;
    zmq::context_t context_;
    std::unique_ptr<wire::Client> client_;
    std::unique_ptr<wire::Subscriber> subscriber_;
    wire::EventReader reader_;
    Course live_;
    std::vector<matching::Instant> stamps_;
    Run run_;
};

}  // namespace

Run run_live(const Scenario& scenario) {
    const Model model(scenario);
    for (const auto margin_ns : margins_ns)
        if (auto run = LiveRun(scenario, model, margin_ns).run()) return std::move(*run);
    Run late;
    late.differences.push_back("this machine stalled three times, at last for two seconds: nothing can be said");
    return late;
}

}  // namespace tiebreak::acceptance
