#include "bench/surge_phase.hpp"

#include <algorithm>
#include <cmath>

#include "bench/surge_clock.hpp"

namespace tiebreak::bench {
namespace {

void count(const SentOffer& offer, Outcome& outcome) {
    ++outcome.sent;
    switch (offer.state) {
        case OfferState::unanswered: ++outcome.lost; break;
        case OfferState::accepted: ++outcome.accepted; break;
        case OfferState::closed: ++outcome.closed; break;
        case OfferState::busy: ++outcome.busy; break;
        case OfferState::refused: ++outcome.refused; break;
    }
}

// Offers of one request may have fared differently, but were answered at once.
void count_request(const Ledger& ledger, std::size_t request, std::size_t batch, Outcome& outcome) {
    const RequestTimes& times = ledger.requests[request];
    const std::int64_t latency_ns = times.answered_ns - times.due_ns;
    for (std::size_t i = request * batch; i < (request + 1) * batch; ++i) {
        const SentOffer& offer = ledger.offers[i];
        count(offer, outcome);
        if (offer.state == OfferState::busy) outcome.busy_latency.record(latency_ns);
        else if (offer.state != OfferState::unanswered) outcome.latency.record(latency_ns);
    }
}

// Times of both clocks meet here: a stamp is wall time.
void note_way(const Ledger& ledger, std::size_t request, const LoadPlan& plan, std::int64_t wall_to_steady_ns, Phase& phase) {
    const RequestTimes& times = ledger.requests[request];
    if (times.answered_ns == 0) return;
    const SentOffer& first = ledger.offers[request * plan.batch];
    phase.lag.record(times.sent_ns - times.due_ns, plan.batch);
    if (!plan.daemon || first.state == OfferState::busy) return;
    const std::int64_t stamp_ns = first.stamp_ns + wall_to_steady_ns;
    phase.to_stamp.record(stamp_ns - times.sent_ns, plan.batch);
    phase.from_stamp.record(times.answered_ns - stamp_ns, plan.batch);
}

double quantile_us(std::vector<float>& latencies_us, double quantile) {
    if (latencies_us.empty()) return 0;
    const auto place = static_cast<std::size_t>(std::ceil(quantile * static_cast<double>(latencies_us.size()))) - 1;
    std::nth_element(latencies_us.begin(), latencies_us.begin() + static_cast<std::ptrdiff_t>(place), latencies_us.end());
    return static_cast<double>(latencies_us[place]);
}

Slots slots_of(std::span<const LoadPlan> plans, std::span<const LoadResult> results) {
    const LoadPlan& plan = plans[0];
    const auto count = static_cast<std::size_t>((plan.ends_steady_ns - plan.begins_steady_ns) / slot_ns) + 1;
    Slots slots;
    for (auto* const list : {&slots.due, &slots.answered, &slots.busy}) list->resize(count);
    std::vector<std::vector<float>> latencies_us(count);
    const auto slot_of = [&](std::int64_t at_ns) { return static_cast<std::size_t>((at_ns - plan.begins_steady_ns) / slot_ns); };
    for (const LoadResult& result : results) {
        const Ledger& ledger = result.ledger;
        for (std::size_t request = 0; request < ledger.requests.size(); ++request) {
            const RequestTimes& times = ledger.requests[request];
            const std::size_t due = slot_of(times.due_ns);
            const auto offers = static_cast<std::uint32_t>(plan.batch);
            if (due < count) slots.due[due] += offers;
            if (times.answered_ns == 0) continue;
            const bool busy = ledger.offers[request * plan.batch].state == OfferState::busy;
            if (const std::size_t at = slot_of(times.answered_ns); at < count) (busy ? slots.busy : slots.answered)[at] += offers;
            if (due < count) latencies_us[due].push_back(static_cast<float>(static_cast<double>(times.answered_ns - times.due_ns) / 1e3));
        }
    }
    for (auto& one : latencies_us) {
        slots.p50_us.push_back(quantile_us(one, 0.5));
        slots.p99_us.push_back(quantile_us(one, 0.99));
    }
    return slots;
}

}  // namespace

Phase sum_up(std::span<const LoadPlan> plans, std::span<const LoadResult> results) {
    Phase phase;
    phase.ran = true;
    phase.begins_steady_ns = plans[0].begins_steady_ns;
    const std::int64_t wall_to_steady_ns = steady_ns() - wall_ns();
    std::int64_t last_ns = plans[0].begins_steady_ns;
    for (const LoadResult& result : results) {
        const Ledger& ledger = result.ledger;
        for (std::size_t request = 0; request < ledger.requests.size(); ++request) {
            count_request(ledger, request, plans[0].batch, phase.all);
            note_way(ledger, request, plans[0], wall_to_steady_ns, phase);
        }
        phase.duplicated += ledger.duplicated;
        phase.wrong_answers += ledger.wrong_answers;
        if (phase.note.empty()) phase.note = ledger.note;
        last_ns = std::max(last_ns, result.last_answer_steady_ns);
    }
    phase.slots = slots_of(plans, results);
    const std::int64_t took_ns = last_ns - plans[0].begins_steady_ns;
    if (took_ns > 0) phase.per_second = static_cast<double>(phase.all.accepted) * 1e9 / static_cast<double>(took_ns);
    return phase;
}

Outcome outcome_between(std::span<const LoadResult> results, std::size_t batch, std::int64_t from_ns, std::int64_t to_ns) {
    Outcome outcome;
    for (const LoadResult& result : results) {
        const Ledger& ledger = result.ledger;
        for (std::size_t request = 0; request < ledger.requests.size(); ++request) {
            const std::int64_t due_ns = ledger.requests[request].due_ns;
            if (due_ns >= from_ns && due_ns < to_ns) count_request(ledger, request, batch, outcome);
        }
    }
    return outcome;
}

}  // namespace tiebreak::bench
