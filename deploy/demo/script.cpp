#include "deploy/demo/script.hpp"

#include <cstdio>
#include <utility>

#include "wire/topics.hpp"

namespace tiebreak::demo {

namespace {

constexpr wire::Milliseconds reply_limit{15'000};
constexpr std::chrono::seconds event_limit{15};

}  // namespace

Script::Script(const Theatre& theatre, const Names& names) : theatre_(theatre), names_(names) {
    std::string why;
    subscriber_ = wire::Subscriber::connect(theatre.context, subscription(theatre), why);
    if (!subscriber_) {
        faults_.push_back("cannot subscribe: " + why);
    }
}

void Script::begin(std::string_view package, std::string_view heading) {
    if (!subscriber_) {
        return;
    }
    if (!package_.empty()) {
        subscriber_->unsubscribe(wire::package_topic(package_));
    }
    events_.clear();
    package_ = package;
    // From the beginning, out of the history: so nothing is missed while the subscription is under way.
    subscriber_->subscribe(wire::package_topic(package), 0);
    theatre_.board.heading(heading);
}

void Script::send(const matching::Command& command, std::string_view told) {
    const auto completed = theatre_.client.call(command, reply_limit);
    if (!completed || completed->receipts.size() != 1 || !completed->receipts.front().code.empty()) {
        const bool coded = completed && completed->receipts.size() == 1;
        faults_.push_back(package_ + ": a " + std::string(matching::command_name(command)) + " was not taken" +
                          (coded ? ": " + completed->receipts.front().code : ""));
    } else if (!told.empty()) {
        tell(matching::command_name(command), told);
    }
}

void Script::send_in_vain(const matching::Command& command, std::string_view code, std::string_view told) {
    const auto completed = theatre_.client.call(command, reply_limit);
    if (!completed || completed->receipts.size() != 1 || completed->receipts.front().code != code) {
        faults_.push_back(package_ + ": a " + std::string(matching::command_name(command)) + " should be refused: " +
                          std::string(code));
    } else {
        tell(code, told);
    }
}

std::vector<std::byte> Script::next(bool (*wanted)(const matching::Event&)) {
    const auto until = std::chrono::steady_clock::now() + event_limit;
    while (subscriber_ && !theatre_.interrupted && std::chrono::steady_clock::now() < until) {
        while (!events_.empty()) {
            auto body = std::move(events_.front());
            events_.pop_front();
            if (reader_.open(body)) {
                faults_.push_back(package_ + ": an event that can't be read");
            } else if (wanted(reader_.event())) {
                return body;
            }
        }
        receive();
    }
    return {};
}

void Script::receive() {
    for (auto& notice : subscriber_->poll(wire::Milliseconds(20))) {
        if (notice.kind == wire::NoticeKind::gap) {
            faults_.push_back("a gap in " + notice.topic + ": " + notice.why);
        } else if (notice.kind == wire::NoticeKind::event && notice.topic == wire::package_topic(package_)) {
            events_.push_back(std::move(notice.body));
        }
    }
}

void Script::tell(std::string_view what, std::string_view told) {
    char text[512];
    std::snprintf(text, sizeof text, "  %-18.*s %.*s", static_cast<int>(what.size()), what.data(),
                  static_cast<int>(told.size()), told.data());
    theatre_.board.line(text);
}

void Script::missing(std::string_view what) { faults_.push_back(package_ + ": no " + std::string(what) + " came"); }

void Script::wrong(std::string_view what) {
    faults_.push_back(package_ + ": " + std::string(what) + " is not what the rule gives");
}

const std::string& Script::name(std::string_view provider) const {
    static const std::string unknown = "?";
    const auto found = names_.find(std::string(provider));
    return found == names_.end() ? unknown : found->second;
}

}  // namespace tiebreak::demo
