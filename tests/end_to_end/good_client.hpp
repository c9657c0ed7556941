// A client that wants nothing but to be served, and remembers how long it took.
#pragma once

#include <algorithm>
#include <atomic>
#include <chrono>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "tests/end_to_end/json_client.hpp"

namespace tiebreak::e2e {

struct Served {
    std::size_t commands = 0;
    double p50_us = 0, p99_us = 0, most_us = 0;
};

// Sends a command every few milliseconds, from a thread of its own, and waits for each acknowledgement.
class GoodClient {
public:
    GoodClient(zmq::context_t& context, const std::string& endpoint) : client_(context, endpoint), thread_([this] { run(); }) {}
    ~GoodClient() {
        stop_ = true;
        thread_.join();
    }
    GoodClient(const GoodClient&) = delete;
    GoodClient& operator=(const GoodClient&) = delete;

    // What it has seen since it was asked last.
    Served served() {
        const std::scoped_lock lock(mutex_);
        Served served;
        served.commands = us_.size();
        if (!us_.empty()) {
            std::ranges::sort(us_);
            served.p50_us = us_[us_.size() / 2];
            served.p99_us = us_[us_.size() * 99 / 100];
            served.most_us = us_.back();
        }
        us_.clear();
        return served;
    }
    // What went wrong, if anything has.
    std::string trouble() {
        const std::scoped_lock lock(mutex_);
        return trouble_;
    }

private:
    void run() {
        using clock = std::chrono::steady_clock;
        try {
            while (!stop_) {
                const auto began = clock::now();
                // Under a flood `busy` is a service too: it is said at once.
                const auto receipt = client_.send(R"({"type":"advance"})");
                if (!receipt.code.empty() && receipt.code != "busy") throw std::runtime_error(receipt.code + ": " + receipt.detail);
                const std::chrono::duration<double, std::micro> took = clock::now() - began;
                {
                    const std::scoped_lock lock(mutex_);
                    us_.push_back(took.count());
                }
                std::this_thread::sleep_until(began + std::chrono::milliseconds{2});
            }
        } catch (const std::exception& error) {
            const std::scoped_lock lock(mutex_);
            trouble_ = error.what();
        }
    }

    JsonClient client_;
    std::mutex mutex_;
    std::vector<double> us_;
    std::string trouble_;
    std::atomic<bool> stop_ = false;
    std::thread thread_;
};

}  // namespace tiebreak::e2e
