// A portal that follows the awards alone and notes when each one reaches it. A thread of its own, so that nothing that the
// demo does meanwhile is counted as the daemon's time.
#pragma once

#include <atomic>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include <zmq.hpp>

#include "matching/instant.hpp"
#include "wire/subscriber.hpp"

namespace tiebreak::demo {

class AwardWatch {
public:
    // Starts the thread. The context must outlive this.
    AwardWatch(zmq::context_t& context, const wire::SubscriberOptions& options);
    ~AwardWatch();
    AwardWatch(const AwardWatch&) = delete;
    AwardWatch& operator=(const AwardWatch&) = delete;

    // When the package's first award reached this subscriber, if it has. Any thread.
    [[nodiscard]] std::optional<matching::Instant> seen(std::string_view package) const;

    // Ends the thread; gaps in the feed and the like, in words.
    [[nodiscard]] std::vector<std::string> finish();

private:
    void run();

    mutable std::mutex mutex_;
    std::map<std::string, matching::Instant, std::less<>> seen_;  // under mutex_
    std::vector<std::string> faults_;                             // the thread's own, until it has been joined
    std::unique_ptr<wire::Subscriber> subscriber_;
    std::atomic<bool> stopping_ = false;
    std::thread thread_;
};

}  // namespace tiebreak::demo
