#include "tests/catch.hpp"
#include "tests/wire/fake_daemon.hpp"
#include "wire/client.hpp"
#include "wire/reply.hpp"
#include "wire/request_reader.hpp"

using namespace tiebreak;
using namespace tiebreak::wire;
using namespace tiebreak::wire::test;
using std::chrono::milliseconds;
namespace command = matching::command;

namespace {

command::Offer offer(std::string_view id = "O1") {
    command::Offer made;
    made.id = id;
    made.package = "K1";
    made.provider = "P1";
    made.start_ns = 1;
    return made;
}

struct Pair {
    explicit Pair(ClientOptions options = {}) {
        options.endpoint = router.endpoint;
        client = Client::connect(context, options, why);
        REQUIRE(client);
    }

    zmq::context_t context;
    FakeRouter router{context};
    std::string why;
    std::unique_ptr<Client> client;
    std::vector<Completed> completed;

    void turn() {
        for (Completed& one : client->poll(milliseconds{1})) completed.push_back(std::move(one));
    }
    FakeRouter::Request next_request() {
        std::optional<FakeRouter::Request> request;
        until([&] { turn(); request = router.take(); }, [&] { return request.has_value(); });
        return *request;
    }
    void await_completed(std::size_t count) {
        until([this] { turn(); }, [&] { return completed.size() >= count; });
    }
    void answer(const FakeRouter::Request& request, matching::Instant arrival_ns, bool delimited = false) {
        RequestReader reader;
        REQUIRE_FALSE(reader.open(request.body));
        std::vector<CommandReply> replies(reader.size());
        for (std::size_t i = 0; i < replies.size(); ++i) {
            replies[i].arrival_ns = arrival_ns + static_cast<matching::Instant>(i);
            replies[i].sequence = i + 1;
        }
        ReplyWriter writer;
        router.reply(request, writer.write(reader.request_id(), replies), delimited);
    }
};

ClientOptions impatient() {
    ClientOptions options;
    options.reply_timeout = milliseconds{20};
    return options;
}

}  // namespace

TEST_CASE("replies are matched to requests by id, in whatever order they come") {
    Pair pair;
    const std::uint64_t first = pair.client->send(offer("O1"));
    const command::Offer offers[] = {offer("O2"), offer("O3")};
    const std::uint64_t second = pair.client->send(offers);
    REQUIRE(first != 0);
    REQUIRE(second != 0);
    CHECK(pair.client->in_flight() == 2);
    const auto request1 = pair.next_request();
    const auto request2 = pair.next_request();
    CHECK_FALSE(request1.delimited);
    pair.answer(request2, 200);
    pair.answer(request1, 100, true);
    pair.await_completed(2);
    CHECK(pair.completed[0].request_id == second);
    CHECK(pair.completed[0].outcome == Outcome::replied);
    REQUIRE(pair.completed[0].receipts.size() == 2);
    CHECK(pair.completed[0].receipts[1].arrival_ns == 201);
    CHECK(pair.completed[1].request_id == first);
    REQUIRE(pair.completed[1].receipts.size() == 1);
    CHECK(pair.completed[1].receipts[0].arrival_ns == 100);
    CHECK(pair.completed[1].receipts[0].code.empty());
    CHECK(pair.client->in_flight() == 0);
}

TEST_CASE("a refused request carries its code to the caller") {
    Pair pair;
    const std::uint64_t id = pair.client->send(offer());
    ReplyWriter writer;
    pair.router.reply(pair.next_request(), writer.refuse(id, matching::Code::busy));
    pair.await_completed(1);
    CHECK(pair.completed[0].outcome == Outcome::replied);
    CHECK(pair.completed[0].code == "busy");
    CHECK(pair.completed[0].receipts.empty());
}

TEST_CASE("at the limit of requests in flight the client refuses, and takes more once one is answered") {
    ClientOptions options;
    options.in_flight_max = 2;
    Pair pair{options};
    CHECK(pair.client->send(offer("O1")) != 0);
    CHECK(pair.client->send(offer("O2")) != 0);
    CHECK(pair.client->send(offer("O3")) == 0);
    CHECK(pair.client->ask(query::Status{}) == 0);
    pair.answer(pair.next_request(), 1);
    pair.await_completed(1);
    CHECK(pair.client->send(offer("O3")) != 0);
}

TEST_CASE("a request beyond the daemon's limits is refused before it leaves") {
    ClientOptions options;
    options.limits.batch_commands_max = 2;
    options.limits.message_bytes_max = 300;
    Pair pair{options};
    const std::vector<command::Offer> three(3, offer());
    CHECK(pair.client->send(three) == 0);
    CHECK(pair.client->send(std::span<const command::Offer>{}) == 0);
    command::Cancel cancel{"K1", {}};
    const std::string long_text(400, 'x');
    cancel.reason = long_text;
    CHECK(pair.client->send(cancel) == 0);
    CHECK(pair.client->in_flight() == 0);
}

TEST_CASE("an offer without a reply is sent again, byte for byte, and a late second reply is dropped") {
    Pair pair{impatient()};
    REQUIRE(pair.client->send(offer()) != 0);
    const auto lost = pair.next_request();
    const auto again = pair.next_request();
    CHECK(lost.body == again.body);
    pair.answer(again, 7);
    pair.answer(again, 7);
    pair.await_completed(1);
    CHECK(pair.completed[0].outcome == Outcome::replied);
    CHECK(pair.completed[0].sends >= 2);
    until([&] { pair.turn(); }, [&] { return pair.client->counts().unmatched >= 1; });
    CHECK(pair.completed.size() == 1);
}

