#include "bench/fairness_background.hpp"

#include <sys/prctl.h>

#include <algorithm>
#include <atomic>
#include <deque>
#include <random>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "bench/fairness_wire.hpp"
#include "bench/surge_clock.hpp"
#include "daemon/urgency.hpp"
#include "wire/reply.hpp"
#include "wire/request_writer.hpp"

namespace tiebreak::bench {
namespace {

constexpr std::int64_t receipts_every_ns = 20 * ms_ns;  // of one connection
constexpr std::int64_t answers_awaited_ns = 10 * s_ns;
constexpr std::int64_t shortest_sleep_ns = 20 * us_ns;
constexpr int sends_a_turn_max = 64;  // a background that is behind still takes its receipts

struct Connection {
    explicit Connection(const std::string& endpoint) : dealer(std::make_unique<RawDealer>(endpoint)) {}
    std::unique_ptr<RawDealer> dealer;
    std::vector<bool> answered;  // of each message that was sent
    std::size_t next_in_order = 0;  // of an echo
    std::int64_t look_at_ns = 0;
};

}  // namespace

class Background::Impl {
public:
    explicit Impl(const BackgroundPlan& plan) : plan_(plan) {
        const std::int64_t now_ns = steady_ns();
        for (std::size_t i = 0; i < plan_.connections; ++i) {
            connections_.emplace_back(plan_.endpoint);
            connections_.back().look_at_ns = now_ns + receipts_every_ns * static_cast<std::int64_t>(i) / static_cast<std::int64_t>(plan_.connections);
        }
        thread_ = std::thread([this] { run(); });
    }
    ~Impl() {
        stop_.store(true, std::memory_order_relaxed);
        if (thread_.joinable()) thread_.join();
    }

    BackgroundResult end() {
        stop_.store(true, std::memory_order_relaxed);
        thread_.join();
        for (const Connection& connection : connections_) {
            result_.lost += plan_.batch * static_cast<std::uint64_t>(std::count(connection.answered.begin(), connection.answered.end(), false));
        }
        return std::move(result_);
    }

private:
    void run() {
        ::prctl(PR_SET_TIMERSLACK, 1UL);
        if (plan_.real_time_priority > 0) daemon::run_at(plan_.real_time_priority);
        const std::int64_t begin_ns = steady_ns();
        try {
            send_until_stopped(begin_ns);
            result_.per_second = static_cast<double>(sent_) * 1e9 / static_cast<double>(steady_ns() - begin_ns);
            take_what_is_left();
        } catch (const std::exception& error) {
            found_wrong(error.what());
        }
    }

    // Messages are due at random instants, as independent clients' are; those that are due when the thread wakes are sent one by one.
    void send_until_stopped(std::int64_t begin_ns) {
        std::exponential_distribution<double> apart_ns(plan_.rate / static_cast<double>(plan_.batch) / 1e9);
        auto due_ns = static_cast<double>(begin_ns);
        while (!stop_.load(std::memory_order_relaxed)) {
            const std::int64_t now_ns = steady_ns();
            for (int i = 0; i < sends_a_turn_max && due_ns <= static_cast<double>(now_ns); ++i) {
                send_one(connections_[random_() % connections_.size()]);
                due_ns += apart_ns(random_);
            }
            take_receipts(now_ns);
            const std::int64_t left_ns = static_cast<std::int64_t>(due_ns) - steady_ns();
            if (left_ns > 0) sleep_ns(std::clamp(left_ns, shortest_sleep_ns, ms_ns));
        }
    }

    void send_one(Connection& connection) {
        const auto& providers = plan_.scene->providers;
        const auto& packages = plan_.scene->packages;
        ids_.clear();
        offers_.clear();
        for (std::size_t i = 0; i < plan_.batch; ++i) {
            const std::uint64_t number = sent_++;
            ids_.push_back("b" + std::to_string(number));
            offers_.push_back({ids_.back(), packages[random_() % (packages.size() - 1)], providers[number % (providers.size() - 2)],
                               plan_.scene->starts_ns[number % starts], {}, {}, {}});
        }
        connection.dealer->add(writer_.write(connection.answered.size() + 1, std::span<const matching::command::Offer>(offers_)));
        connection.answered.push_back(false);
        connection.dealer->flush();
    }

    void take_receipts(std::int64_t now_ns) {
        for (std::size_t looked = 0; looked < connections_.size(); ++looked, ++next_look_) {
            Connection& connection = connections_[next_look_ % connections_.size()];
            if (connection.look_at_ns > now_ns) return;
            connection.look_at_ns = now_ns + receipts_every_ns;
            while (const auto body = connection.dealer->receive_if_there()) take_receipt(connection, *body);
        }
    }

    void take_what_is_left() {
        const std::int64_t give_up_ns = steady_ns() + answers_awaited_ns;
        for (Connection& connection : connections_) {
            while (std::find(connection.answered.begin(), connection.answered.end(), false) != connection.answered.end()) {
                const std::int64_t left_ms = (give_up_ns - steady_ns()) / ms_ns;
                if (left_ms <= 0) return;
                take_receipt(connection, connection.dealer->receive(static_cast<int>(left_ms)));
            }
        }
    }

    void take_receipt(Connection& connection, std::span<const std::byte> body) {
        if (const auto flaw = reader_.open(body)) return found_wrong(*flaw);
        const std::size_t message = plan_.daemon ? reader_.request_id() - 1 : connection.next_in_order++;
        if (message >= connection.answered.size() || connection.answered[message]) return void(++result_.duplicated);
        connection.answered[message] = true;
        result_.answered += plan_.batch;
        if (reader_.code() == "busy") return void(result_.busy += plan_.batch);
        if (!reader_.code().empty() || reader_.replies().size() != plan_.batch) return found_wrong("a message of the background was not answered whole");
        for (const wire::CommandReplyView& reply : reader_.replies()) {
            if (reply.code == "busy") ++result_.busy;
            else if (plan_.daemon && !reply.code.empty()) found_wrong("an offer of the background was not accepted: " + std::string{reply.code});
        }
    }

    void found_wrong(std::string what) {
        if (result_.wrong_answers++ == 0) result_.note = std::move(what);
    }

    const BackgroundPlan plan_;
    std::vector<Connection> connections_;
    std::mt19937_64 random_{7};
    wire::RequestWriter writer_;
    wire::ReplyReader reader_;
    std::deque<std::string> ids_;  // of the message at hand, whose offers view them
    std::vector<matching::command::Offer> offers_;
    std::uint64_t sent_ = 0;
    std::size_t next_look_ = 0;
    BackgroundResult result_;
    std::atomic<bool> stop_{false};
    std::thread thread_;
};

Background::Background(const BackgroundPlan& plan) : impl_(std::make_unique<Impl>(plan)) {}
Background::~Background() = default;
BackgroundResult Background::end() { return impl_->end(); }

}  // namespace tiebreak::bench
