// What a request may not say: each fault is refused by its code, and by a sentence that names the field.
#include <limits>

#include "tests/catch.hpp"
#include "tests/wire/bytes.hpp"
#include "wire/request_reader.hpp"
#include "wire/request_writer.hpp"
#include "wire/schema/command_generated.h"

using namespace tiebreak;
using namespace tiebreak::wire;
using namespace tiebreak::wire::test;
using matching::Code;
namespace command = matching::command;

namespace {

using Builder = flatbuffers::FlatBufferBuilder;
using Items = std::vector<flatbuffers::Offset<fb::CommandItem>>;

std::span<const std::byte> finished(Builder& builder, const Items& items, std::uint64_t request_id = 5) {
    fb::FinishRequestBuffer(builder, fb::CreateRequestDirect(builder, request_id, &items));
    return {reinterpret_cast<const std::byte*>(builder.GetBufferPointer()), builder.GetSize()};
}

// The refusal of the one command that `make` puts into a request.
template <class Make>
Refusal refusal_of(fb::Command kind, Make make) {
    Builder builder;
    const Items items{fb::CreateCommandItem(builder, kind, make(builder).Union())};
    RequestReader reader;
    const auto message = finished(builder, items);
    const auto whole = reader.open(message);
    REQUIRE_FALSE(whole);
    matching::Command decoded;
    const auto refusal = reader.decode(0, decoded);
    REQUIRE(refusal);
    return *refusal;
}

void check_malformed(const Refusal& refusal, const std::string& sentence) {
    CHECK(refusal.code == Code::malformed);
    CHECK(refusal.sentence == sentence);
}

}  // namespace

