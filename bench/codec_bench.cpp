// The wire's share of an offer's way: writing a request, reading it back with every check, writing the reply and the event;
// beside them the same offer as a line of JSON.
#include <benchmark/benchmark.h>

#include <string>
#include <vector>

#include "matching/events.hpp"
#include "wire/event_writer.hpp"
#include "wire/json_reader.hpp"
#include "wire/json_writer.hpp"
#include "wire/reply.hpp"
#include "wire/request_reader.hpp"
#include "wire/request_writer.hpp"

namespace {

using namespace tiebreak;

const matching::command::Offer offer{"offer-00017", "package-0042", "provider-007", 1'795'000'000'000'000'000,
                                     2'907,         {},             {}};

std::vector<std::byte> copy_of(std::span<const std::byte> bytes) { return {bytes.begin(), bytes.end()}; }

void write_request(benchmark::State& state) {
    wire::RequestWriter writer;
    const auto count = state.range(0);
    std::size_t bytes = 0;
    for (auto _ : state) {
        writer.begin(7);
        for (std::int64_t i = 0; i < count; ++i) writer.add(offer);
        bytes = writer.finish().size();
    }
    state.SetItemsProcessed(state.iterations() * count);
    state.SetLabel(std::to_string(bytes) + " bytes");
}
BENCHMARK(write_request)->ArgName("offers")->Arg(1)->Arg(64);

// A request of nothing but offers.
void write_offers(benchmark::State& state) {
    wire::RequestWriter writer;
    const std::vector<matching::command::Offer> offers(static_cast<std::size_t>(state.range(0)), offer);
    for (auto _ : state) benchmark::DoNotOptimize(writer.write(7, offers));
    state.SetItemsProcessed(state.iterations() * state.range(0));
}
BENCHMARK(write_offers)->ArgName("offers")->Arg(1)->Arg(64);

// Verified, decoded, and checked for everything that makes a command acceptable.
void read_request(benchmark::State& state) {
    wire::RequestWriter writer;
    writer.begin(7);
    for (std::int64_t i = 0; i < state.range(0); ++i) writer.add(offer);
    const auto message = copy_of(writer.finish());
    wire::RequestReader reader;
    matching::command::Offer read;
    for (auto _ : state) {
        if (reader.open(message)) state.SkipWithError("the message was refused");
        for (std::size_t i = 0; i < reader.size(); ++i)
            if (!reader.is_offer(i) || reader.decode_offer(i, read)) state.SkipWithError("an offer was refused");
        benchmark::DoNotOptimize(read);
    }
    state.SetItemsProcessed(state.iterations() * state.range(0));
}
BENCHMARK(read_request)->ArgName("offers")->Arg(1)->Arg(64);

void write_reply(benchmark::State& state) {
    wire::ReplyWriter writer;
    const std::vector<wire::CommandReply> replies(static_cast<std::size_t>(state.range(0)), {.arrival_ns = 5, .sequence = 6});
    for (auto _ : state) benchmark::DoNotOptimize(writer.write(7, replies));
    state.SetItemsProcessed(state.iterations() * state.range(0));
}
BENCHMARK(write_reply)->ArgName("offers")->Arg(1)->Arg(64);

void write_event(benchmark::State& state) {
    wire::EventWriter writer;
    const matching::Event event{5, 6, 0, "oxford",
                                matching::event::OfferAccepted{"package-0042", "zonal", "offer-00017", "provider-007", 5}};
    for (auto _ : state) benchmark::DoNotOptimize(writer.write(event));
}
BENCHMARK(write_event);

void write_award(benchmark::State& state) {
    wire::EventWriter writer;
    std::vector<matching::RankedOffer> ranking(static_cast<std::size_t>(state.range(0)),
                                               {"offer-00017", "provider-007", matching::CriterionKind::earliest_start});
    const matching::Event event{5, 6, 0, "oxford",
                                matching::event::Awarded{"package-0042", "zonal", "offer-00017", "provider-007", 5,
                                                         matching::DecidedBy::earliest_start, ranking}};
    for (auto _ : state) benchmark::DoNotOptimize(writer.write(event));
    state.SetItemsProcessed(state.iterations());
}
BENCHMARK(write_award)->ArgName("offers")->Arg(1)->Arg(20);

void read_json_offer(benchmark::State& state) {
    std::string line;
    wire::append_command(line, 5, matching::Command{offer});
    wire::CommandReader reader;
    for (auto _ : state) {
        auto read = reader.read(line, wire::AtField::required);
        if (read.index() != 0) state.SkipWithError("the line was refused");
        benchmark::DoNotOptimize(read);
    }
    state.SetLabel(std::to_string(line.size()) + " bytes");
}
BENCHMARK(read_json_offer);

}  // namespace
