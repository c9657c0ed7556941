// A load that could not see a lost, doubled or wrong answer would prove nothing: a server that makes each mistake once is found out.
#include "bench/surge_load.hpp"

#include <functional>
#include <limits>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "bench/surge_clock.hpp"
#include "bench/surge_phase.hpp"
#include "bench/surge_ramp.hpp"
#include "tests/catch.hpp"
#include "wire/reply.hpp"
#include "wire/zmq_frames.hpp"

using namespace tiebreak::bench;
namespace wire = tiebreak::wire;
using tiebreak::matching::Code;

namespace {

// What the fake says to one request: nothing, or one or more messages.
using Answer = std::vector<std::byte>;
using Answers = std::vector<Answer>;

struct Asked {
    std::uint64_t request_id = 0;
    std::int64_t stamp_ns = 0;  // one more with each request
};

// Right answers, but for the request `odd_one`.
class FakeDaemon {
public:
    FakeDaemon(zmq::context_t& context, std::uint64_t odd_one, std::function<Answers(Asked)> odd)
        : socket_(context, zmq::socket_type::router), odd_one_(odd_one), odd_(std::move(odd)) {
        socket_.set(zmq::sockopt::linger, 0);
        socket_.set(zmq::sockopt::rcvtimeo, 20);
        socket_.bind("tcp://127.0.0.1:*");
        endpoint_ = socket_.get(zmq::sockopt::last_endpoint);
        thread_ = std::thread([this] { run(); });
    }
    ~FakeDaemon() {
        stopping_.store(true);
        thread_.join();
    }
    [[nodiscard]] const std::string& endpoint() const { return endpoint_; }

    static Answer accepted(Asked asked, wire::CommandReply reply = {.sequence = 1}) {
        if (reply.arrival_ns == 0) reply.arrival_ns = asked.stamp_ns;
        wire::ReplyWriter writer;
        const auto bytes = writer.write(asked.request_id, std::span{&reply, 1});
        return {bytes.begin(), bytes.end()};
    }
    static Answer refused(Asked asked, Code code) {
        wire::ReplyWriter writer;
        const auto bytes = writer.refuse(asked.request_id, code, {});
        return {bytes.begin(), bytes.end()};
    }

private:
    // One connection, so request ids count up from 1.
    void run() {
        zmq::message_t sender, body;
        while (!stopping_.load()) {
            if (!socket_.recv(sender) || !socket_.recv(body)) continue;
            ++asked_.request_id;
            ++asked_.stamp_ns;
            const Answers answers = asked_.request_id == odd_one_ ? odd_(asked_) : Answers{accepted(asked_)};
            for (const Answer& answer : answers) {
                zmq::message_t to(sender.data(), sender.size());
                socket_.send(to, zmq::send_flags::sndmore);
                socket_.send(zmq::buffer(answer), zmq::send_flags::none);
            }
        }
    }

    zmq::socket_t socket_;
    std::string endpoint_;
    std::uint64_t odd_one_;
    std::function<Answers(Asked)> odd_;
    Asked asked_;
    std::atomic<bool> stopping_{false};
    std::thread thread_;
};

// A hundred offers, of which the server answers the fiftieth as it likes.
Phase phase_with(std::function<Answers(Asked)> odd) {
    zmq::context_t context(1);
    const FakeDaemon server(context, 50, std::move(odd));
    Scene scene;
    scene.providers = {"p0", "p1"};
    scene.packages = {"k00000", "k00001"};
    scene.closes_ns = {1'000'000, 1'000'000};
    LoadPlan plan;
    plan.endpoint = server.endpoint();
    plan.scene = &scene;
    plan.in_flight = 10;
    plan.offers_max = 100;
    plan.answers_awaited_ns = 300 * ms_ns;
    plan.begins_steady_ns = steady_ns();
    plan.ends_steady_ns = plan.begins_steady_ns + 10 * s_ns;
    LiveCounts live;
    Load load(context, plan, live);
    load.run();
    const std::vector<LoadResult> results{load.take_result()};
    return sum_up({&plan, 1}, results);
}

// One load of requests, each due, answered and perhaps refused as busy.
struct OneRequest {
    std::int64_t due_ns, took_ns;
    bool busy = false;
};
std::vector<LoadResult> results_of(const std::vector<OneRequest>& played) {
    std::vector<LoadResult> results(1);
    Ledger& ledger = results[0].ledger;
    for (const OneRequest& one : played) {
        ledger.requests.push_back({one.due_ns, one.due_ns, one.due_ns + one.took_ns});
        ledger.offers.push_back({1, 0, 0, 0, one.busy ? OfferState::busy : OfferState::accepted});
    }
    return results;
}

}  // namespace

