// What was seen from outside, and whether the journal that is left agrees with it.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "matching/engine.hpp"
#include "matching/instant.hpp"

namespace tiebreak::crash {

// An acknowledgement that a client got.
struct Acknowledged {
    matching::Instant arrival_ns = 0;
    std::uint64_t sequence = 0;  // of the event that the command caused, 0 if none
    std::string offer;           // its id
};

// An event that a subscriber got, as JSON.
struct SeenEvent {
    std::uint64_t sequence = 0;
    std::string line;
};

// Collects over all lives of the daemon. The promises, each checked after every kill:
//   - every acknowledged command is in the journal with its stamp, and caused the event of its receipt;
//   - stamps rise from command to command, also from one life to the next;
//   - what a subscriber saw is what replaying the journal gives, sequence by sequence, byte for byte;
//   - no package is awarded twice; no offer is accepted twice, repeats aside.
class Ledger {
public:
    void acknowledge(Acknowledged acknowledged) { acknowledged_.push_back(std::move(acknowledged)); }
    void see(SeenEvent event);

    // Reads what has come to the journal since the last call, and compares. Nothing, or what is broken.
    [[nodiscard]] std::optional<std::string> check(const std::filesystem::path& journal);

    // The whole journal once more from its beginning, and the clock moved to `now_ns`: the last comparison.
    [[nodiscard]] std::optional<std::string> check_all(const std::filesystem::path& journal, matching::Instant now_ns);

    [[nodiscard]] std::uint64_t acknowledged_count() const noexcept { return acknowledged_count_ + acknowledged_.size(); }
    [[nodiscard]] std::uint64_t seen_count() const noexcept { return seen_count_; }
    [[nodiscard]] std::uint64_t award_count() const noexcept { return awards_.size(); }
    [[nodiscard]] std::uint64_t event_count() const noexcept { return derived_.size(); }

private:
    class Deriver;
    [[nodiscard]] std::optional<std::string> compare();

    matching::Engine engine_;  // carries out the journal as it grows
    std::uint64_t position_ = 0;
    matching::Instant last_stamp_ns_ = 0;
    std::vector<std::string> derived_;                        // event lines by sequence - 1
    std::unordered_map<matching::Instant, bool> stamps_;      // of the journal's commands
    std::map<std::string, std::uint64_t> awards_;             // package -> sequence of its award
    std::map<std::string, std::uint64_t> accepted_;           // offer -> sequence of its first acceptance
    std::map<std::uint64_t, std::string> seen_;               // not compared yet
    std::vector<Acknowledged> acknowledged_;                  // not compared yet
    std::uint64_t acknowledged_count_ = 0;
    std::uint64_t seen_count_ = 0;
    std::optional<std::string> broken_;
};

}  // namespace tiebreak::crash
