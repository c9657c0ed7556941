// Bad company: clients and subscribers that take nothing off their sockets, beside the load; and the same ones well-behaved.
#pragma once

#include <atomic>
#include <cstdint>
#include <string>
#include <thread>
#include <vector>

#include <zmq.hpp>

#include "bench/surge_phase.hpp"
#include "bench/surge_scene.hpp"
#include "bench/surge_server.hpp"

namespace tiebreak::bench {

inline constexpr double peer_offers_per_second = 10'000;  // of each

// What the load met beside well-behaved peers. Beside the deaf ones it is the round's own.
struct Company {
    std::uint64_t peers = 0;
    Histogram polite_latency, polite_award_lateness;
    std::uint64_t polite_rss_peak_bytes = 0, deaf_rss_peak_bytes = 0;  // 0: unknown
    std::uint64_t peer_offers = 0;        // of the deaf ones
    double replies_dropped = 0;           // by the daemon's own count, while the deaf ones were there; not a number if it has none
    double subscribers_full = 0;          // likewise: how often a subscriber's queue was found full
    double polite_replies_dropped = 0;    // likewise, of the polite ones
};

// Each peer sends offers for a package of its own kind, and subscribes to every event; from a thread of its own, until it is gone.
class Peers {
public:
    // `deaf`: they never read. Registers their package with the scene's first provider as theirs.
    Peers(const Endpoints& daemon, const Scene& scene, std::size_t count, bool deaf);
    ~Peers();
    Peers(const Peers&) = delete;
    Peers& operator=(const Peers&) = delete;
    [[nodiscard]] std::uint64_t sent() const noexcept { return sent_.load(std::memory_order_relaxed); }

private:
    void run();
    void send_due();
    void read_all();

    zmq::context_t context_;
    std::vector<zmq::socket_t> clients_, subscribers_;
    std::string package_, provider_;
    std::int64_t start_ns_ = 0;
    bool deaf_;
    std::int64_t began_ns_ = 0;
    std::atomic<std::uint64_t> sent_{0};
    std::atomic<bool> stopping_{false};
    std::thread thread_;
};

}  // namespace tiebreak::bench
