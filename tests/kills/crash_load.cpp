#include "tests/kills/crash_load.hpp"

#include <deque>
#include <unordered_map>
#include <vector>

#include <zmq.hpp>

#include "wire/client.hpp"
#include "wire/event_reader.hpp"
#include "wire/feed_head.hpp"
#include "wire/json_writer.hpp"
#include "wire/topics.hpp"

namespace tiebreak::crash {
namespace {

constexpr int provider_count = 20;
constexpr int packages_at_once = 8;
constexpr matching::Instant far_ns = 4'000'000'000'000'000'000;  // in 2096: a start that every offer may give

std::span<const std::byte> bytes_of(const zmq::message_t& message) {
    return {static_cast<const std::byte*>(message.data()), message.size()};
}

}  // namespace

class Load::Impl {
public:
    Impl(const std::string& feed, std::uint64_t life_, std::mt19937_64& random_, Ledger& ledger_)
        : life(life_), random(random_), ledger(ledger_), context(1), events(context, zmq::socket_type::sub) {
        events.set(zmq::sockopt::linger, 0);
        events.set(zmq::sockopt::subscribe, std::string{wire::all_topic});
        events.connect(feed);
    }

    const std::uint64_t life;
    std::mt19937_64& random;
    Ledger& ledger;
    zmq::context_t context;
    zmq::socket_t events;
    std::unique_ptr<wire::Client> client;
    std::unordered_map<std::uint64_t, std::vector<std::string>> offers_of;  // by request: the ids of its offers
    std::deque<std::string> packages;
    std::vector<std::string> providers;
    std::uint64_t next_package = 0;
    std::uint64_t next_offer = 0;
    std::uint64_t last_seen = 0;
    wire::EventReader reader;
};

Load::Load(const std::string& commands, const std::string& feed, std::uint64_t life, std::mt19937_64& random, Ledger& ledger)
    : impl_(std::make_unique<Impl>(feed, life, random, ledger)) {
    wire::ClientOptions options;
    options.endpoint = commands;
    options.in_flight_max = 64;
    options.sends_max = 1;  // what has no reply in this life never gets one
    std::string why;
    impl_->client = wire::Client::connect(impl_->context, options, why);
    register_everything();
}

Load::~Load() = default;

void Load::register_everything() {
    std::vector<matching::Command> commands;
    matching::command::Procedure procedure;
    procedure.id = "p";
    procedure.stages.push_back({.name = "first", .window_ns = 200'000'000});
    procedure.stages.push_back({.name = "second", .window_ns = 100'000'000, .close = matching::CloseRule::first_offer});
    procedure.ranking.push_back({matching::CriterionKind::earliest_start, {}, {}, 0, {}});
    commands.emplace_back(procedure);
    for (int i = 0; i < provider_count; ++i) {
        matching::command::Provider provider;
        provider.id = "P" + std::to_string(i);
        impl_->providers.push_back(provider.id);
        commands.emplace_back(provider);
    }
    static_cast<void>(impl_->client->send(commands));
}

void Load::open_package() {
    matching::command::Package package;
    package.id = "K" + std::to_string(impl_->life) + "-" + std::to_string(impl_->next_package++);
    package.procedure = "p";
    package.window_ns = static_cast<matching::Duration>(1'000'000 + impl_->random() % 150'000'000);
    impl_->packages.push_back(package.id);
    if (impl_->packages.size() > packages_at_once) impl_->packages.pop_front();
    static_cast<void>(impl_->client->send(matching::Command{package}));
}

void Load::send_offers() {
    const std::size_t count = 1 + impl_->random() % 8;
    std::vector<std::string> ids;
    for (std::size_t i = 0; i < count; ++i)
        ids.push_back("O" + std::to_string(impl_->life) + "-" + std::to_string(impl_->next_offer++));
    std::vector<matching::command::Offer> offers;
    for (const std::string& id : ids)
        offers.push_back({id, impl_->packages[impl_->random() % impl_->packages.size()],
                          impl_->providers[impl_->random() % impl_->providers.size()],
                          far_ns + static_cast<matching::Instant>(impl_->random() % 5), {}, {}, {}});
    const std::uint64_t request = impl_->client->send(offers);
    if (request != 0) impl_->offers_of.emplace(request, std::move(ids));
}

void Load::step() {
    if (impl_->packages.empty() || impl_->random() % 12 == 0) open_package();
    send_offers();
    note_replies(impl_->client->in_flight() > 48 ? std::chrono::milliseconds(5) : std::chrono::milliseconds(0));
    note_events();
}

void Load::note_replies(std::chrono::milliseconds timeout) {
    for (const wire::Completed& completed : impl_->client->poll(timeout)) {
        const auto ids = impl_->offers_of.find(completed.request_id);
        if (ids == impl_->offers_of.end()) continue;
        if (completed.outcome == wire::Outcome::replied && completed.code.empty())
            for (std::size_t i = 0; i < completed.receipts.size() && i < ids->second.size(); ++i)
                impl_->ledger.acknowledge({completed.receipts[i].arrival_ns, completed.receipts[i].sequence, ids->second[i]});
        impl_->offers_of.erase(ids);
    }
}

void Load::note_events() {
    zmq::message_t topic, head_bytes, body;
    while (impl_->events.recv(topic, zmq::recv_flags::dontwait)) {
        static_cast<void>(impl_->events.recv(head_bytes));
        static_cast<void>(impl_->events.recv(body));
        const auto head = wire::decode_feed_head(bytes_of(head_bytes));
        if (!head || body.size() == 0 || impl_->reader.open(bytes_of(body))) continue;
        SeenEvent seen{head->sequence, {}};
        wire::append_event(seen.line, impl_->reader.event());
        // Within one life the feed has neither hole nor repeat.
        if (impl_->last_seen != 0 && head->sequence != impl_->last_seen + 1)
            seen.line = "(out of order after " + std::to_string(impl_->last_seen) + ") " + seen.line;
        impl_->last_seen = head->sequence;
        impl_->ledger.see(std::move(seen));
    }
}

void Load::drain(std::chrono::milliseconds time) {
    const auto until = std::chrono::steady_clock::now() + time;
    while (std::chrono::steady_clock::now() < until) {
        note_replies(std::chrono::milliseconds(10));
        note_events();
    }
}

}  // namespace tiebreak::crash
