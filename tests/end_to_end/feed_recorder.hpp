// A subscriber that writes down what it sees of topics, as JSON Lines, until it has seen enough.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include <zmq.hpp>

#include "wire/subscriber.hpp"

namespace tiebreak::e2e {

class FeedRecorder {
public:
    FeedRecorder(zmq::context_t& context, const std::string& feed, const std::string& commands,
                 const std::vector<std::string>& topics, bool from_beginning = true);

    // Reads until a line satisfies `last`, or the time is up; true for the former.
    bool record_until(const std::function<bool(const std::string& line)>& last,
                      std::chrono::milliseconds limit = std::chrono::seconds{20});

    [[nodiscard]] const std::vector<std::string>& lines() const noexcept { return lines_; }
    [[nodiscard]] const std::vector<std::string>& troubles() const noexcept { return troubles_; }  // gaps and the like

private:
    std::unique_ptr<wire::Subscriber> subscriber_;
    std::vector<std::string> lines_;
    std::vector<std::string> troubles_;
};

// Whether a line has that text in it: for record_until.
[[nodiscard]] std::function<bool(const std::string&)> containing(std::string text);

}  // namespace tiebreak::e2e
