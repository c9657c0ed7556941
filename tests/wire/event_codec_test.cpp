#include <limits>
#include <random>

#include <rapidcheck.h>

#include "tests/catch.hpp"
#include "tests/wire/bytes.hpp"
#include "tests/wire/made_values.hpp"
#include "wire/event_reader.hpp"
#include "wire/event_writer.hpp"
#include "wire/json_writer.hpp"
#include "wire/schema/event_generated.h"

using namespace tiebreak;
using namespace tiebreak::wire;
using namespace tiebreak::wire::test;

namespace {

// The JSON form names every field of an event, so it serves to compare two.
std::string text_of(const matching::Event& event) {
    std::string text;
    append_event(text, event);
    return text;
}

std::span<const std::byte> finished(flatbuffers::FlatBufferBuilder& builder, fb::EventBody kind,
                                    flatbuffers::Offset<void> body) {
    fb::FinishEventBuffer(builder, fb::CreateEvent(builder, 1, 1, kind, body));
    return {reinterpret_cast<const std::byte*>(builder.GetBufferPointer()), builder.GetSize()};
}

// `check` gets made events of every kind, and each as it is written.
template <class Check>
void check_every_kind(Check check) {
    for (std::size_t kind = 0; kind < std::variant_size_v<matching::EventBody>; ++kind) {
        INFO(matching::event_names[kind]);
        CHECK(rc::check([&] {
            Maker maker;
            const matching::Event event = maker.event(kind);
            EventWriter writer;
            check(event, copy_of(writer.write(event)));
        }));
    }
}

}  // namespace

TEST_CASE("every kind of event comes out as it went in, at any address") {
    check_every_kind([](const matching::Event& event, const Buffer& body) {
        const Misaligned moved{body, *rc::gen::inRange<std::size_t>(0, 8)};
        EventReader reader;
        RC_ASSERT(!reader.open(moved.bytes()));
        RC_ASSERT(text_of(reader.event()) == text_of(event));
    });
}

TEST_CASE("an event written twice by one writer gives the same bytes") {
    check_every_kind([](const matching::Event& event, const Buffer& body) {
        EventWriter writer;
        RC_ASSERT(copy_of(writer.write(event)) == body);
        RC_ASSERT(copy_of(writer.write(event)) == body);
    });
}

TEST_CASE("what FlatBuffers' own Verifier says of every kind of event: whole") {
    check_every_kind([](const matching::Event&, const Buffer& body) {
        flatbuffers::Verifier verifier(reinterpret_cast<const std::uint8_t*>(body.data()), body.size());
        RC_ASSERT(fb::VerifyEventBuffer(verifier));
    });
}

TEST_CASE("a reader that has read many events shows only the last") {
    CHECK(rc::check([] {
        Maker maker;
        EventWriter writer;
        EventReader reader;
        for (int i = 0; i < 5; ++i) {
            const matching::Event event = maker.event();
            RC_ASSERT(!reader.open(writer.write(event)));
            RC_ASSERT(text_of(reader.event()) == text_of(event));
        }
    }));
}

TEST_CASE("an event without what it must have is refused by the name of the field") {
    EventReader reader;
    flatbuffers::FlatBufferBuilder builder;
    const auto flaw = [&](fb::EventBody kind, flatbuffers::Offset<void> body) {
        const auto found = reader.open(finished(builder, kind, body));
        builder.Clear();
        return found.value_or("none");
    };
    CHECK(flaw(fb::EventBody::NONE, 0) == "body is missing");
    CHECK(flaw(fb::EventBody::PackageOpened, fb::CreatePackageOpenedDirect(builder, "K").Union()) ==
          "procedure is missing");
    CHECK(flaw(fb::EventBody::StageOpened, fb::CreateStageOpenedDirect(builder, "K", "s").Union()) ==
          "invited is missing");
    CHECK(flaw(fb::EventBody::Awarded, fb::CreateAwardedDirect(builder, "K", "s", "O", "P", 1).Union()) ==
          "decided_by is none of earliest_start, highest_quality, highest_feedback, lowest_price, earliest_response, "
          "citizen_choice, first_offer, refusal, only_offer");
    CHECK(flaw(fb::EventBody::Unawarded,
               fb::CreateUnawardedDirect(builder, "K", static_cast<fb::UnawardedReason>(9)).Union()) ==
          "reason is none of no_offers, approval_refused, refused");
    CHECK(flaw(fb::EventBody::Rejected, fb::CreateRejectedDirect(builder, "offer", "made_up", "d").Union()) ==
          "code is missing or unknown");
    CHECK(flaw(static_cast<fb::EventBody>(77), fb::CreateUnawardedDirect(builder, "K").Union()) ==
          "body is of an unknown kind");
}

TEST_CASE("an event with an instant before 1970 is refused: found by fuzzing, as the text of such an instant") {
    const matching::EventBody bodies[] = {
        matching::event::StageOpened{"K", "s", -1, {}},
        matching::event::OfferAccepted{"K", "s", "O", "P", -1, {}, false, false},
        matching::event::WindowExtended{"K", "s", -1, "r"},
        matching::event::Shortlisted{"K", {}, {}, -1},
        matching::event::Awarded{"K", "s", "O", "P", std::numeric_limits<matching::Instant>::min(), {}, {}},
    };
    EventWriter writer;
    EventReader reader;
    for (const matching::EventBody& body : bodies) {
        INFO(matching::event_names[body.index()]);
        CHECK(reader.open(writer.write(matching::Event{1, 1, 0, {}, body})).value_or("").ends_with(" is before 1970"));
    }
    CHECK(reader.open(writer.write(matching::Event{-1, 1, 0, {}, matching::event::PackageCancelled{"K"}})) ==
          "at is before 1970");
}

TEST_CASE("damaged events are refused or read, and nothing worse") {
    const std::string_view invited[] = {"A", "B", "C"};
    const matching::RankedOffer ranking[] = {{"O1", "A", {}}, {"O2", "B", matching::CriterionKind::earliest_start}};
    const matching::Event events[] = {
        {1, 2, 0, {}, matching::event::StageOpened{"K1", "zonal", 3, invited}},
        {1, 2, 0, {},
         matching::event::Awarded{"K1", "zonal", "O1", "A", 5, matching::DecidedBy::earliest_start, ranking}},
    };
    std::mt19937_64 random{3};
    EventWriter writer;
    EventReader reader;
    std::string text;
    for (const matching::Event& event : events) {
        const Buffer body = copy_of(writer.write(event));
        for (std::size_t length = 0; length < body.size(); ++length) {
            static_cast<void>(reader.open(std::span{body}.first(length)));
        }
        int refused = 0;
        for (int round = 0; round < 20'000; ++round) {
            Buffer damaged = body;
            for (int i = 0; i < 2; ++i) damaged[random() % damaged.size()] = static_cast<std::byte>(random() % 32);
            if (reader.open(damaged)) {
                ++refused;
            } else {
                text.clear();
                append_event(text, reader.event());
            }
        }
        CHECK(refused > 0);
        CHECK(refused < 20'000);
    }
}
