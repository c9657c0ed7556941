#include <algorithm>
#include <utility>

#include "matching/codes.hpp"
#include "tests/simulation/checkers.hpp"
#include "tests/simulation/journal_audit.hpp"

namespace tiebreak::simulation {
namespace {

// What one command was told, or would be, in one number. A command that never reached the rules has no stamp.
std::uint64_t digest_of(matching::Instant arrival_ns, std::uint64_t sequence, std::string_view code, bool duplicate,
                        bool withdrawn, std::optional<matching::Instant> first_arrival_ns) {
    std::uint64_t digest = mixed(static_cast<std::uint64_t>(arrival_ns), sequence);
    digest = mixed(digest, hash_of(code));
    digest = mixed(digest, (duplicate ? 1U : 0U) + (withdrawn ? 2U : 0U));
    return mixed(digest, first_arrival_ns ? static_cast<std::uint64_t>(*first_arrival_ns) : 1U);
}

constexpr std::uint64_t skipped_digest = 0x736b'6970;

std::uint64_t digest_of(const wire::CommandReplyView& reply) {
    if (reply.arrival_ns == 0) return skipped_digest;
    return digest_of(reply.arrival_ns, reply.sequence, reply.code, reply.duplicate, reply.withdrawn, reply.first_arrival_ns);
}

std::uint64_t digest_of(const JournalAudit::Request& request) {
    std::uint64_t digest = 0;
    auto skipped = request.skipped.begin();
    auto reply = request.replies.begin();
    for (std::uint32_t i = 0; skipped != request.skipped.end() || reply != request.replies.end(); ++i) {
        if (skipped != request.skipped.end() && *skipped == i) {
            ++skipped;
            digest = mixed(digest, skipped_digest);
        } else {
            if (reply == request.replies.end()) return 0;
            digest = mixed(digest, digest_of(reply->arrival_ns, reply->sequence,
                                             reply->code ? matching::code_name(*reply->code) : std::string_view{},
                                             reply->duplicate, reply->withdrawn, reply->first_arrival_ns));
            ++reply;
        }
    }
    return digest;
}

class AcknowledgedIsDurable final : public Checker {
public:
    AcknowledgedIsDurable() : Checker("acknowledged is durable") {}

    void on_reply(std::uint32_t portal, std::uint64_t id, std::span<const std::byte> request,
                  const wire::ReplyReader& reply) override {
        if (!reply.code().empty()) return;
        matching::Instant stamp_ns = 0;
        std::uint64_t digest = 0;
        matching::Instant i = 0;
        for (const wire::CommandReplyView& command : reply.replies()) {
            if (command.arrival_ns != 0) stamp_ns = command.arrival_ns - i;
            digest = mixed(digest, digest_of(command));
            ++i;
        }
        if (stamp_ns == 0) return;  // nothing of it was taken
        told_.push_back({stamp_ns, hash_of(request), digest, portal, id});
    }

    void on_journal(const JournalAudit& audit) override {
        for (const Told& told : told_) look_up(told, audit);
        told_.clear();
    }
    void at_end(const JournalAudit& audit) override { on_journal(audit); }

private:
    struct Told {
        matching::Instant stamp_ns = 0;
        std::uint64_t request = 0;
        std::uint64_t digest = 0;
        std::uint32_t portal = 0;
        std::uint64_t id = 0;
    };

    void look_up(const Told& told, const JournalAudit& audit) {
        const auto& requests = audit.requests();
        const auto found = std::lower_bound(requests.begin(), requests.end(), told.stamp_ns,
                                            [](const auto& request, auto stamp_ns) { return request.stamp_ns < stamp_ns; });
        const std::string name = "request " + std::to_string(told.id) + " of portal " + std::to_string(told.portal) +
                                 ", stamped " + std::to_string(told.stamp_ns) + ',';
        if (found == requests.end() || found->stamp_ns != told.stamp_ns) {
            fail(name + " was acknowledged and is not in the journal");
        } else if (hash_of(found->bytes) != told.request) {
            fail(name + " was acknowledged, and the journal has something else under its stamp");
        } else if (digest_of(*found) != told.digest) {
            fail(name + " was told something else than a replay of the journal answers");
        }
    }

    std::vector<Told> told_;
};

}  // namespace

std::unique_ptr<Checker> acknowledged_is_durable() { return std::make_unique<AcknowledgedIsDurable>(); }

}  // namespace tiebreak::simulation
