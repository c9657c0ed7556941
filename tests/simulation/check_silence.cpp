#include <deque>
#include <unordered_map>

#include "tests/simulation/checkers.hpp"

namespace tiebreak::simulation {
namespace {

constexpr std::int64_t silence_ns_max = 2 * minute;

class NothingSilent final : public Checker {
public:
    NothingSilent() : Checker("nothing is silent") {}

    void on_delivered(std::uint64_t serial, TrueTime now) override {
        look_for_overdue(now);
        waiting_.push_back({serial, now});
        state_[serial] = State::waiting;
    }

    void on_answered(std::uint64_t serial) override {
        const auto found = state_.find(serial);
        if (found == state_.end()) return fail("message " + std::to_string(serial) + " was answered and never came in");
        if (found->second == State::answered) return fail("message " + std::to_string(serial) + " was answered twice");
        found->second = State::answered;
    }

    void on_process_end() override {
        waiting_.clear();
        state_.clear();
    }

    void on_reply(std::uint32_t, std::uint64_t id, std::span<const std::byte>, const wire::ReplyReader& reply) override {
        if (!reply.code().empty() && reply.detail().empty()) fail("request " + std::to_string(id) + " was refused without a sentence");
        for (const wire::CommandReplyView& command : reply.replies()) {
            if (!command.code.empty() && command.detail.empty()) {
                fail("a command of request " + std::to_string(id) + " was refused without a sentence");
            }
        }
    }

    void on_answer(std::uint32_t, const wire::AnswerReader& answer) override {
        if (!answer.code().empty() && answer.detail().empty()) fail("a query was refused without a sentence");
    }

    void at_end(const JournalAudit&) override {
        drop_answered();
        if (!waiting_.empty()) fail("message " + std::to_string(waiting_.front().serial) + " was never answered");
    }

private:
    enum class State : std::uint8_t { waiting, answered };
    struct Waiting {
        std::uint64_t serial = 0;
        TrueTime since = 0;
    };

    void drop_answered() {
        while (!waiting_.empty() && state_[waiting_.front().serial] == State::answered) waiting_.pop_front();
    }

    void look_for_overdue(TrueTime now) {
        drop_answered();
        if (waiting_.empty() || now - waiting_.front().since <= silence_ns_max) return;
        fail("message " + std::to_string(waiting_.front().serial) + " was not answered within two minutes");
        waiting_.pop_front();
    }

    std::deque<Waiting> waiting_;
    std::unordered_map<std::uint64_t, State> state_;
};

}  // namespace

std::unique_ptr<Checker> nothing_silent() { return std::make_unique<NothingSilent>(); }

}  // namespace tiebreak::simulation
