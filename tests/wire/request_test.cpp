// Requests as they should be: everything that goes in comes out.
#include <rapidcheck.h>

#include "matching/well_formed.hpp"
#include "tests/catch.hpp"
#include "tests/wire/bytes.hpp"
#include "tests/wire/made_values.hpp"
#include "wire/message_kind.hpp"
#include "wire/request_reader.hpp"
#include "wire/request_writer.hpp"
#include "wire/schema/command_generated.h"

using namespace tiebreak;
using namespace tiebreak::wire;
using namespace tiebreak::wire::test;

namespace {

bool library_accepts(std::span<const std::byte> message) {
    const Misaligned aligned{message, 0};
    flatbuffers::Verifier verifier{reinterpret_cast<const std::uint8_t*>(aligned.bytes().data()), message.size()};
    return fb::VerifyRequestBuffer(verifier);
}

matching::command::Offer small_offer() {
    matching::command::Offer offer;
    offer.id = "O1234567";
    offer.package = "K1234567";
    offer.provider = "P1234567";
    offer.start_ns = 1'795'593'600'000'000'000;
    return offer;
}

}  // namespace

TEST_CASE("every kind of command comes out of a request as it went in") {
    for (std::size_t kind = 0; kind < std::variant_size_v<matching::Command>; ++kind) {
        INFO(matching::command_names[kind]);
        CHECK(rc::check([kind] {
            Maker maker;
            const matching::Command command = maker.command(kind);
            RC_ASSERT(!matching::find_flaw(command));
            RequestWriter writer;
            const auto message = writer.write(7, command);
            RC_ASSERT(library_accepts(message));
            RequestReader reader;
            RC_ASSERT(!reader.open(message));
            RC_ASSERT(reader.request_id() == 7u);
            RC_ASSERT(reader.size() == 1u);
            matching::Command decoded;
            RC_ASSERT(!reader.decode(0, decoded));
            RC_ASSERT(decoded == command);
        }));
    }
}

TEST_CASE("a batch keeps the order of its commands, and its offers come out of the fast path too") {
    CHECK(rc::check([] {
        Maker maker;
        std::vector<matching::Command> commands(1 + *rc::gen::inRange<std::size_t>(0, 10));
        for (matching::Command& command : commands) command = maker.command();
        RequestWriter writer;
        writer.begin(8);
        for (const matching::Command& command : commands) writer.add(command);
        RequestReader reader;
        RC_ASSERT(!reader.open(writer.finish()));
        RC_ASSERT(reader.size() == commands.size());
        for (std::size_t i = 0; i < commands.size(); ++i) {
            const auto* const offer = std::get_if<matching::command::Offer>(&commands[i]);
            RC_ASSERT(reader.is_offer(i) == (offer != nullptr));
            matching::Command decoded;
            RC_ASSERT(!reader.decode(i, decoded));
            RC_ASSERT(decoded == commands[i]);
            if (offer == nullptr) continue;
            matching::command::Offer fast;
            RC_ASSERT(!reader.decode_offer(i, fast));
            RC_ASSERT(fast == *offer);
        }
    }));
}

TEST_CASE("a request of offers alone, written the fast way, is sound and reads the same") {
    CHECK(rc::check([] {
        Maker maker;
        std::vector<matching::command::Offer> offers(1 + *rc::gen::inRange<std::size_t>(0, 12));
        for (matching::command::Offer& offer : offers) offer = maker.offer();
        const auto id = *rc::gen::arbitrary<std::uint64_t>();
        RequestWriter writer;
        const auto message = writer.write(id, offers);
        RC_ASSERT(library_accepts(message));
        RequestReader reader;
        RC_ASSERT(!reader.open(message));
        RC_ASSERT(reader.request_id() == id);
        RC_ASSERT(reader.size() == offers.size());
        for (std::size_t i = 0; i < offers.size(); ++i) {
            matching::command::Offer decoded;
            RC_ASSERT(reader.is_offer(i));
            RC_ASSERT(!reader.decode_offer(i, decoded));
            RC_ASSERT(decoded == offers[i]);
        }
        const Misaligned aligned{message, 0};
        const auto* const request = fb::GetRequest(aligned.bytes().data());
        const auto* const last = request->commands()->Get(request->commands()->size() - 1)->command_as_Offer();
        RC_ASSERT(last->id()->string_view() == offers.back().id);
        RC_ASSERT(last->start() == offers.back().start_ns);
        RC_ASSERT(last->price_pence().has_value() == offers.back().price_pence.has_value());
    }));
}

