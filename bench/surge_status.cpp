#include "bench/surge_status.hpp"

#include <limits>
#include <variant>

#include <zmq.hpp>

#include "wire/client.hpp"

namespace tiebreak::bench {

Status::Status(const Endpoints& daemon) {
    zmq::context_t context(1);
    std::string why;
    wire::ClientOptions options;
    options.endpoint = daemon.commands;
    const auto client = wire::Client::connect(context, options, why);
    if (!client) return;
    const auto done = client->call(wire::Query{wire::query::Status{}}, wire::Milliseconds{5'000});
    if (!done || done->outcome != wire::Outcome::answered) return;
    const auto* const status = std::get_if<wire::answer::Status>(&done->answer->answer());
    if (status == nullptr) return;
    for (const auto& figure : status->figures) figures_.emplace_back(figure.name, static_cast<double>(figure.value));
}

double Status::operator[](std::string_view name) const {
    for (const auto& [known, value] : figures_)
        if (known == name) return value;
    return std::numeric_limits<double>::quiet_NaN();
}

}  // namespace tiebreak::bench
