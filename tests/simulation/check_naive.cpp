#include "daemon/replay_record.hpp"
#include "matching/engine.hpp"
#include "tests/reference/event_text.hpp"
#include "tests/reference/naive_engine.hpp"
#include "tests/simulation/checkers.hpp"
#include "tests/simulation/journal_audit.hpp"

namespace tiebreak::simulation {
namespace {

class NaiveRuleAgrees final : public Checker {
public:
    NaiveRuleAgrees() : Checker("the naive rule agrees") {}

    void at_end(const JournalAudit& audit) override {
        daemon::RecordReplayer replayer;
        for (const JournalAudit::Request& request : audit.requests()) {
            const auto flaw = replayer.replay(request.stamp_ns, request.skipped, request.bytes,
                                              [&](matching::Instant at_ns, const auto& command) {
                                                  engine_.apply(at_ns, command, real_);
                                                  naive_.apply(at_ns, matching::Command{command}, rule_);
                                              });
            if (flaw) return fail(*flaw);
            if (!compare(request.position)) return;
        }
        engine_.advance(matching::last_instant, real_);
        naive_.advance(matching::last_instant, rule_);
        compare(0);
    }

private:
    bool compare(std::uint64_t position) {
        const bool equal = real_.texts == rule_.texts;
        if (!equal) {
            std::string what = "at record " + std::to_string(position) + " the engine says";
            for (const std::string& text : real_.texts) what += "\n    " + text;
            what += "\n  and the naive rule";
            for (const std::string& text : rule_.texts) what += "\n    " + text;
            fail(what);
        }
        real_.texts.clear();
        rule_.texts.clear();
        return equal;
    }

    matching::Engine engine_;
    reference::NaiveEngine naive_;
    reference::EventTexts real_, rule_;
};

}  // namespace

std::unique_ptr<Checker> naive_rule_agrees() { return std::make_unique<NaiveRuleAgrees>(); }

}  // namespace tiebreak::simulation
