// What one event costs the loop's thread on its way into the feed's socket, beside the same three frames sent to a bare XPUB.
#include <atomic>
#include <cstddef>
#include <string>
#include <thread>
#include <vector>

#include <benchmark/benchmark.h>
#include <zmq.hpp>

#include "daemon/publisher.hpp"

namespace {

using namespace tiebreak;

constexpr std::size_t event_bytes = 1'000;  // an award's, about
const std::string topic = "package/K12345/";

// Takes all that comes, on a thread of its own.
class Reader {
public:
    Reader(zmq::context_t& context, const std::string& endpoint) : socket_(context, zmq::socket_type::sub) {
        socket_.set(zmq::sockopt::rcvhwm, 0);
        socket_.set(zmq::sockopt::rcvtimeo, 20);
        socket_.set(zmq::sockopt::subscribe, "");
        socket_.connect(endpoint);
        thread_ = std::thread([this] {
            zmq::message_t message;
            while (!stop_) static_cast<void>(socket_.recv(message));
        });
    }
    ~Reader() {
        stop_ = true;
        thread_.join();
    }
    Reader(const Reader&) = delete;
    Reader& operator=(const Reader&) = delete;

private:
    zmq::socket_t socket_;
    std::atomic<bool> stop_ = false;
    std::thread thread_;
};

void bare(benchmark::State& state) {
    zmq::context_t context;
    zmq::socket_t socket(context, zmq::socket_type::xpub);
    socket.set(zmq::sockopt::sndhwm, 100'000);
    socket.bind("tcp://127.0.0.1:*");
    const Reader reader(context, socket.get(zmq::sockopt::last_endpoint));
    zmq::message_t subscription;
    static_cast<void>(socket.recv(subscription));
    const std::vector<std::byte> body(event_bytes);
    const auto head = wire::encode(wire::FeedHead{1, 2, 3});
    for (auto _ : state) {
        static_cast<void>(socket.send(zmq::buffer(topic), zmq::send_flags::sndmore | zmq::send_flags::dontwait));
        static_cast<void>(socket.send(zmq::buffer(head.data(), head.size()), zmq::send_flags::sndmore | zmq::send_flags::dontwait));
        static_cast<void>(socket.send(zmq::buffer(body.data(), body.size()), zmq::send_flags::dontwait));
    }
    state.SetItemsProcessed(state.iterations());
}

void publisher(benchmark::State& state) {
    zmq::context_t context;
    daemon::Metrics metrics;
    daemon::Publisher feed(context, "tcp://127.0.0.1:*", {}, metrics);
    const Reader reader(context, feed.endpoint());
    while (metrics.loop.subscriptions.get() == 0) static_cast<void>(feed.take_subscriptions());
    const std::vector<std::byte> body(event_bytes);
    for (auto _ : state) feed.send(topic, {1, 2, 3}, body);
    state.SetItemsProcessed(state.iterations());
    state.counters["full"] = static_cast<double>(metrics.loop.subscribers_full.get());
}

// What the loop does each turn, when nobody has come or gone.
void looking_for_subscriptions(benchmark::State& state) {
    zmq::context_t context;
    daemon::Metrics metrics;
    daemon::Publisher feed(context, "tcp://127.0.0.1:*", {}, metrics);
    for (auto _ : state) static_cast<void>(feed.take_subscriptions());
}

BENCHMARK(bare)->Iterations(50'000)->UseRealTime();
BENCHMARK(publisher)->Iterations(50'000)->UseRealTime();
BENCHMARK(looking_for_subscriptions);

}  // namespace
