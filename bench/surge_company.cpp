#include "bench/surge_company.hpp"

#include <time.h>

#include <stdexcept>

#include "bench/surge_clock.hpp"
#include "wire/client.hpp"
#include "wire/request_writer.hpp"
#include "wire/topics.hpp"
#include "wire/zmq_frames.hpp"

namespace tiebreak::bench {
namespace {

constexpr timespec tick{0, 1'000'000};
constexpr int small_buffer_bytes = 4'096;  // so that what is not read piles up at the daemon soon

// Open for a day, unless the peers' end cancels it.
void open_package(const Endpoints& daemon, const Scene& scene, const std::string& package) {
    zmq::context_t context(1);
    std::string why;
    wire::ClientOptions options;
    options.endpoint = daemon.commands;
    const auto client = wire::Client::connect(context, options, why);
    if (!client) throw std::runtime_error(why);
    matching::command::Package command;
    command.id = package;
    command.procedure = scene.tag;
    const auto done = client->call(matching::Command{command}, wire::Milliseconds{10'000});
    if (!done || done->receipts.size() != 1 || !done->receipts[0].code.empty()) throw std::runtime_error("the peers' package was refused");
}

}  // namespace

Peers::Peers(const Endpoints& daemon, const Scene& scene, std::size_t count, bool deaf)
    : context_(1), package_(scene.packages[0] + "-peers"), provider_(scene.providers[0]), start_ns_(scene.starts_ns[0]), deaf_(deaf) {
    open_package(daemon, scene, package_);
    for (std::size_t i = 0; i < count; ++i) {
        for (const bool subscribes : {false, true}) {
            zmq::socket_t socket(context_, subscribes ? zmq::socket_type::sub : zmq::socket_type::dealer);
            socket.set(zmq::sockopt::linger, 0);
            if (deaf) {
                socket.set(zmq::sockopt::rcvhwm, 1);
                socket.set(zmq::sockopt::rcvbuf, small_buffer_bytes);
            }
            if (subscribes) socket.set(zmq::sockopt::subscribe, std::string{wire::all_topic});
            socket.connect(subscribes ? daemon.feed : daemon.commands);
            (subscribes ? subscribers_ : clients_).push_back(std::move(socket));
        }
    }
    began_ns_ = steady_ns();
    thread_ = std::thread([this] { run(); });
}

Peers::~Peers() {
    stopping_.store(true);
    thread_.join();
}

void Peers::run() {
    while (!stopping_.load(std::memory_order_relaxed)) {
        send_due();
        if (!deaf_) read_all();
        ::nanosleep(&tick, nullptr);
    }
}

void Peers::send_due() {
    wire::RequestWriter writer;
    const auto due = static_cast<std::uint64_t>(static_cast<double>(steady_ns() - began_ns_) / 1e9 * peer_offers_per_second *
                                                static_cast<double>(clients_.size()));
    for (std::uint64_t number = sent_.load(std::memory_order_relaxed); number < due; ++number) {
        const std::string id = (deaf_ ? "d" : "c") + std::to_string(number);
        const matching::command::Offer offer{id, package_, provider_, start_ns_, {}, {}, {}};
        // What the daemon does not take any more is not sent, but counts as due: the rate stays what it is.
        static_cast<void>(wire::send_frame(clients_[number % clients_.size()], writer.write(number + 1, offer)));
        sent_.store(number + 1, std::memory_order_relaxed);
    }
}

void Peers::read_all() {
    zmq::message_t message;
    for (auto* const sockets : {&clients_, &subscribers_})
        for (zmq::socket_t& socket : *sockets)
            while (socket.recv(message, zmq::recv_flags::dontwait)) {
            }
}

}  // namespace tiebreak::bench
