#include <map>
#include <string>
#include <variant>

#include "matching/commands.hpp"
#include "tests/simulation/checkers.hpp"
#include "tests/simulation/sent_commands.hpp"
#include "wire/event_reader.hpp"
#include "wire/request_reader.hpp"
#include "wire/topics.hpp"

namespace tiebreak::simulation {
namespace {

namespace command = matching::command;
namespace event = matching::event;

// Takes procedures and packages from what was sent; a revision of a procedure may not change its windows.
class WindowsLast final : public Checker {
public:
    WindowsLast() : Checker("windows last") {}

    void on_sent(std::uint32_t, std::uint64_t, std::span<const std::byte> request) override {
        for_each_but_offers(reader_, request, [&](const matching::Command& sent) {
            if (const auto* procedure = std::get_if<command::Procedure>(&sent)) {
                procedures_.insert_or_assign(procedure->id, *procedure);
            } else if (const auto* package = std::get_if<command::Package>(&sent)) {
                packages_.insert_or_assign(package->id, *package);
            }
        });
    }

    void on_notice(std::uint32_t portal, const wire::Notice& notice) override {
        if (portal != 0 || notice.topic != wire::all_topic) return;
        if (notice.kind == wire::NoticeKind::gap) blind_ = true;  // what it hears from now on is not the whole story
        if (notice.kind != wire::NoticeKind::event || blind_) return;
        if (event_reader_.open(notice.body)) return;
        const matching::Event& said = event_reader_.event();
        if (const auto* opened = std::get_if<event::StageOpened>(&said.body)) {
            on_opened(said.at_ns, *opened);
        } else if (const auto* extended = std::get_if<event::WindowExtended>(&said.body)) {
            auto& closes_ns = closes_ns_[std::string{extended->package}];
            if (extended->closes_ns <= closes_ns) fail("the window of " + std::string{extended->package} + " was made shorter");
            closes_ns = extended->closes_ns;
        } else if (const auto* closed = std::get_if<event::StageClosed>(&said.body)) {
            on_closed(said.at_ns, *closed);
        }
    }

private:
    [[nodiscard]] const matching::Stage* stage_of(std::string_view package, std::string_view name) const {
        const auto sent = packages_.find(package);
        if (sent == packages_.end()) return nullptr;
        const auto procedure = procedures_.find(sent->second.procedure);
        if (procedure == procedures_.end()) return nullptr;
        for (const matching::Stage& stage : procedure->second.stages) {
            if (stage.name == name) return &stage;
        }
        return nullptr;
    }

    void on_opened(matching::Instant at_ns, const event::StageOpened& opened) {
        const std::string id{opened.package};
        const matching::Stage* stage = stage_of(id, opened.stage);
        if (stage == nullptr) return fail("stage " + std::string{opened.stage} + " of " + id + " opened and was never asked for");
        const command::Package& package = packages_.find(id)->second;
        matching::Duration window_ns = stage->window_ns;
        for (const auto& [urgency, length_ns] : stage->windows) {
            if (package.urgency == urgency) window_ns = length_ns;
        }
        if (package.window_ns) window_ns = *package.window_ns;
        if (opened.closes_ns != matching::end_of_window(at_ns, window_ns)) {
            fail("stage " + std::string{opened.stage} + " of " + id + " is open for " + std::to_string(opened.closes_ns - at_ns) +
                 " ns instead of " + std::to_string(window_ns));
        }
        closes_ns_[id] = opened.closes_ns;
    }

    void on_closed(matching::Instant at_ns, const event::StageClosed& closed) {
        const std::string id{closed.package};
        const matching::Instant closes_ns = closes_ns_[id];
        const matching::Stage* stage = stage_of(id, closed.stage);
        if (closed.cause == matching::CloseCause::deadline) {
            if (at_ns != closes_ns) {
                fail("the window of " + id + " ended at " + std::to_string(at_ns) + " instead of " + std::to_string(closes_ns));
            }
        } else if (at_ns > closes_ns) {
            fail("the window of " + id + " was still open after its end");
        } else if (stage != nullptr && stage->close == matching::CloseRule::deadline) {
            fail("the window of " + id + " was closed early");
        }
    }

    bool blind_ = false;
    wire::RequestReader reader_;
    wire::EventReader event_reader_;
    std::map<std::string, command::Procedure, std::less<>> procedures_;
    std::map<std::string, command::Package, std::less<>> packages_;
    std::map<std::string, matching::Instant> closes_ns_;
};

}  // namespace

std::unique_ptr<Checker> windows_last() { return std::make_unique<WindowsLast>(); }

}  // namespace tiebreak::simulation
