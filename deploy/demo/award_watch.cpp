#include "deploy/demo/award_watch.hpp"

#include <utility>
#include <variant>

#include "deploy/demo/now.hpp"
#include "wire/event_reader.hpp"
#include "wire/topics.hpp"

namespace tiebreak::demo {

AwardWatch::AwardWatch(zmq::context_t& context, const wire::SubscriberOptions& options) {
    std::string why;
    subscriber_ = wire::Subscriber::connect(context, options, why);
    if (!subscriber_) {
        faults_.push_back("cannot subscribe: " + why);
        return;
    }
    subscriber_->subscribe(wire::award_topic);
    thread_ = std::thread([this] { run(); });
}

AwardWatch::~AwardWatch() { (void)finish(); }

std::optional<matching::Instant> AwardWatch::seen(std::string_view package) const {
    const std::lock_guard lock(mutex_);
    const auto found = seen_.find(package);
    return found == seen_.end() ? std::nullopt : std::optional(found->second);
}

std::vector<std::string> AwardWatch::finish() {
    stopping_ = true;
    if (thread_.joinable()) {
        thread_.join();
    }
    return std::move(faults_);
}

void AwardWatch::run() {
    wire::EventReader reader;
    while (!stopping_) {
        // One at a time: each is noted as it comes off the socket.
        for (const auto& notice : subscriber_->poll(wire::Milliseconds(50), 1)) {
            const auto now = now_ns();
            if (notice.kind == wire::NoticeKind::gap) {
                faults_.push_back("a gap in " + notice.topic + ": " + notice.why);
            } else if (notice.kind == wire::NoticeKind::event) {
                if (const auto flaw = reader.open(notice.body)) {
                    faults_.push_back("an event that can't be read: " + *flaw);
                } else if (const auto* awarded = std::get_if<matching::event::Awarded>(&reader.event().body)) {
                    const std::lock_guard lock(mutex_);
                    seen_.emplace(awarded->package, now);
                }
            }
        }
    }
}

}  // namespace tiebreak::demo
