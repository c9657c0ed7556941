// Bad input against the real daemon: each message is answered with a code, the daemon stays up, the next good command works.
#include <cstdint>
#include <cstring>
#include <random>
#include <string>
#include <vector>

#include <zmq.hpp>

#include "matching/commands.hpp"
#include "tests/catch.hpp"
#include "tests/end_to_end/daemon_process.hpp"
#include "wire/query.hpp"
#include "wire/reply.hpp"
#include "wire/request_writer.hpp"

namespace tiebreak::e2e {
namespace {

namespace command = matching::command;

std::string text_of(std::span<const std::byte> bytes) { return {reinterpret_cast<const char*>(bytes.data()), bytes.size()}; }

std::string request(std::uint64_t id, const matching::Command& command) {
    wire::RequestWriter writer;
    return text_of(writer.write(id, command));
}

matching::Command offer(std::string_view id, matching::Instant start_ns) {
    command::Offer offer;
    offer.id = id;
    offer.package = "K1";
    offer.provider = "A";
    offer.start_ns = start_ns;
    return offer;
}

// What the daemon said to one message.
struct Said {
    std::uint64_t request_id = 0;
    std::string code;                // of the message
    std::vector<std::string> codes;  // of its commands
    std::vector<matching::Instant> arrivals;
};

class RawClient {
public:
    RawClient(zmq::context_t& context, const std::string& endpoint) : socket_(context, zmq::socket_type::dealer) {
        socket_.set(zmq::sockopt::linger, 0);
        socket_.set(zmq::sockopt::rcvtimeo, 30'000);
        socket_.connect(endpoint);
    }
    Said ask(const std::string& body) {
        socket_.send(zmq::buffer(body), zmq::send_flags::none);
        zmq::message_t message;
        REQUIRE(socket_.recv(message));
        REQUIRE_FALSE(message.more());
        const std::span bytes{static_cast<const std::byte*>(message.data()), message.size()};
        wire::ReplyReader reply;
        if (!reply.open(bytes)) {
            Said said{reply.request_id(), std::string{reply.code()}, {}, {}};
            for (const auto& one : reply.replies()) {
                said.codes.emplace_back(one.code);
                said.arrivals.push_back(one.arrival_ns);
                if (!one.code.empty()) CHECK_FALSE(one.detail.empty());
            }
            if (!said.code.empty()) CHECK_FALSE(reply.detail().empty());
            return said;
        }
        wire::AnswerReader answer;
        REQUIRE_FALSE(answer.open(bytes));
        return {answer.request_id(), std::string{answer.code()}, {}, {}};
    }
    zmq::socket_t& socket() { return socket_; }

private:
    zmq::socket_t socket_;
};

struct Fixture {
    Fixture() : daemon(scratch.path() / "data"), client(context, daemon.commands()) {}
    // The daemon is up and does its work for a client that sends what is right.
    void check_still_works() {
        RawClient good(context, daemon.commands());
        const Said said = good.ask(request(++last_id, command::Advance{}));
        CHECK(said.request_id == last_id);
        CHECK(said.code.empty());
        CHECK(said.codes == std::vector<std::string>{""});
        CHECK(daemon.is_running());
    }
    TemporaryDirectory scratch;
    DaemonProcess daemon;
    zmq::context_t context;
    RawClient client;
    std::uint64_t last_id = 1'000'000;
};

TEST_CASE("truncated at every length, a request is answered") {
    Fixture f;
    const std::string whole = request(7, offer("O1", 5));
    for (std::size_t size = 0; size < whole.size(); ++size) {
        const Said said = f.client.ask(whole.substr(0, size));
        INFO("cut after " << size << " bytes");
        const bool refused = !said.code.empty() || (said.codes.size() == 1 && !said.codes[0].empty());
        CHECK(refused);
    }
    f.check_still_works();
}

TEST_CASE("at every misalignment a good request is read, since frames lie where they like") {
    Fixture f;
    for (std::size_t length = 1; length <= 64; ++length) {
        const std::string id(length, 'x');
        const Said said = f.client.ask(request(length, offer(id, 5)));
        CHECK(said.request_id == length);
        CHECK(said.codes == std::vector<std::string>{"unknown_package"});
    }
}

TEST_CASE("random bytes behind a good identifier, and good requests with some bytes changed, are answered") {
    Fixture f;
    std::mt19937 random(20261123);
    const std::string whole = request(7, offer("O1", 5));
    for (int i = 0; i < 3'000; ++i) {
        std::string message = whole;
        if (i % 3 == 0) {
            message.resize(8 + random() % 200);
            for (char& c : message) c = static_cast<char>(random());
            std::memcpy(message.data() + 4, i % 2 == 0 ? "TBC1" : "TBQ1", 4);
        } else {
            for (auto changes = 1 + random() % 4; changes > 0; --changes) {
                message[random() % message.size()] = static_cast<char>(random());
            }
        }
        (void)f.client.ask(message);  // any answer will do; that there is one is checked inside
    }
    f.check_still_works();
}

TEST_CASE("ids and texts out of range, and instants at the ends of 64 bits, are malformed and change nothing") {
    Fixture f;
    const auto code_of = [&](const matching::Command& command) {
        const Said said = f.client.ask(request(1, command));
        REQUIRE(said.codes.size() == 1);
        return said.codes[0];
    };
    CHECK(code_of(offer("", 5)) == "malformed");
    CHECK(code_of(offer(std::string(65, 'x'), 5)) == "malformed");
    CHECK(code_of(offer("no spaces", 5)) == "malformed");
    CHECK(code_of(offer(std::string_view("O\0O", 3), 5)) == "malformed");
    CHECK(code_of(offer("\xff\xfe", 5)) == "malformed");
    CHECK(code_of(offer("O1", -1)) == "malformed");
    CHECK(code_of(offer("O1", INT64_MIN)) == "malformed");
    CHECK(code_of(offer("O1", INT64_MAX)) == "unknown_package");  // a valid instant, the last one
    command::Cancel cancel;
    cancel.package = "K1";
    const std::string long_text(1'001, 'x'), lone_surrogate = "\xed\xa0\x80";
    for (const std::string& reason : {std::string{}, long_text, lone_surrogate}) {
        cancel.reason = reason;
        CHECK(code_of(cancel) == "malformed");
    }
    f.check_still_works();
}

TEST_CASE("a malformed command does not stop the others of its batch") {
    Fixture f;
    wire::RequestWriter writer;
    writer.begin(5);
    writer.add(matching::Command{command::Advance{}});
    writer.add(offer("bad id", 5));
    writer.add(offer("O1", 5));
    const Said said = f.client.ask(text_of(writer.finish()));
    REQUIRE(said.codes.size() == 3);
    CHECK(said.codes == std::vector<std::string>{"", "malformed", "unknown_package"});
    CHECK(said.arrivals[0] < said.arrivals[2]);
}

TEST_CASE("ten thousand commands in one batch are too many; as many as are allowed are carried out") {
    Fixture f;
    for (const std::size_t commands : {std::size_t{10'000}, std::size_t{4'097}, std::size_t{4'096}}) {
        wire::RequestWriter writer;
        writer.begin(commands);
        for (std::size_t i = 0; i < commands; ++i) writer.add(offer("O" + std::to_string(i), 5));
        const Said said = f.client.ask(text_of(writer.finish()));
        CHECK(said.request_id == commands);
        CHECK(said.code == (commands > 4'096 ? "too_large" : ""));
        CHECK(said.codes.size() == (commands > 4'096 ? 0 : commands));
        CHECK(std::ranges::is_sorted(said.arrivals));
    }
    f.check_still_works();
}

TEST_CASE("a request without commands, and one whose list claims more than it has, are answered") {
    Fixture f;
    wire::RequestWriter writer;
    writer.begin(3);
    CHECK_FALSE(f.client.ask(text_of(writer.finish())).code.empty());
    // One table, named ten thousand times: four bytes for each command.
    std::string message = request(3, command::Advance{});
    message.append(40'000, '\x01');
    (void)f.client.ask(message);
    f.check_still_works();
}

TEST_CASE("a message beyond the size limit ends its connection, and others are served") {
    Fixture f;
    RawClient greedy(f.context, f.daemon.commands());
    greedy.socket().send(zmq::buffer(std::string(5U << 20U, 'x')), zmq::send_flags::none);
    f.check_still_works();
}

TEST_CASE("queries of other kinds, versions and topics are answered with a code") {
    Fixture f;
    wire::QueryWriter writer;
    CHECK(f.client.ask(text_of(writer.write(1, wire::query::Status{}))).code.empty());
    CHECK(f.client.ask(text_of(writer.write(2, wire::query::History{"nonsense", 0, 0}))).code == "malformed");
    CHECK(f.client.ask(text_of(writer.write(3, wire::query::History{"all/", UINT64_MAX, 0}))).code.empty());
    CHECK(f.client.ask(text_of(writer.write(4, wire::query::Export{UINT64_MAX, UINT64_MAX}))).code == "malformed");
    CHECK(f.client.ask(text_of(writer.write(5, wire::query::Export{UINT64_MAX - 1, 1}))).code.empty());
    std::string newer = text_of(writer.write(6, wire::query::Status{}));
    newer[7] = '2';
    const Said said = f.client.ask(newer);
    CHECK(said.code == "wrong_version");
    CHECK(said.request_id == 6);
    f.check_still_works();
}

TEST_CASE("what is no ZeroMQ at all is turned away, on both sockets, and nobody else notices") {
    Fixture f;
    zmq::socket_t stream(f.context, zmq::socket_type::stream);
    stream.set(zmq::sockopt::linger, 0);
    for (const std::string& endpoint : {f.daemon.commands(), f.daemon.feed()}) {
        stream.connect(endpoint);
        zmq::message_t id, empty;
        stream.set(zmq::sockopt::rcvtimeo, 10'000);
        REQUIRE(stream.recv(id));
        REQUIRE(stream.recv(empty));
        stream.send(id, zmq::send_flags::sndmore);
        stream.send(zmq::buffer(std::string("GET / HTTP/1.1\r\nHost: tiebreak\r\n\r\n")), zmq::send_flags::none);
    }
    f.check_still_works();
}

}  // namespace
}  // namespace tiebreak::e2e
