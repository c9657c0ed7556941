#include "bench/surge_load.hpp"

#include <poll.h>
#include <sys/prctl.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include <algorithm>
#include <deque>
#include <numeric>
#include <span>
#include <string_view>
#include <utility>

#include "bench/surge_clock.hpp"
#include "wire/reply.hpp"
#include "wire/request_writer.hpp"
#include "wire/zmq_frames.hpp"

namespace tiebreak::bench {
namespace {

constexpr std::int64_t tick_ns = 50 * us_ns;            // an open loop does not wake more often than this
constexpr int replies_a_turn_max = 64;                  // of one connection before the next has its turn
constexpr std::size_t aimed_every = 256;                // one offer in so many goes to a package that is just closing

struct OfferId {
    char text[offer_id_bytes] = {};
};

struct Connection {
    zmq::socket_t socket;
    std::size_t in_flight = 0;
    std::deque<std::uint32_t> waiting;  // requests, for a baseline that answers in order
    std::int64_t last_stamp_ns = 0;
};

OfferState state_of(std::string_view code) {
    if (code.empty()) return OfferState::accepted;
    if (code == "closed") return OfferState::closed;
    return code == "busy" ? OfferState::busy : OfferState::refused;
}

}  // namespace

class Load::Impl {
public:
    Impl(zmq::context_t& context, const LoadPlan& plan, LiveCounts& live)
        : plan_(plan), scene_(*plan.scene), live_(live), random_(0x9e3779b97f4a7c15U + plan.thread) {
        for (std::size_t i = 0; i < plan.connections; ++i) {
            zmq::socket_t socket(context, zmq::socket_type::dealer);
            socket.set(zmq::sockopt::linger, 0);
            socket.set(zmq::sockopt::sndhwm, 1'000);  // what the server does not take waits here as due, not in a library's queue
            socket.set(zmq::sockopt::rcvhwm, 0);
            socket.connect(plan.endpoint);
            connections_.push_back({std::move(socket)});
        }
        next_provider_.resize(scene_.packages.size(), static_cast<std::uint16_t>(plan.thread % scene_.providers.size()));
        stride_ = scene_.packages.size() * 618 / 1000 | 1U;
        while (std::gcd(stride_, scene_.packages.size()) != 1) ++stride_;
        result_.ledger.offers.reserve(1U << 20U);
        result_.ledger.requests.reserve(1U << 20U);
        result_.ledger.number = plan.ledger;
        batch_.resize(plan.batch);
        batch_ids_.resize(plan.batch);
    }

    void run() {
        ::prctl(PR_SET_TIMERSLACK, 1UL);
        timer_ = ::timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
        make_poll_items();
        sleep_until(plan_.begins_steady_ns);
        give_up_ns_ = plan_.ends_steady_ns + plan_.answers_awaited_ns;
        while (true) {
            now_ns_ = steady_ns();
            wall_now_ns_ = wall_ns();
            if (stop_.load(std::memory_order_relaxed) && !finished_sending_) {
                finished_sending_ = true;
                give_up_ns_ = now_ns_ + plan_.answers_awaited_ns;
            }
            const bool sent = plan_.schedule != nullptr ? send_due() : fill_windows();
            const bool received = receive_all();
            live_.sent.fetch_add(std::exchange(newly_sent_, 0), std::memory_order_relaxed);
            live_.answered.fetch_add(std::exchange(newly_answered_, 0), std::memory_order_relaxed);
            live_.busy.fetch_add(std::exchange(newly_busy_, 0), std::memory_order_relaxed);
            if (finished_sending_ && outstanding_ == 0) break;
            if (now_ns_ > give_up_ns_) break;
            if (!sent && !received) wait();
        }
        ::close(timer_);
    }

    void stop() noexcept { stop_.store(true, std::memory_order_relaxed); }

    LoadResult take_result() { return std::move(result_); }

private:
    // Closed loop: every connection has its number of requests on the way.
    bool fill_windows() {
        if (finished_sending_ || now_ns_ >= plan_.ends_steady_ns || result_.ledger.offers.size() >= plan_.offers_max) {
            if (!std::exchange(finished_sending_, true)) give_up_ns_ = now_ns_ + plan_.answers_awaited_ns;
            return false;
        }
        bool any = false;
        for (Connection& connection : connections_) {
            while (connection.in_flight < plan_.in_flight && result_.ledger.offers.size() < plan_.offers_max &&
                   send_request(connection, 0))
                any = true;
        }
        return any;
    }

    // Open loop: whatever is due by now. An offer that the socket does not take stays due.
    bool send_due() {
        bool any = false;
        while (!finished_sending_) {
            // Threads take turns: request r of this one is request r * threads + thread of all.
            const std::uint64_t number = (result_.ledger.requests.size() * plan_.threads + plan_.thread) * plan_.batch;
            const auto due_ns = plan_.schedule->due_ns(number);
            if (!due_ns || now_ns_ > give_up_ns_) {
                finished_sending_ = true;
                break;
            }
            next_due_ns_ = plan_.begins_steady_ns + *due_ns;
            if (next_due_ns_ > now_ns_) break;
            Connection& connection = connections_[next_connection_];
            next_connection_ = (next_connection_ + 1) % connections_.size();
            if (!send_request(connection, next_due_ns_)) {
                blocked_ = true;
                break;
            }
            any = true;
        }
        return any;
    }

    // `due_ns` 0: now.
    bool send_request(Connection& connection, std::int64_t due_ns) {
        auto& ledger = result_.ledger;
        const std::size_t first = ledger.offers.size();
        for (std::size_t i = 0; i < plan_.batch; ++i) batch_[i] = next_offer(batch_ids_[i]);
        const std::int64_t sent_ns = steady_ns();
        if (!wire::send_frame(connection.socket, writer_.write(ledger.requests.size() + 1, batch_))) {
            ledger.offers.resize(first);
            return false;
        }
        if (!plan_.daemon) connection.waiting.push_back(static_cast<std::uint32_t>(ledger.requests.size()));
        ledger.requests.push_back({due_ns == 0 ? sent_ns : due_ns, sent_ns, 0});
        ++connection.in_flight;
        ++outstanding_;
        newly_sent_ += plan_.batch;
        return true;
    }

    matching::command::Offer next_offer(OfferId& id_text) {
        auto& offers = result_.ledger.offers;
        SentOffer sent;
        sent.package = next_package(offers.size());
        std::uint16_t& provider = next_provider_[sent.package];
        sent.provider = provider;
        provider = static_cast<std::uint16_t>((provider + plan_.threads) % scene_.providers.size());
        sent.start = static_cast<std::uint8_t>(next_random() % starts);
        const auto id = write_offer_id({scene_.round, plan_.ledger, static_cast<std::uint32_t>(offers.size())}, id_text.text);
        offers.push_back(sent);
        return {id, scene_.packages[sent.package], scene_.providers[sent.provider], scene_.starts_ns[sent.start], {}, {}, {}};
    }

    // All that are open in turn, in scattered order; now and then the one that closes next or has just closed.
    std::uint32_t next_package(std::size_t number) {
        const std::size_t all = scene_.packages.size();
        while (first_open_ < all && scene_.closes_ns[first_open_] <= wall_now_ns_ && scene_.closes_ns[all - 1] > wall_now_ns_)
            ++first_open_;
        if (number % aimed_every == 0 && first_open_ > 0 && first_open_ < all)
            return static_cast<std::uint32_t>(first_open_ - next_random() % 2);
        scattered_ = (scattered_ + stride_) % all;
        if (scattered_ >= first_open_) return static_cast<std::uint32_t>(scattered_);
        return static_cast<std::uint32_t>(first_open_ + scattered_ % (all - first_open_));
    }

    bool receive_all() {
        bool any = false;
        zmq::message_t message;
        for (Connection& connection : connections_) {
            for (int i = 0; i < replies_a_turn_max; ++i) {
                if (!connection.socket.recv(message, zmq::recv_flags::dontwait)) break;
                take_reply(connection, message);
                any = true;
            }
        }
        return any;
    }

    void take_reply(Connection& connection, const zmq::message_t& message) {
        auto& ledger = result_.ledger;
        if (const auto flaw = reader_.open(wire::bytes_of(message))) return found_wrong(*flaw);
        std::size_t request = reader_.request_id() - 1;
        if (!plan_.daemon) {
            if (connection.waiting.empty()) return void(++ledger.duplicated);
            request = connection.waiting.front();
            connection.waiting.pop_front();
        }
        if (request >= ledger.requests.size()) return void(++ledger.duplicated);
        SentOffer* const offers = &ledger.offers[request * plan_.batch];
        if (offers->state != OfferState::unanswered) return void(++ledger.duplicated);
        --connection.in_flight;
        --outstanding_;
        const std::int64_t now_ns = steady_ns();
        if (!reader_.code().empty()) {
            if (!reader_.replies().empty()) found_wrong("a refused request has replies");
            for (std::size_t i = 0; i < plan_.batch; ++i) offers[i].state = state_of(reader_.code());
            if (offers->state != OfferState::busy) found_wrong(std::string{reader_.code()} + ": " + std::string{reader_.detail()});
        } else if (reader_.replies().size() != plan_.batch) {
            for (std::size_t i = 0; i < plan_.batch; ++i) offers[i].state = OfferState::refused;
            found_wrong("a reply has another number of receipts than its request had offers");
        } else {
            for (std::size_t i = 0; i < plan_.batch; ++i) take_receipt(connection, offers[i], reader_.replies()[i]);
        }
        ledger.requests[request].answered_ns = now_ns;
        result_.last_answer_steady_ns = now_ns;
        newly_answered_ += plan_.batch;
        if (offers->state == OfferState::busy) newly_busy_ += plan_.batch;
    }

    void take_receipt(Connection& connection, SentOffer& offer, const wire::CommandReplyView& receipt) {
        offer.state = state_of(receipt.code);
        offer.stamp_ns = receipt.arrival_ns;
        if (!plan_.daemon || offer.state == OfferState::busy) return;
        if (offer.state == OfferState::refused) return found_wrong(std::string{receipt.code} + ": " + std::string{receipt.detail});
        if (receipt.arrival_ns <= connection.last_stamp_ns) found_wrong("stamps of one connection do not rise");
        connection.last_stamp_ns = receipt.arrival_ns;
        if (receipt.duplicate || receipt.sequence == 0) found_wrong("a receipt of a new offer is called a duplicate or has no sequence");
        const bool in_time = receipt.arrival_ns < scene_.closes_ns[offer.package];
        if (in_time != (offer.state == OfferState::accepted))
            found_wrong(in_time ? "an offer stamped in time was refused as closed" : "an offer stamped at or after the close was accepted");
    }

    void found_wrong(std::string what) {
        if (result_.ledger.wrong_answers++ == 0) result_.ledger.note = std::move(what);
    }

    void make_poll_items() {
        items_.push_back({nullptr, timer_, ZMQ_POLLIN, 0});
        for (Connection& connection : connections_) items_.push_back({connection.socket.handle(), 0, ZMQ_POLLIN, 0});
    }

    // Until a reply comes, the next offer is due, or it is time to look whether the load is over.
    void wait() {
        std::int64_t until_ns = now_ns_ + 20 * ms_ns;
        if (plan_.schedule == nullptr && now_ns_ < plan_.ends_steady_ns) until_ns = std::min(until_ns, plan_.ends_steady_ns);
        if (plan_.schedule != nullptr && !finished_sending_)
            until_ns = std::min(until_ns, std::exchange(blocked_, false) ? now_ns_ + ms_ns : next_due_ns_);
        arm(std::max(until_ns, now_ns_ + tick_ns));
        ::zmq_poll(items_.data(), static_cast<int>(items_.size()), 1'000);
    }
    void sleep_until(std::int64_t until_ns) {
        arm(until_ns);
        pollfd item{timer_, POLLIN, 0};
        ::poll(&item, 1, -1);
    }
    // Setting it takes back an expiration that nobody has read.
    void arm(std::int64_t until_ns) const {
        itimerspec when{};
        when.it_value.tv_sec = until_ns / s_ns;
        when.it_value.tv_nsec = until_ns % s_ns;
        ::timerfd_settime(timer_, TFD_TIMER_ABSTIME, &when, nullptr);
    }

    std::uint64_t next_random() noexcept {
        random_ ^= random_ << 13U;
        random_ ^= random_ >> 7U;
        random_ ^= random_ << 17U;
        return random_ >> 11U;
    }

    const LoadPlan plan_;
    const Scene& scene_;
    LiveCounts& live_;
    std::uint64_t random_;
    std::vector<Connection> connections_;
    std::vector<zmq::pollitem_t> items_;
    int timer_ = -1;
    std::vector<std::uint16_t> next_provider_;  // of each package
    std::size_t stride_ = 1;
    std::size_t scattered_ = 0;
    std::size_t first_open_ = 0;
    wire::RequestWriter writer_;
    wire::ReplyReader reader_;
    std::vector<matching::command::Offer> batch_;  // the request that is being made
    std::vector<OfferId> batch_ids_;
    LoadResult result_;
    std::int64_t now_ns_ = 0;
    std::int64_t wall_now_ns_ = 0;
    std::int64_t next_due_ns_ = 0;
    std::int64_t give_up_ns_ = 0;
    std::size_t next_connection_ = 0;
    std::size_t outstanding_ = 0;
    std::uint64_t newly_sent_ = 0, newly_answered_ = 0, newly_busy_ = 0;
    std::atomic<bool> stop_{false};
    bool finished_sending_ = false;
    bool blocked_ = false;
};

Load::Load(zmq::context_t& context, const LoadPlan& plan, LiveCounts& live)
    : impl_(std::make_unique<Impl>(context, plan, live)) {}
Load::~Load() = default;
void Load::run() { impl_->run(); }
void Load::stop() noexcept { impl_->stop(); }
LoadResult Load::take_result() { return impl_->take_result(); }

}  // namespace tiebreak::bench
