#include <algorithm>
#include <map>
#include <unordered_map>
#include <utility>

#include "tests/simulation/checkers.hpp"
#include "tests/simulation/trace.hpp"

namespace tiebreak::simulation {
namespace {

class StampsRise final : public Checker {
public:
    StampsRise() : Checker("stamps rise strictly") {}

    void on_sent(std::uint32_t portal, std::uint64_t id, std::span<const std::byte>) override {
        seen_when_sent_[{portal, id}] = highest_ns_;
    }

    void on_reply(std::uint32_t portal, std::uint64_t id, std::span<const std::byte>, const wire::ReplyReader& reply) override {
        const matching::Instant floor_ns = seen_when_sent_[{portal, id}];
        for (const wire::CommandReplyView& command : reply.replies()) {
            if (command.arrival_ns == 0) continue;
            if (command.arrival_ns <= floor_ns) {
                fail("request " + std::to_string(id) + " of portal " + std::to_string(portal) + " is stamped " +
                     std::to_string(command.arrival_ns) + ", and was sent after stamp " + std::to_string(floor_ns) + " had been seen");
            }
            const auto [owner, is_new] = owners_.try_emplace(command.arrival_ns, portal, id);
            if (!is_new && owner->second != std::pair{portal, id}) {
                fail("stamp " + std::to_string(command.arrival_ns) + " was given to two requests");
            }
            highest_ns_ = std::max(highest_ns_, command.arrival_ns);
        }
    }

private:
    matching::Instant highest_ns_ = 0;
    std::map<std::pair<std::uint32_t, std::uint64_t>, matching::Instant> seen_when_sent_;
    std::unordered_map<matching::Instant, std::pair<std::uint32_t, std::uint64_t>> owners_;
};

}  // namespace

std::unique_ptr<Checker> stamps_rise() { return std::make_unique<StampsRise>(); }

}  // namespace tiebreak::simulation
