// Requests whose bytes are damaged: each gets a code and a sentence or is read as it was, none does harm.
#include <random>

#include "matching/well_formed.hpp"
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

command::Offer good_offer(std::string_view id = "O1") {
    command::Offer offer;
    offer.id = id;
    offer.package = "K1";
    offer.provider = "P1";
    offer.start_ns = 1'000;
    offer.price_pence = 12'345;
    offer.landlord = "Ridgeway Homes";
    return offer;
}

// One of each kind that has something worth damaging.
Buffer varied_request() {
    command::Procedure procedure;
    procedure.id = "p";
    procedure.title = "Homecare";
    matching::Stage stage;
    stage.name = "zonal";
    stage.audience.roles = {"strategic", "zonal"};
    stage.window_ns = 3'600'000'000'000;
    stage.windows = {{"emergency", 1'800'000'000'000}};
    procedure.stages = {stage};
    procedure.ranking = {{matching::CriterionKind::earliest_start, 1, 2, 0, {}}};
    procedure.approvals = {{"director", 5, matching::ApprovalBefore::opening}};
    procedure.requires_ = {matching::Requirement::price};
    procedure.rating_rule = matching::RatingRule{4, {"cqc"}, {"council"}};
    procedure.obligations = {{"lead", 75, 0}};
    command::Provider provider;
    provider.id = "P1";
    provider.memberships = {{"zonal", "oxford", {}}};
    provider.services = {"homecare"};
    provider.ratings = {{"cqc", 3, 75'000}};
    command::Package package;
    package.id = "K1";
    package.procedure = "p";
    package.needs = {"live-in"};
    RequestWriter writer;
    writer.begin(42);
    writer.add(procedure);
    writer.add(provider);
    writer.add(package);
    writer.add(good_offer());
    writer.add(command::Decline{"K1", "P1", "no staff"});
    writer.add(command::Choice{"K1", "P1", true, {}});
    return copy_of(writer.finish());
}

// Opens and decodes everything; every command that is accepted is a good one.
void read_all(std::span<const std::byte> message) {
    RequestReader reader;
    if (const auto refusal = reader.open(message)) {
        REQUIRE_FALSE(refusal->sentence.empty());
        REQUIRE(reader.size() == 0);
        return;
    }
    matching::Command decoded;
    command::Offer offer;
    for (std::size_t i = 0; i < reader.size(); ++i) {
        const bool accepted = !reader.decode(i, decoded);
        if (accepted) REQUIRE_FALSE(matching::find_flaw(decoded));
        if (!reader.is_offer(i)) continue;
        REQUIRE(accepted == !reader.decode_offer(i, offer));
        if (accepted) REQUIRE(offer == std::get<command::Offer>(decoded));
    }
}

// Where FlatBuffers' own Verifier finds a message sound, so must we, and read the same.
void compare_with_library(std::span<const std::byte> message) {
    const auto* const first = reinterpret_cast<const std::uint8_t*>(message.data());
    flatbuffers::Verifier verifier{first, message.size()};
    if (!fb::VerifyRequestBuffer(verifier)) return;
    const fb::Request& request = *fb::GetRequest(first);
    RequestReader reader;
    if (reader.open(message)) {
        REQUIRE((request.commands() == nullptr || request.commands()->size() == 0 ||
                 request.commands()->size() > message.size() / 8));
        return;
    }
    REQUIRE(reader.request_id() == request.request_id());
    REQUIRE(reader.size() == request.commands()->size());
    for (unsigned i = 0; i < reader.size(); ++i) {
        matching::Command decoded;
        const auto refusal = reader.decode(i, decoded);
        INFO((refusal ? refusal->sentence : std::string{}));
        if (refusal) REQUIRE(refusal->sentence.find("damaged") == std::string::npos);
        const fb::Offer* const offer = request.commands()->Get(i)->command_as_Offer();
        if (refusal || offer == nullptr) continue;
        const auto& read = std::get<command::Offer>(decoded);
        REQUIRE(read.id == offer->id()->string_view());
        REQUIRE(read.package == offer->package()->string_view());
        REQUIRE(read.provider == offer->provider()->string_view());
        REQUIRE(read.start_ns == *offer->start());
        REQUIRE(read.price_pence.has_value() == offer->price_pence().has_value());
    }
}

}  // namespace

TEST_CASE("a request cut off at any length is refused, or what is left of it is read as it was") {
    const Buffer message = varied_request();
    RequestReader whole;
    REQUIRE_FALSE(whole.open(message));
    for (std::size_t length = 0; length < message.size(); ++length) {
        const Buffer cut(message.begin(), message.begin() + static_cast<std::ptrdiff_t>(length));
        read_all(cut);
        RequestReader reader;
        if (reader.open(cut)) continue;
        for (std::size_t i = 0; i < reader.size(); ++i) {
            matching::Command before;
            matching::Command after;
            if (reader.decode(i, after)) continue;
            REQUIRE(whole.open(message) == std::nullopt);
            REQUIRE(whole.decode(i, before) == std::nullopt);
            REQUIRE(before == after);
        }
    }
}

TEST_CASE("damaged bytes never do more than get a request or a command refused") {
    const Buffer message = varied_request();
    std::mt19937_64 random{20'261'123};
    for (int round = 0; round < 60'000; ++round) {
        Buffer damaged = message;
        for (std::uint64_t i = 1 + random() % 4; i > 0; --i) {
            // Small values are the likelier offsets and lengths, so they do the more damage.
            const auto value = static_cast<std::byte>(random() % 2 == 0 ? random() % 256 : random() % 16);
            damaged[random() % damaged.size()] = value;
        }
        read_all(damaged);
        compare_with_library(damaged);
    }
}

TEST_CASE("random bytes behind the right identifier do no harm") {
    std::mt19937_64 random{7};
    for (int round = 0; round < 20'000; ++round) {
        Buffer bytes(8 + random() % 120);
        for (std::byte& byte : bytes) byte = static_cast<std::byte>(random() % 2 == 0 ? random() % 256 : random() % 24);
        std::memcpy(bytes.data() + 4, "TBC1", 4);
        read_all(bytes);
        compare_with_library(bytes);
    }
}

TEST_CASE("a message that is no request is refused as a whole") {
    RequestReader reader;
    const auto refused = [&](std::string_view text) {
        auto refusal = reader.open(bytes_of_text(text));
        REQUIRE(refusal);
        CHECK_FALSE(refusal->sentence.empty());
        CHECK(reader.request_id() == 0);
        return refusal->code;
    };
    CHECK(refused("") == Code::malformed);
    CHECK(refused("short") == Code::malformed);
    CHECK(refused("0000JSON and more of it") == Code::malformed);
    CHECK(refused("0000TBR1 a reply, say....") == Code::malformed);
    CHECK(refused("0000TBC2 of next year....") == Code::wrong_version);
    CHECK(refused(std::string_view{"\0\0\0\0TBC1", 8}) == Code::malformed);
}
