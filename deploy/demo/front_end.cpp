#include "deploy/demo/front_end.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

#include "deploy/demo/now.hpp"

namespace tiebreak::demo {

namespace {

constexpr matching::Duration ms = 1'000'000;
constexpr matching::Duration inbox_interval_ns = 5 * ms;    // how long the inbox may go unread
constexpr matching::Duration drain_limit_ns = 20'000 * ms;  // for the last replies
// On a busy machine a disk can take seconds. Nobody here is in a hurry to send again, and what a decline or withdrawal
// without a reply has come to would be unknown.
constexpr wire::Milliseconds reply_timeout{15'000};

matching::Command command_of(const PlannedAnswer& answer) {
    switch (answer.answer) {
        case Answer::decline: return matching::command::Decline{answer.package, answer.provider, {}};
        case Answer::withdraw: return matching::command::Withdraw{answer.provider, answer.offer, {}};
        case Answer::offer: break;
    }
    matching::command::Offer offer;
    offer.id = answer.offer;
    offer.package = answer.package;
    offer.provider = answer.provider;
    offer.start_ns = answer.start_ns;
    return offer;
}

}  // namespace

FrontEnd::FrontEnd(zmq::context_t& context, const std::string& endpoint) {
    wire::ClientOptions options;
    options.endpoint = endpoint;
    options.reply_timeout = reply_timeout;
    std::string why;
    client_ = wire::Client::connect(context, options, why);
    if (!client_) {
        returns_.faults.push_back("cannot connect: " + why);
        return;
    }
    thread_ = std::thread([this] { run(); });
}

FrontEnd::~FrontEnd() {
    abandoned_ = true;
    if (thread_.joinable()) {
        thread_.join();
    }
}

void FrontEnd::hand_over(std::vector<PlannedAnswer> answers) {
    const std::lock_guard lock(mutex_);
    std::move(answers.begin(), answers.end(), std::back_inserter(inbox_));
}

Returns FrontEnd::finish() {
    finishing_ = true;
    if (thread_.joinable()) {
        thread_.join();
    }
    return std::move(returns_);
}

void FrontEnd::run() {
    matching::Instant give_up_ns = 0;
    while (!abandoned_) {
        const bool finishing = finishing_;  // before the inbox: nothing comes into it afterwards
        collect_inbox();
        send_due();
        wait_for_replies();
        if (!finishing) {
            continue;
        }
        if (due_.empty() && waiting_.empty()) {
            return;
        }
        if (due_.empty()) {
            give_up_ns = give_up_ns == 0 ? now_ns() + drain_limit_ns : give_up_ns;
            if (now_ns() > give_up_ns) {
                returns_.faults.push_back(std::to_string(waiting_.size()) + " answers without a reply");
                return;
            }
        }
    }
}

void FrontEnd::collect_inbox() {
    std::vector<PlannedAnswer> taken;
    {
        const std::lock_guard lock(mutex_);
        taken.swap(inbox_);
    }
    for (auto& answer : taken) {
        const auto at_ns = answer.at_ns;
        due_.emplace(at_ns, std::move(answer));
    }
}

void FrontEnd::send_due() {
    while (!due_.empty() && due_.begin()->first <= now_ns()) {
        auto answer = std::move(due_.begin()->second);
        due_.erase(due_.begin());
        send(std::move(answer));
    }
}

void FrontEnd::send(PlannedAnswer answer) {
    const auto sent_ns = now_ns();
    const auto id = client_->send(command_of(answer));
    if (id == 0) {
        returns_.faults.push_back("an answer for " + answer.package + " could not be sent");
        return;
    }
    waiting_.emplace(id, Waiting{std::move(answer), sent_ns});
}

void FrontEnd::wait_for_replies() {
    auto wait_ns = inbox_interval_ns;
    if (!due_.empty()) {
        wait_ns = std::min(wait_ns, due_.begin()->first - now_ns());
    }
    // ZeroMQ waits in whole milliseconds; the rest is slept, so that an answer goes out at its time.
    for (const auto& completed : client_->poll(wire::Milliseconds(std::max<matching::Duration>(wait_ns, 0) / ms))) {
        on_completed(completed);
    }
    if (wait_ns > 0 && wait_ns < ms) {
        std::this_thread::sleep_for(std::chrono::nanoseconds(wait_ns));
    }
}

void FrontEnd::on_completed(const wire::Completed& completed) {
    const auto replied_ns = now_ns();
    const auto found = waiting_.find(completed.request_id);
    if (found == waiting_.end()) {
        returns_.faults.push_back("a reply to nothing that was sent");
        return;
    }
    auto [answer, sent_ns] = std::move(found->second);
    waiting_.erase(found);
    if (completed.outcome != wire::Outcome::replied || !completed.code.empty() || completed.receipts.size() != 1) {
        returns_.faults.push_back("an answer for " + answer.package + " got no receipt: " +
                                  (completed.code.empty() ? "no reply" : completed.code + ", " + completed.detail));
        return;
    }
    const auto& receipt = completed.receipts.front();
    returns_.acknowledged_ns.push_back(replied_ns - sent_ns);
    if (receipt.code.empty()) {
        returns_.receipts.push_back({answer.answer, std::move(answer.package), std::move(answer.provider),
                                     std::move(answer.offer), answer.start_ns,
                                     receipt.first_arrival_ns.value_or(receipt.arrival_ns)});
    } else {
        returns_.refusals.push_back({std::move(answer), receipt.code, receipt.arrival_ns});
    }
}

}  // namespace tiebreak::demo
