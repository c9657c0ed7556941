#include <algorithm>
#include <string>
#include <vector>

#include "tests/simulation/checkers.hpp"
#include "tests/simulation/journal_audit.hpp"

namespace tiebreak::simulation {
namespace {

std::uint64_t digest_of(std::uint64_t position, matching::Instant stamp_ns, std::span<const std::uint32_t> skipped,
                        std::span<const std::byte> request) {
    std::uint64_t digest = mixed(position, static_cast<std::uint64_t>(stamp_ns));
    for (const std::uint32_t index : skipped) digest = mixed(digest, index);
    return mixed(mixed(digest, skipped.size()), hash_of(request));
}

class ExportsAreTheJournal final : public Checker {
public:
    ExportsAreTheJournal() : Checker("an export is the journal") {}

    void on_export(std::uint32_t portal, std::uint64_t after_position, const wire::answer::Export& told) override {
        Part& part = parts_.emplace_back();
        part.portal = portal;
        part.after = after_position;
        part.last = told.last_position;
        for (const wire::answer::ExportRecord& record : told.records) {
            part.records.push_back({record.position, digest_of(record.position, record.stamp_ns, record.skipped, record.payload)});
        }
    }

    void on_journal(const JournalAudit& audit) override {
        for (const Part& part : parts_) compare(part, audit.requests());
        parts_.clear();
    }
    void at_end(const JournalAudit& audit) override { on_journal(audit); }

private:
    struct Record {
        std::uint64_t position = 0;
        std::uint64_t digest = 0;
        bool operator==(const Record&) const = default;
    };
    struct Part {
        std::uint32_t portal = 0;
        std::uint64_t after = 0, last = 0;
        std::vector<Record> records;
    };

    // Each of the journal's records after `after` and not after `last`, as it is, and none beside them.
    void compare(const Part& part, const std::vector<JournalAudit::Request>& requests) {
        const auto later = [](std::uint64_t position, const JournalAudit::Request& request) { return position < request.position; };
        const auto first = std::upper_bound(requests.begin(), requests.end(), part.after, later);
        const auto end = std::upper_bound(first, requests.end(), std::max(part.after, part.last), later);
        std::vector<Record> expected;
        for (auto request = first; request != end; ++request) {
            expected.push_back({request->position, digest_of(request->position, request->stamp_ns, request->skipped, request->bytes)});
        }
        if (expected == part.records) return;
        fail("what portal " + std::to_string(part.portal) + " was given of the journal after record " + std::to_string(part.after) + " up to " +
             std::to_string(part.last) + " is " + std::to_string(part.records.size()) + " records, the journal has others, or more: " +
             std::to_string(expected.size()));
    }

    std::vector<Part> parts_;
};

}  // namespace

std::unique_ptr<Checker> exports_are_the_journal() { return std::make_unique<ExportsAreTheJournal>(); }

}  // namespace tiebreak::simulation