TEST_CASE("right answers are counted, and their latency") {
    const Phase phase = phase_with([](Asked asked) { return Answers{FakeDaemon::accepted(asked)}; });
    CHECK(phase.all.sent == 100);
    CHECK(phase.all.accepted == 100);
    CHECK(phase.all.lost + phase.duplicated + phase.wrong_answers == 0);
    CHECK(phase.all.latency.count() == 100);
    CHECK(phase.note.empty());
}

TEST_CASE("a lost answer is found") {
    const Phase phase = phase_with([](Asked) { return Answers{}; });
    CHECK(phase.all.lost == 1);
    CHECK(phase.all.accepted == 99);
}

TEST_CASE("a doubled answer is found") {
    const Phase phase = phase_with([](Asked asked) { return Answers{FakeDaemon::accepted(asked), FakeDaemon::accepted(asked)}; });
    CHECK(phase.duplicated == 1);
    CHECK(phase.all.lost == 0);
}

TEST_CASE("an answer to what was never asked is found") {
    const Phase phase = phase_with([](Asked asked) { return Answers{FakeDaemon::accepted(asked), FakeDaemon::accepted({1'000'000, asked.stamp_ns})}; });
    CHECK(phase.duplicated == 1);
}

TEST_CASE("busy is an answer, and no receipt") {
    const Phase phase = phase_with([](Asked asked) { return Answers{FakeDaemon::refused(asked, Code::busy)}; });
    CHECK(phase.all.busy == 1);
    CHECK(phase.all.busy_latency.count() == 1);
    CHECK(phase.all.latency.count() == 99);
    CHECK(phase.wrong_answers == 0);
}

TEST_CASE("every kind of wrong answer is found") {
    const std::vector<std::pair<std::string, std::function<Answers(Asked)>>> faults{
        {"rubbish", [](Asked asked) { return Answers{Answer(5), FakeDaemon::accepted(asked)}; }},
        {"malformed", [](Asked asked) { return Answers{FakeDaemon::refused(asked, Code::malformed)}; }},
        {"closed, though stamped in time", [](Asked asked) { return Answers{FakeDaemon::accepted(asked, {.sequence = 1, .code = Code::closed})}; }},
        {"accepted, though stamped at the close",
         [](Asked asked) { return Answers{FakeDaemon::accepted(asked, {.arrival_ns = 1'000'000, .sequence = 1})}; }},
        {"not invited", [](Asked asked) { return Answers{FakeDaemon::accepted(asked, {.sequence = 1, .code = Code::not_invited})}; }},
        {"a stamp that does not rise", [](Asked asked) { return Answers{FakeDaemon::accepted(asked, {.arrival_ns = 1, .sequence = 1})}; }},
        {"called a duplicate", [](Asked asked) { return Answers{FakeDaemon::accepted(asked, {.sequence = 1, .duplicate = true})}; }},
        {"no sequence", [](Asked asked) { return Answers{FakeDaemon::accepted(asked, {})}; }}};
    for (const auto& [name, fault] : faults) {
        INFO(name);
        const Phase phase = phase_with(fault);
        CHECK(phase.wrong_answers > 0);
        CHECK_FALSE(phase.note.empty());
    }
}

TEST_CASE("an overload is over when a hundred milliseconds are calm") {
    // 2 s, one request each ms: busy for 300 ms, slow for another 200, then as calm as before.
    std::vector<OneRequest> played;
    for (std::int64_t i = 0; i < 2'000; ++i) played.push_back({i * ms_ns, i < 500 ? 50 * ms_ns : ms_ns, i < 300});
    CHECK(recovery_ms_of(results_of(played), 1, 0, 2 * s_ns, 2 * ms_ns) == 500);
    CHECK(recovery_ms_of(results_of(played), 1, 700 * ms_ns, 2 * s_ns, 2 * ms_ns) == 0);
    for (OneRequest& one : played) one.took_ns = 50 * ms_ns;
    const double never = recovery_ms_of(results_of(played), 1, 0, 2 * s_ns, 2 * ms_ns);
    CHECK(never != never);
}

TEST_CASE("latency counts from when an offer was due, however late it was sent") {
    std::vector<LoadResult> results = results_of({{1'000, 9'000}});
    results[0].ledger.requests[0].sent_ns = 8'000;
    LoadPlan plan;
    plan.ends_steady_ns = s_ns;
    const Phase phase = sum_up({&plan, 1}, results);
    CHECK(phase.all.latency.max_ns() == 9'000);
    CHECK(phase.lag.max_ns() == 7'000);
}