TEST_CASE("an offer alone, with ids of eight characters, takes at most 150 bytes") {
    RequestWriter writer;
    CHECK(writer.write(1, small_offer()).size() <= 150);
}

TEST_CASE("an offer's texts are views of the message itself") {
    RequestWriter writer;
    const Buffer message = copy_of(writer.write(1, small_offer()));
    RequestReader reader;
    REQUIRE_FALSE(reader.open(message));
    matching::command::Offer offer;
    REQUIRE_FALSE(reader.decode_offer(0, offer));
    const auto* const first = reinterpret_cast<const char*>(message.data());
    CHECK(std::less_equal<>{}(first, offer.id.data()));
    CHECK(std::less<>{}(offer.id.data(), first + message.size()));
}

TEST_CASE("trap: ZeroMQ hands over frames at odd addresses, and a request at any of them reads the same") {
    Maker maker;
    CHECK(rc::check([] {
        Maker made;
        RequestWriter writer;
        const matching::Command command = made.command();
        const Buffer message = copy_of(writer.write(9, command));
        for (std::size_t offset = 1; offset < 8; ++offset) {
            const Misaligned moved{message, offset};
            RequestReader reader;
            RC_ASSERT(!reader.open(moved.bytes()));
            matching::Command decoded;
            RC_ASSERT(!reader.decode(0, decoded));
            RC_ASSERT(decoded == command);
        }
    }));
}

TEST_CASE("the kinds of message on the command socket are told apart by four characters") {
    const auto kind = [](std::string_view text) { return kind_of(bytes_of_text(text)); };
    CHECK(kind("0000TBC1") == MessageKind::commands);
    CHECK(kind("0000TBQ1") == MessageKind::query);
    CHECK(kind("0000TBC2") == MessageKind::wrong_version);
    CHECK(kind("0000TBQ0") == MessageKind::wrong_version);
    CHECK(kind("0000TBR1") == MessageKind::unknown);
    CHECK(kind("0000TBC") == MessageKind::unknown);
    CHECK(kind("") == MessageKind::unknown);
}

TEST_CASE("windows by urgency may be written in any order") {
    flatbuffers::FlatBufferBuilder builder;
    const auto window = [&](const char* urgency, std::int64_t length_ns) {
        return fb::CreateUrgencyWindow(builder, builder.CreateString(urgency), length_ns);
    };
    const std::vector windows{window("urgent", 2), window("emergency", 1)};
    const auto stage = fb::CreateStageDirect(builder, "one", 10, 0, fb::StageKind::unspecified, &windows);
    const std::vector stages{stage};
    const std::vector<flatbuffers::Offset<fb::Criterion>> ranking;
    const auto procedure = fb::CreateProcedureDirect(builder, "p", &stages, &ranking);
    const std::vector items{fb::CreateCommandItem(builder, fb::Command::Procedure, procedure.Union())};
    fb::FinishRequestBuffer(builder, fb::CreateRequestDirect(builder, 1, &items));

    RequestReader reader;
    REQUIRE_FALSE(reader.open({reinterpret_cast<const std::byte*>(builder.GetBufferPointer()), builder.GetSize()}));
    matching::Command command;
    REQUIRE_FALSE(reader.decode(0, command));
    const auto& read = std::get<matching::command::Procedure>(command).stages.at(0).windows;
    REQUIRE(read.size() == 2);
    CHECK(read[0] == std::pair<std::string, matching::Duration>{"emergency", 1});
    CHECK(read[1] == std::pair<std::string, matching::Duration>{"urgent", 2});
}
