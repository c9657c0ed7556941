// A client that speaks JSON Lines, so that a test reads like the contract.
#pragma once

#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

#include <zmq.hpp>

#include "wire/client.hpp"
#include "wire/json_reader.hpp"

namespace tiebreak::e2e {

class JsonClient {
public:
    JsonClient(zmq::context_t& context, const std::string& endpoint) {
        wire::ClientOptions options;
        options.endpoint = endpoint;
        std::string why;
        client_ = wire::Client::connect(context, options, why);
        if (!client_) throw std::runtime_error(why);
    }

    // The receipt of one command; throws if there is none in ten seconds.
    wire::Receipt send(std::string_view line) {
        wire::CommandReader reader;
        auto read = reader.read(line, wire::AtField::optional);
        if (auto* error = std::get_if<wire::ReadError>(&read)) throw std::runtime_error(error->in_line());
        const auto done = client_->call(std::get<wire::ReadCommand>(read).command, wire::Milliseconds{10'000});
        if (!done || done->outcome != wire::Outcome::replied) throw std::runtime_error("no reply");
        if (!done->code.empty()) return {0, 0, done->code, done->detail, false, false, std::nullopt};
        return done->receipts.at(0);
    }

    wire::Client& client() { return *client_; }

private:
    std::unique_ptr<wire::Client> client_;
};

}  // namespace tiebreak::e2e