TEST_CASE("an offer that is never answered comes back as no_reply after so many sends") {
    ClientOptions options = impatient();
    options.reply_timeout = milliseconds{5};
    options.sends_max = 3;
    Pair pair{options};
    REQUIRE(pair.client->send(offer()) != 0);
    for (int i = 0; i < 3; ++i) static_cast<void>(pair.next_request());
    pair.await_completed(1);
    CHECK(pair.completed[0].outcome == Outcome::no_reply);
    CHECK(pair.completed[0].sends == 3);
    CHECK(pair.client->counts().sent_again == 2);
    CHECK_FALSE(pair.router.take());
}

TEST_CASE("what is not safe to repeat comes back as unknown_outcome, and is not sent again") {
    Pair pair{impatient()};
    REQUIRE(pair.client->send(command::Decline{"K1", "P1", {}}) != 0);
    static_cast<void>(pair.next_request());
    pair.await_completed(1);
    CHECK(pair.completed[0].outcome == Outcome::unknown_outcome);
    CHECK(pair.completed[0].sends == 1);
    CHECK_FALSE(pair.router.take());
}

TEST_CASE("an older offer is not repeated once a newer one of the same provider for the same package was sent") {
    ClientOptions options;
    options.reply_timeout = milliseconds{200};  // both are sent well within it
    Pair pair{options};
    const std::uint64_t older = pair.client->send(offer("O1"));
    static_cast<void>(pair.next_request());
    REQUIRE(pair.client->send(offer("O2")) != 0);
    pair.answer(pair.next_request(), 5);
    pair.await_completed(2);
    CHECK(pair.completed[1].request_id == older);
    CHECK(pair.completed[1].outcome == Outcome::unknown_outcome);
    CHECK_FALSE(pair.router.take());
}

TEST_CASE("a request that never found a connection comes back as not_sent") {
    zmq::context_t context;
    ClientOptions options;
    options.endpoint = "tcp://127.0.0.1:1";  // nobody listens there
    options.reply_timeout = milliseconds{5};
    options.sends_max = 2;
    std::string why;
    const auto client = Client::connect(context, options, why);
    REQUIRE(client);
    REQUIRE(client->send(command::Cancel{"K1", {}}) != 0);
    std::vector<Completed> completed;
    until([&] { completed = client->poll(milliseconds{5}); }, [&] { return !completed.empty(); });
    CHECK(completed[0].outcome == Outcome::not_sent);
    CHECK(completed[0].sends == 0);
}

TEST_CASE("call waits for its own reply, and leaves the others for poll") {
    Pair pair;
    const std::uint64_t other = pair.client->send(offer("O1"));
    const auto request = pair.next_request();
    // The reply to the first is on its way before the call begins; the call's own never comes.
    pair.answer(request, 1);
    const auto called = pair.client->call(command::Cancel{"K1", {}}, milliseconds{50});
    REQUIRE(called);
    CHECK(called->outcome == Outcome::unknown_outcome);
    CHECK(called->request_id != other);
    pair.await_completed(1);
    CHECK(pair.completed[0].request_id == other);
    CHECK(pair.client->in_flight() == 0);
}

TEST_CASE("a question brings its answer") {
    Pair pair;
    const std::uint64_t id = pair.client->ask(query::History{"all/", 3, 10});
    const auto request = pair.next_request();
    QueryReader reader;
    REQUIRE_FALSE(reader.open(request.body));
    CHECK(reader.query() == Query{query::History{"all/", 3, 10}});
    AnswerWriter writer;
    answer::Status status;
    status.awards = 5;
    pair.router.reply(request, writer.write(id, status));
    pair.await_completed(1);
    REQUIRE(pair.completed[0].outcome == Outcome::answered);
    CHECK(std::get<answer::Status>(pair.completed[0].answer->answer()).awards == 5);
}

TEST_CASE("rubbish from the daemon is counted and disturbs nothing") {
    Pair pair;
    const std::uint64_t id = pair.client->send(offer());
    const auto request = pair.next_request();
    pair.router.reply(request, bytes_of_text("rubbish"));
    pair.router.reply(request, bytes_of_text("0000TBR1 and more rubbish"));
    ReplyWriter writer;
    pair.router.reply(request, writer.refuse(id + 100, matching::Code::busy));
    pair.answer(request, 3);
    pair.await_completed(1);
    CHECK(pair.completed[0].request_id == id);
    CHECK(pair.client->counts().unreadable == 2);
    CHECK(pair.client->counts().unmatched == 1);
}

TEST_CASE("a reply with too few receipts does not pass for an acceptance") {
    Pair pair;
    const std::uint64_t id = pair.client->send(offer());
    ReplyWriter writer;
    pair.router.reply(pair.next_request(), writer.write(id, {}));
    pair.await_completed(1);
    CHECK(pair.completed[0].outcome == Outcome::unknown_outcome);
}

TEST_CASE("an endpoint that can't be one is said in a sentence") {
    zmq::context_t context;
    ClientOptions options;
    options.endpoint = "nonsense";
    std::string why;
    CHECK_FALSE(Client::connect(context, options, why));
    CHECK(why.find("nonsense") != std::string::npos);
}
