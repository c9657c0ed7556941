#include "bench/surge_scene.hpp"

#include <cstdio>
#include <limits>
#include <span>
#include <stdexcept>

#include <zmq.hpp>

#include "bench/surge_clock.hpp"
#include "wire/client.hpp"

namespace tiebreak::bench {
namespace {

using matching::Command;
namespace command = matching::command;

constexpr std::size_t registration_batch = 500;
constexpr std::int64_t day_ns = 86'400 * s_ns;

// Before a cliff's common close is set by `extend`, its packages close so much earlier.
constexpr std::int64_t cliff_margin_ns = 1 * s_ns;

// What registering takes, generously: the load begins after it.
std::int64_t lead_ns(const SurgeOptions& options) {
    const auto each_ns = static_cast<std::int64_t>(20 * us_ns + 500 * options.providers);
    const std::int64_t cliff_ns = options.shape == Shape::cliff ? cliff_margin_ns : 0;
    // A crowd's books are filled first.
    const std::int64_t fill_ns = options.shape == Shape::crowd ? 6 * us_ns * static_cast<std::int64_t>(options.packages * options.providers) : 0;
    return 500 * ms_ns + cliff_ns + fill_ns + each_ns * static_cast<std::int64_t>(options.packages);
}

std::string numbered(const std::string& prefix, std::size_t number) {
    char text[24];
    std::snprintf(text, sizeof text, "%05zx", number);
    return prefix + text;
}

// Registers in batches; every command has to be accepted.
class Registrar {
public:
    explicit Registrar(const Endpoints& daemon) : context_(1) {
        std::string why;
        wire::ClientOptions options;
        options.endpoint = daemon.commands;
        client_ = wire::Client::connect(context_, options, why);
        if (!client_) throw std::runtime_error(why);
    }

