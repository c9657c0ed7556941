// What a round plays on: the procedure, the providers, the packages and when each of them closes.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "bench/surge_options.hpp"
#include "bench/surge_server.hpp"
#include "matching/instant.hpp"

namespace tiebreak::bench {

inline constexpr std::uint32_t starts = 4;     // distinct starts: coarse, so that the later criteria decide as well
inline constexpr std::uint32_t qualities = 5;  // likewise

struct Scene {
    std::string tag;  // in every id, so that a run does not meet another one's
    std::uint32_t round = 0;
    std::vector<std::string> providers;
    std::vector<std::uint32_t> quality;         // of each provider
    std::vector<std::string> packages;          // sorted by when they close
    std::vector<matching::Instant> closes_ns;   // of each package, by its receipt
    matching::Instant starts_ns[starts] = {};
    matching::Instant load_begins_ns = 0;       // by the wall clock
    matching::Instant load_ends_ns = 0;
};

// What the daemon is told: the scene is made for it and registered with it. `round`: in every id;
// the procedure and the providers are those of the whole run. Throws std::runtime_error if a command is refused.
[[nodiscard]] Scene register_scene(const SurgeOptions& options, const Endpoints& daemon, const std::string& tag,
                                   std::uint32_t round);

// For a baseline: the same ids and sizes, none of which ever closes; nothing is registered.
[[nodiscard]] Scene without_closes(const Scene& scene, matching::Instant load_begins_ns, double seconds);

}  // namespace tiebreak::bench
