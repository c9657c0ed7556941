// Real requests and queries with some bytes changed, cut or doubled, over ZeroMQ as it should be.
#pragma once

#include <cstdint>
#include <random>
#include <stdexcept>
#include <string>
#include <vector>

#include <zmq.hpp>

#include "matching/commands.hpp"
#include "tests/reference/stream_writer.hpp"
#include "wire/query.hpp"
#include "wire/request_writer.hpp"

namespace tiebreak::e2e {

class Mutator {
public:
    explicit Mutator(std::uint64_t seed) : random_(seed) {
        wire::RequestWriter writer;
        wire::QueryWriter queries;
        const auto keep = [&](std::span<const std::byte> bytes) {
            whole_.emplace_back(reinterpret_cast<const char*>(bytes.data()), bytes.size());
        };
        for (const auto& stamped : reference::StreamWriter(seed).write(200)) keep(writer.write(1, stamped.command));
        for (int i = 0; i < 4; ++i) {
            keep(queries.write(1, wire::query::Status{}));
            keep(queries.write(1, wire::query::History{"all/", 0, 10}));
            keep(queries.write(1, wire::query::Export{0, 1'000}));
        }
    }
    std::string next() {
        std::string message = whole_[random_() % whole_.size()];
        const auto kind = random_() % 8;
        if (kind == 0) message.resize(random_() % (message.size() + 1));
        if (kind == 1) message += message.substr(random_() % message.size());
        if (kind == 2 && message.size() > 12) message.erase(8 + random_() % (message.size() - 8), 1 + random_() % 4);
        for (auto changes = 1 + random_() % 4; changes > 0 && !message.empty(); --changes)
            message[random_() % message.size()] = static_cast<char>(random_());
        return message;
    }

private:
    std::mt19937_64 random_;
    std::vector<std::string> whole_;
};

// Sends so many, some hundreds ahead of the answers, and takes every answer. Throws where one does not come within 30 seconds.
inline void send_mutated(zmq::context_t& context, const std::string& endpoint, std::uint64_t seed, std::uint64_t count) {
    constexpr std::uint64_t ahead_most = 400;
    zmq::socket_t socket(context, zmq::socket_type::dealer);
    socket.set(zmq::sockopt::linger, 0);
    socket.set(zmq::sockopt::rcvhwm, 0);
    socket.set(zmq::sockopt::rcvtimeo, 30'000);
    socket.connect(endpoint);
    Mutator mutator(seed);
    zmq::message_t answer;
    for (std::uint64_t sent = 0, answered = 0; answered < count;) {
        while (sent < count && sent - answered < ahead_most) {
            socket.send(zmq::buffer(mutator.next()), zmq::send_flags::none);
            ++sent;
        }
        if (!socket.recv(answer)) throw std::runtime_error("a mutated frame was not answered");
        ++answered;
    }
}

}  // namespace tiebreak::e2e
