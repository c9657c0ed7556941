// One front end: a connection of its own to the daemon, and a thread that sends its providers' answers when they are due.
#pragma once

#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include <zmq.hpp>

#include "deploy/demo/day.hpp"
#include "deploy/demo/ledger.hpp"
#include "wire/client.hpp"

namespace tiebreak::demo {

// An answer that the daemon did not take.
struct Refusal {
    PlannedAnswer answer;
    std::string code;
    matching::Instant arrival_ns = 0;
};

// What a front end has to show at the end.
struct Returns {
    std::vector<Receipt> receipts;
    std::vector<Refusal> refusals;
    std::vector<std::int64_t> acknowledged_ns;  // from sending an answer to its reply, one each
    std::vector<std::string> faults;            // what should not have happened at all
};

class FrontEnd {
public:
    // Starts the thread. `endpoint`: the daemon's command socket. The context must outlive this.
    FrontEnd(zmq::context_t& context, const std::string& endpoint);
    ~FrontEnd();
    FrontEnd(const FrontEnd&) = delete;
    FrontEnd& operator=(const FrontEnd&) = delete;

    // Takes over answers to send at their times. Any thread.
    void hand_over(std::vector<PlannedAnswer> answers);

    // Sends what is left, waits for the replies (at most a few seconds) and ends the thread. Once.
    [[nodiscard]] Returns finish();

private:
    struct Waiting {
        PlannedAnswer answer;
        matching::Instant sent_ns = 0;
    };
    void run();
    void collect_inbox();
    void send_due();
    void send(PlannedAnswer answer);
    void wait_for_replies();
    void on_completed(const wire::Completed& completed);

    std::mutex mutex_;
    std::vector<PlannedAnswer> inbox_;  // under mutex_
    std::atomic<bool> finishing_ = false;
    std::atomic<bool> abandoned_ = false;

    // The thread's own, until it has been joined:
    std::unique_ptr<wire::Client> client_;
    std::multimap<matching::Instant, PlannedAnswer> due_;
    std::map<std::uint64_t, Waiting> waiting_;
    Returns returns_;

    std::thread thread_;
};

}  // namespace tiebreak::demo
