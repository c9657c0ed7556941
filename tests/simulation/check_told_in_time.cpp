#include <algorithm>
#include <string>

#include "tests/simulation/checkers.hpp"
#include "wire/event_reader.hpp"

namespace tiebreak::simulation {
namespace {

// Some commits on a slow disk take seconds.
constexpr std::int64_t late_ns_max = 10 * second;

class ToldInTime final : public Checker {
public:
    ToldInTime() : Checker("told in time") {}

    void on_left(std::span<const std::byte> body, matching::Instant stamps_ns, matching::Instant since_ns) override {
        if (reader_.open(body)) return fail("an event that leaves can't be read");
        const matching::Event& event = reader_.event();
        const std::int64_t late_ns = stamps_ns - std::max(event.at_ns, since_ns);
        if (late_ns <= late_ns_max) return;
        fail("event " + std::to_string(event.sequence) + " happened at " + std::to_string(event.at_ns) + " and left " +
             std::to_string(late_ns) + " ns later than it could");
    }

private:
    wire::EventReader reader_;
};

}  // namespace

std::unique_ptr<Checker> told_in_time() { return std::make_unique<ToldInTime>(); }

}  // namespace tiebreak::simulation