TEST_CASE("10,000 commands in one request are too many, and the refusal still knows the request") {
    RequestWriter writer;
    writer.begin(77);
    for (int i = 0; i < 10'000; ++i) writer.add(command::Offer{"O", "K", "P", 1, {}, {}, {}});
    const auto message = writer.finish();
    RequestReader reader;
    const auto refusal = reader.open(message);
    REQUIRE(refusal);
    CHECK(refusal->code == Code::too_large);
    CHECK(refusal->sentence == "the request has 10000 commands; at most 4096 are taken");
    CHECK(reader.request_id() == 77);
    CHECK(reader.size() == 0);

    Limits limits;
    limits.batch_commands_max = 10'000;
    RequestReader generous{limits};
    CHECK_FALSE(generous.open(message));
    CHECK(generous.size() == 10'000);
}

TEST_CASE("a message above the size limit is too large") {
    Limits limits;
    limits.message_bytes_max = 300;
    RequestReader reader{limits};
    const auto refusal = reader.open(Buffer(301));
    REQUIRE(refusal);
    CHECK(refusal->code == Code::too_large);
}

TEST_CASE("a request without commands is malformed, and the refusal still knows the request") {
    RequestReader reader;
    Builder empty;
    const auto none = reader.open(finished(empty, {}, 3));
    REQUIRE(none);
    check_malformed(*none, "commands must have at least one command");
    CHECK(reader.request_id() == 3);

    Builder absent;
    fb::FinishRequestBuffer(absent, fb::CreateRequest(absent, 4));
    const auto missing = reader.open({reinterpret_cast<const std::byte*>(absent.GetBufferPointer()), absent.GetSize()});
    REQUIRE(missing);
    check_malformed(*missing, "commands is required");
    CHECK(reader.request_id() == 4);
}

TEST_CASE("a bad command in a batch does not stop the others") {
    Builder builder;
    const auto good = [&](const char* id) {
        return fb::CreateCommandItem(builder, fb::Command::Offer,
                                     fb::CreateOfferDirect(builder, id, "K", "P", 5).Union());
    };
    const Items items{good("first"), fb::CreateCommandItem(builder, fb::Command::Offer, 0),
                      fb::CreateCommandItem(builder, static_cast<fb::Command>(99), fb::CreateAdvance(builder).Union()),
                      fb::CreateCommandItem(builder), good("last")};
    RequestReader reader;
    const auto message = finished(builder, items);
    REQUIRE_FALSE(reader.open(message));
    REQUIRE(reader.size() == 5);
    command::Offer offer;
    CHECK_FALSE(reader.decode_offer(0, offer));
    CHECK(offer.id == "first");
    matching::Command other;
    const auto absent = reader.decode(1, other);
    REQUIRE(absent);
    check_malformed(*absent, "command is required");
    const auto unknown = reader.decode(2, other);
    REQUIRE(unknown);
    CHECK(unknown->code == Code::unsupported);
    CHECK(unknown->sentence == "command is of kind number 99, which this daemon does not know");
    const auto untyped = reader.decode(3, other);
    REQUIRE(untyped);
    check_malformed(*untyped, "command is required");
    CHECK_FALSE(reader.decode_offer(4, offer));
    CHECK(offer.id == "last");
    CHECK(reader.decode_offer(1, offer));
}

TEST_CASE("a required field that is missing is named") {
    const auto offer = [](const char* id, const char* package, const char* provider,
                          flatbuffers::Optional<std::int64_t> start) {
        return refusal_of(fb::Command::Offer, [=](Builder& b) {
            return fb::CreateOfferDirect(b, id, package, provider, start);
        });
    };
    check_malformed(offer(nullptr, "K", "P", 1), "id is required");
    check_malformed(offer("O", nullptr, "P", 1), "package is required");
    check_malformed(offer("O", "K", nullptr, 1), "provider is required");
    check_malformed(offer("O", "K", "P", flatbuffers::nullopt), "start is required");

    check_malformed(refusal_of(fb::Command::Offer,
                               [](Builder& b) {
                                   const auto accommodation = fb::CreateAccommodation(b);
                                   return fb::CreateOfferDirect(b, "O", "K", "P", 1, flatbuffers::nullopt,
                                                                accommodation);
                               }),
                    "accommodation.landlord is required");
    check_malformed(refusal_of(fb::Command::Confirm, [](Builder& b) { return fb::CreateConfirmDirect(b, "K"); }),
                    "provider is required");
    check_malformed(refusal_of(fb::Command::Decline, [](Builder& b) { return fb::CreateDecline(b); }),
                    "package is required");
    check_malformed(refusal_of(fb::Command::Withdraw, [](Builder& b) { return fb::CreateWithdrawDirect(b, "P"); }),
                    "offer is required");
    check_malformed(refusal_of(fb::Command::Extend, [](Builder& b) { return fb::CreateExtendDirect(b, "K", 5); }),
                    "reason is required");
    check_malformed(refusal_of(fb::Command::Cancel, [](Builder& b) { return fb::CreateCancel(b); }),
                    "package is required");
    check_malformed(refusal_of(fb::Command::Choice, [](Builder& b) { return fb::CreateChoice(b); }),
                    "package is required");
    check_malformed(refusal_of(fb::Command::Approval, [](Builder& b) { return fb::CreateApprovalDirect(b, "K", "r"); }),
                    "approved is required");
    check_malformed(refusal_of(fb::Command::Refuse, [](Builder& b) { return fb::CreateRefuseDirect(b, "K"); }),
                    "provider is required");
    check_malformed(refusal_of(fb::Command::Report, [](Builder& b) { return fb::CreateReportDirect(b, "p", 1); }),
                    "to is required");
    check_malformed(refusal_of(fb::Command::Package, [](Builder& b) { return fb::CreatePackageDirect(b, "K"); }),
                    "procedure is required");
    check_malformed(refusal_of(fb::Command::Procedure, [](Builder& b) { return fb::CreateProcedureDirect(b, "p"); }),
                    "stages is required");
    check_malformed(refusal_of(fb::Command::Provider,
                               [](Builder& b) {
                                   const std::vector ratings{fb::CreateRatingDirect(b, "cqc", 1)};
                                   return fb::CreateProviderDirect(b, "P", nullptr, nullptr, nullptr, nullptr,
                                                                   flatbuffers::nullopt, &ratings);
                               }),
                    "ratings[0].score is required");
}

namespace {

// A procedure with one stage and one criterion, and what the callers change about them.
Refusal procedure_refusal(fb::StageKind kind, fb::CriterionKind by, fb::Requirement requirement,
                          flatbuffers::Optional<std::int64_t> window = 10,
                          flatbuffers::Optional<std::int64_t> choice_window = flatbuffers::nullopt) {
    return refusal_of(fb::Command::Procedure, [=](Builder& b) {
        const std::vector stages{fb::CreateStageDirect(b, "one", window, 0, kind)};
        const std::vector ranking{
            fb::CreateCriterion(b, by, flatbuffers::nullopt, flatbuffers::nullopt, choice_window)};
        const std::vector<fb::Requirement> required{requirement};
        return fb::CreateProcedureDirect(b, "p", &stages, &ranking, nullptr, nullptr, nullptr, &required);
    });
}

constexpr auto offer_stage = fb::StageKind::offer;
constexpr auto by_start = fb::CriterionKind::earliest_start;
constexpr auto price = fb::Requirement::price;

}  // namespace

TEST_CASE("a word that is not listed is refused where it stands, with those that are") {
    check_malformed(procedure_refusal(static_cast<fb::StageKind>(3), by_start, price),
                    "stages[0].kind must be one of offer, confirm, not number 3");
    check_malformed(procedure_refusal(offer_stage, static_cast<fb::CriterionKind>(200), price),
                    "ranking[0].by must be one of earliest_start, highest_quality, highest_feedback, lowest_price, "
                    "earliest_response, citizen_choice, not number 200");
    check_malformed(procedure_refusal(offer_stage, fb::CriterionKind::unspecified, price), "ranking[0].by is required");
    check_malformed(procedure_refusal(offer_stage, by_start, static_cast<fb::Requirement>(0)),
                    "requires[0] must be one of accommodation, not_inadequate, cqc_registered, vacancy, price, "
                    "not number 0");
}

TEST_CASE("a procedure's values out of range are refused where they stand") {
    check_malformed(procedure_refusal(offer_stage, by_start, price, flatbuffers::nullopt),
                    "stages[0].window is required");
    check_malformed(procedure_refusal(offer_stage, by_start, price, 0), "stages[0].window must be more than zero");
    check_malformed(procedure_refusal(offer_stage, by_start, price, 10, 0),
                    "ranking[0].window belongs to citizen_choice alone");
    check_malformed(procedure_refusal(offer_stage, fb::CriterionKind::citizen_choice, price, 10, 0),
                    "ranking[0].window must be more than zero");
}

TEST_CASE("instants at the ends of 64 bits: below 1970 is malformed, the last nanosecond of 2262 is fine") {
    const auto start = [](std::int64_t start_ns) {
        RequestWriter writer;
        command::Offer offer{"O", "K", "P", start_ns, {}, {}, {}};
        const Buffer message = copy_of(writer.write(1, offer));
        RequestReader reader;
        REQUIRE_FALSE(reader.open(message));
        return reader.decode_offer(0, offer);
    };
    CHECK_FALSE(start(0));
    CHECK_FALSE(start(std::numeric_limits<std::int64_t>::max()));
    for (const std::int64_t before_1970 : {std::int64_t{-1}, std::numeric_limits<std::int64_t>::min()}) {
        const auto refusal = start(before_1970);
        REQUIRE(refusal);
        CHECK(refusal->code == Code::malformed);
        CHECK(refusal->sentence.starts_with("start "));
    }
}

TEST_CASE("ids and texts out of range are refused before they are copied") {
    const std::string long_id(65, 'x');
    const std::string long_text(4'001, 'x');
    check_malformed(refusal_of(fb::Command::Offer,
                               [&](Builder& b) { return fb::CreateOfferDirect(b, long_id.c_str(), "K", "P", 1); }),
                    "id must be 1 to 64 characters out of A-Z a-z 0-9 . _ : -");
    check_malformed(refusal_of(fb::Command::Cancel,
                               [&](Builder& b) { return fb::CreateCancelDirect(b, "K", long_text.c_str()); }),
                    "reason must be 1 to 1,000 characters of valid UTF-8");
    for (const char* id : {"", "a b", "\xC3\xA9"}) {
        const auto refusal =
            refusal_of(fb::Command::Offer, [id](Builder& b) { return fb::CreateOfferDirect(b, id, "K", "P", 1); });
        CHECK(refusal.code == Code::malformed);
    }
    const auto not_utf8 =
        refusal_of(fb::Command::Cancel, [](Builder& b) { return fb::CreateCancelDirect(b, "K", "\xED\xA0\x80"); });
    CHECK(not_utf8.code == Code::malformed);
}

TEST_CASE("trap: lists that share their parts can't make a small message cost more than it weighs") {
    // One list of 100,000 roles, and 4,000 stages that all point at it: 400 million roles out of half a megabyte,
    // which FlatBuffers' own Verifier would look at one by one.
    Builder builder;
    const std::vector roles(100'000, builder.CreateString("zonal"));
    const auto shared = builder.CreateVector(roles);
    const auto audience = fb::CreateAudience(builder, shared);
    const auto stage = fb::CreateStage(builder, builder.CreateString("one"), 10, audience);
    const std::vector stages(4'000, stage);
    const std::vector<flatbuffers::Offset<fb::Criterion>> ranking;
    const auto procedure = fb::CreateProcedureDirect(builder, "p", &stages, &ranking);
    const Items items{fb::CreateCommandItem(builder, fb::Command::Procedure, procedure.Union())};
    RequestReader reader;
    const auto message = finished(builder, items);
    REQUIRE_FALSE(reader.open(message));
    matching::Command decoded;
    const auto refusal = reader.decode(0, decoded);
    REQUIRE(refusal);
    check_malformed(*refusal, "stages[0].audience.roles has more elements than the message has room for: its lists "
                              "share their parts too often");
}

TEST_CASE("a writer may share parts within reason: the same memberships for every provider of a batch") {
    Builder builder;
    const std::vector memberships{fb::CreateMembershipDirect(builder, "zonal", "oxford"),
                                  fb::CreateMembershipDirect(builder, "apl", "oxford")};
    const auto shared = builder.CreateVector(memberships);
    Items items;
    for (int i = 0; i < 1'000; ++i) {
        const auto id = builder.CreateString("P" + std::to_string(i));
        items.push_back(fb::CreateCommandItem(builder, fb::Command::Provider,
                                              fb::CreateProvider(builder, id, 0, shared).Union()));
    }
    RequestReader reader;
    const auto message = finished(builder, items);
    REQUIRE_FALSE(reader.open(message));
    for (std::size_t i = 0; i < reader.size(); ++i) {
        matching::Command decoded;
        REQUIRE_FALSE(reader.decode(i, decoded));
        REQUIRE(std::get<command::Provider>(decoded).memberships.size() == 2);
    }
}