    // Returns the stamps.
    std::vector<matching::Instant> accept(std::span<const Command> commands) {
        std::vector<matching::Instant> stamps;
        while (!commands.empty()) {
            const auto batch = commands.first(std::min(commands.size(), registration_batch));
            commands = commands.subspan(batch.size());
            const auto done = client_->call(batch, wire::Milliseconds{30'000});
            if (!done || done->outcome != wire::Outcome::replied || !done->code.empty() ||
                done->receipts.size() != batch.size())
                throw std::runtime_error("registering failed: " + (done ? done->code + " " + done->detail : "not sent"));
            for (const wire::Receipt& receipt : done->receipts) {
                if (!receipt.code.empty()) throw std::runtime_error("registering was refused: " + receipt.code + ": " + receipt.detail);
                stamps.push_back(receipt.arrival_ns);
            }
        }
        return stamps;
    }

private:
    zmq::context_t context_;
    std::unique_ptr<wire::Client> client_;
};

void register_rules(Registrar& registrar, const Scene& scene) {
    command::Procedure procedure;
    procedure.id = scene.tag;
    matching::Stage stage{.name = "all", .window_ns = day_ns};
    stage.audience.roles = {scene.tag};
    procedure.stages.push_back(stage);
    procedure.ranking = {{matching::CriterionKind::earliest_start, {}, {}, 0, {}},
                         {matching::CriterionKind::highest_quality, {}, {}, 0, {}}};
    std::vector<Command> commands{procedure};
    for (std::size_t i = 0; i < scene.providers.size(); ++i) {
        command::Provider provider;
        provider.id = scene.providers[i];
        provider.memberships = {{scene.tag, {}, {}}};
        provider.quality = scene.quality[i];
        commands.emplace_back(provider);
    }
    registrar.accept(commands);
}

// While the load runs, awards_per_second of them close one after the other, and the rest soon after it.
std::vector<matching::Instant> planned_closes(const SurgeOptions& options, const Scene& scene) {
    const std::size_t count = scene.packages.size();
    if (options.shape == Shape::cliff) return std::vector<matching::Instant>(count, scene.load_ends_ns);
    const std::size_t during =
        std::min(count / 2, static_cast<std::size_t>(options.awards_per_second * options.seconds));
    const auto between = [](matching::Instant from, matching::Instant to, std::size_t part, std::size_t parts) {
        return from + static_cast<matching::Instant>(static_cast<double>(to - from) * static_cast<double>(part) / static_cast<double>(parts));
    };
    const std::int64_t rest_close_ns = 600 * ms_ns + 20 * us_ns * static_cast<std::int64_t>(count);
    std::vector<matching::Instant> closes;
    for (std::size_t i = 0; i < during; ++i)
        closes.push_back(between(scene.load_begins_ns, scene.load_ends_ns, i + 1, during + 1));
    for (std::size_t i = during; i < count; ++i)
        closes.push_back(between(scene.load_ends_ns + 100 * ms_ns, scene.load_ends_ns + rest_close_ns, i - during, count - during));
    return closes;
}

void register_packages(Registrar& registrar, const SurgeOptions& options, Scene& scene) {
    const auto planned_ns = planned_closes(options, scene);
    const bool cliff = options.shape == Shape::cliff;
    for (std::size_t begin = 0; begin < scene.packages.size(); begin += registration_batch) {
        const std::size_t end = std::min(scene.packages.size(), begin + registration_batch);
        std::vector<Command> commands;
        const std::int64_t now_ns = wall_ns();
        for (std::size_t i = begin; i < end; ++i) {
            command::Package package;
            package.id = scene.packages[i];
            package.procedure = scene.tag;
            package.window_ns = std::max<std::int64_t>(1 * ms_ns, planned_ns[i] - now_ns - (cliff ? cliff_margin_ns : 0));
            commands.emplace_back(std::move(package));
        }
        const auto stamps = registrar.accept(commands);
        for (std::size_t i = begin; i < end; ++i) {
            const auto window_ns = *std::get<command::Package>(commands[i - begin]).window_ns;
            scene.closes_ns.push_back(stamps[i - begin] + window_ns);
        }
    }
    if (!cliff) return;
    std::vector<Command> commands;
    for (const std::string& package : scene.packages)
        commands.emplace_back(command::Extend{package, scene.load_ends_ns, "one instant for all"});
    registrar.accept(commands);
    scene.closes_ns.assign(scene.packages.size(), scene.load_ends_ns);
}

}  // namespace

Scene register_scene(const SurgeOptions& options, const Endpoints& daemon, const std::string& tag, std::uint32_t round) {
    Scene scene;
    scene.tag = tag;
    scene.round = round;
    for (std::size_t i = 0; i < options.providers; ++i) {
        scene.providers.push_back(numbered(tag + "-p", i));
        scene.quality.push_back(static_cast<std::uint32_t>(i * 7 % qualities) * 20'000);
    }
    for (std::size_t i = 0; i < options.packages; ++i)
        scene.packages.push_back(numbered(tag + "-" + std::to_string(100 + round) + "-", i));
    Registrar registrar(daemon);
    register_rules(registrar, scene);  // of which all but the first of a run say nothing
    scene.load_begins_ns = wall_ns() + lead_ns(options);
    scene.load_ends_ns = scene.load_begins_ns + static_cast<std::int64_t>(options.seconds * 1e9);
    for (std::uint32_t i = 0; i < starts; ++i) scene.starts_ns[i] = scene.load_ends_ns + (1 + i) * day_ns;
    register_packages(registrar, options, scene);
    return scene;
}

Scene without_closes(const Scene& scene, matching::Instant load_begins_ns, double seconds) {
    Scene other = scene;
    other.closes_ns.assign(scene.packages.size(), std::numeric_limits<matching::Instant>::max());
    other.load_begins_ns = load_begins_ns;
    other.load_ends_ns = load_begins_ns + static_cast<std::int64_t>(seconds * 1e9);
    return other;
}

}  // namespace tiebreak::bench
