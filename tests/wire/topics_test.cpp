#include "tests/catch.hpp"
#include "tests/wire/bytes.hpp"
#include "wire/feed_head.hpp"
#include "wire/topics.hpp"

using namespace tiebreak;
using namespace tiebreak::wire;
namespace event = matching::event;
using Topics = std::vector<std::string>;

namespace {

Topics topics_of(matching::EventBody body, std::string_view zone = {}) {
    TopicList list;
    list.collect(matching::Event{1, 1, 0, zone, std::move(body)});
    Topics topics;
    for (std::size_t i = 0; i < list.size(); ++i) topics.emplace_back(list[i]);
    return topics;
}

Topics rejected(matching::Code code) {
    event::Rejected body;
    body.command = "offer";
    body.code = code;
    body.package = "K1";
    body.provider = "P1";
    body.offer = "O1";
    return topics_of(body);
}

}  // namespace

TEST_CASE("an event goes out on all/, its package, the package's zone and every provider it names, each once") {
    CHECK(topics_of(event::PackageOpened{"K1", "p"}, "oxford") == Topics{"all/", "package/K1/", "zone/oxford/"});
    CHECK(topics_of(event::PackageOpened{"K1", "p"}) == Topics{"all/", "package/K1/"});
    CHECK(topics_of(event::OfferAccepted{"K1", "s", "O1", "P1", 1, {}, false, false}, "oxford") ==
          Topics{"all/", "package/K1/", "zone/oxford/", "provider/P1/"});
    const std::string_view invited[] = {"A", "B"};
    CHECK(topics_of(event::StageOpened{"K1", "s", 1, invited}) ==
          Topics{"all/", "package/K1/", "provider/A/", "provider/B/"});
    const std::string_view offers[] = {"O2", "O1"};
    const std::string_view providers[] = {"B", "A"};
    CHECK(topics_of(event::Shortlisted{"K1", offers, providers, 1}) ==
          Topics{"all/", "package/K1/", "provider/A/", "provider/B/"});
    CHECK(topics_of(event::ProviderRegistered{"P1", 1}) == Topics{"all/", "provider/P1/"});
    CHECK(topics_of(event::ProcedureRegistered{"p", 1}) == Topics{"all/"});
    CHECK(topics_of(event::ApprovalPending{"K1", {}, {}, "director"}) == Topics{"all/", "package/K1/"});
    CHECK(topics_of(event::ApprovalPending{"K1", "O1", "P1", "director"}) ==
          Topics{"all/", "package/K1/", "provider/P1/"});
    CHECK(topics_of(event::Standing{"p", "lead", "oxford", "P1", 3, 2, 1, 0, true}) == Topics{"all/", "provider/P1/"});
}

TEST_CASE("award/ has the outcomes alone: awarded, unawarded, award_refused, package_cancelled") {
    const matching::RankedOffer ranking[] = {{"O1", "B", {}}, {"O2", "A", matching::CriterionKind::earliest_start}};
    CHECK(topics_of(event::Awarded{"K1", "s", "O1", "B", 1, matching::DecidedBy::earliest_start, ranking}, "oxford") ==
          Topics{"all/", "award/", "package/K1/", "zone/oxford/", "provider/A/", "provider/B/"});
    CHECK(topics_of(event::Unawarded{"K1"}) == Topics{"all/", "award/", "package/K1/"});
    CHECK(topics_of(event::AwardRefused{"K1", "B"}) == Topics{"all/", "award/", "package/K1/", "provider/B/"});
    CHECK(topics_of(event::PackageCancelled{"K1"}) == Topics{"all/", "award/", "package/K1/"});
}

TEST_CASE("ids that were only made up in a rejected command get no topic") {
    CHECK(rejected(matching::Code::closed) == Topics{"all/", "package/K1/", "provider/P1/"});
    CHECK(rejected(matching::Code::unknown_provider) == Topics{"all/", "package/K1/"});
    CHECK(rejected(matching::Code::unknown_package) == Topics{"all/"});
    CHECK(rejected(matching::Code::unknown_procedure) == Topics{"all/"});
}

TEST_CASE("no topic is a prefix of another one, whatever the ids") {
    CHECK(package_topic("K1") == "package/K1/");
    CHECK_FALSE(package_topic("K10").starts_with(package_topic("K1")));
    CHECK(zone_topic("oxford") == "zone/oxford/");
    CHECK(provider_topic("P1") == "provider/P1/");
}

TEST_CASE("a topic is told from a text that is none") {
    for (const char* topic : {"all/", "award/", "package/K1/", "zone/a:b/", "provider/P.1/"}) CHECK(is_topic(topic));
    for (const char* text :
         {"", "all", "/", "package/", "package//", "package/K1", "package/K 1/", "package/a/b/", "other/K1/"}) {
        INFO(text);
        CHECK_FALSE(is_topic(text));
    }
    CHECK_FALSE(is_topic("package/" + std::string(65, 'x') + "/"));
}

TEST_CASE("the head of a feed message is 24 bytes, little-endian") {
    const FeedHead head{0x0807060504030201, 2, 0xff00};
    const auto bytes = encode(head);
    const unsigned char expected[] = {1, 2, 3, 4, 5, 6, 7, 8, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0, 0, 0, 0, 0, 0};
    CHECK(std::memcmp(bytes.data(), expected, 24) == 0);
    CHECK(decode_feed_head(bytes) == head);
    CHECK_FALSE(decode_feed_head(std::span{bytes}.first(23)));
    CHECK_FALSE(decode_feed_head({}));
}
