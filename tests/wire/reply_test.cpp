#include <random>

#include <rapidcheck.h>

#include "tests/catch.hpp"
#include "tests/wire/bytes.hpp"
#include "wire/code_names.hpp"
#include "wire/reply.hpp"
#include "wire/schema/reply_generated.h"

using namespace tiebreak;
using namespace tiebreak::wire;
using namespace tiebreak::wire::test;

namespace {

struct Made {
    CommandReply reply;
    std::string detail;
};

Made made_reply() {
    const auto number = [] { return *rc::gen::arbitrary<std::int64_t>(); };
    Made made;
    made.reply.arrival_ns = number();
    made.reply.sequence = static_cast<std::uint64_t>(number());
    made.reply.duplicate = *rc::gen::arbitrary<bool>();
    made.reply.withdrawn = *rc::gen::arbitrary<bool>();
    if (*rc::gen::inRange(0, 3) == 0) made.reply.first_arrival_ns = number();
    if (*rc::gen::inRange(0, 3) == 0) {
        made.reply.code = static_cast<matching::Code>(*rc::gen::inRange(0, code_count));
        made.detail = *rc::gen::arbitrary<std::string>();
    }
    return made;
}

void check_same(const CommandReplyView& read, const CommandReply& written) {
    RC_ASSERT(read.arrival_ns == written.arrival_ns);
    RC_ASSERT(read.sequence == written.sequence);
    RC_ASSERT(read.duplicate == written.duplicate);
    RC_ASSERT(read.withdrawn == written.withdrawn);
    RC_ASSERT(read.first_arrival_ns == written.first_arrival_ns);
    RC_ASSERT(read.code == (written.code ? matching::code_name(*written.code) : std::string_view{}));
    if (!written.code) {
        RC_ASSERT(read.detail.empty());
    } else if (written.detail.empty()) {
        RC_ASSERT(read.detail == matching::code_sentence(*written.code));
    } else {
        RC_ASSERT(read.detail == written.detail);
    }
}

CommandReply accepted() {
    CommandReply reply;
    reply.arrival_ns = 1'795'593'600'000'000'001;
    reply.sequence = 9;
    return reply;
}

}  // namespace

TEST_CASE("a reply comes out as it went in, and FlatBuffers' own Verifier finds it sound") {
    CHECK(rc::check([] {
        std::vector<Made> made(*rc::gen::inRange<std::size_t>(0, 9));
        for (Made& one : made) one = made_reply();
        std::vector<CommandReply> replies;
        for (Made& one : made) {
            one.reply.detail = one.detail;
            replies.push_back(one.reply);
        }
        const auto id = *rc::gen::arbitrary<std::uint64_t>();
        ReplyWriter writer;
        const auto message = writer.write(id, replies);

        const Misaligned aligned{message, 0};
        flatbuffers::Verifier verifier{reinterpret_cast<const std::uint8_t*>(aligned.bytes().data()), message.size()};
        RC_ASSERT(fb::VerifyReplyBuffer(verifier));
        ReplyReader reader;
        RC_ASSERT(!reader.open(message));
        RC_ASSERT(reader.request_id() == id);
        RC_ASSERT(reader.code().empty());
        RC_ASSERT(reader.replies().size() == replies.size());
        for (std::size_t i = 0; i < replies.size(); ++i) check_same(reader.replies()[i], replies[i]);
    }));
}

TEST_CASE("a request that was not taken gets its code, and the code's own sentence unless there is a better one") {
    ReplyWriter writer;
    ReplyReader reader;
    const auto refused = writer.refuse(12, matching::Code::too_large, "10,000 commands; at most 4,096 are taken");
    REQUIRE_FALSE(reader.open(refused));
    CHECK(reader.request_id() == 12);
    CHECK(reader.code() == "too_large");
    CHECK(reader.detail() == "10,000 commands; at most 4,096 are taken");
    CHECK(reader.replies().empty());
    REQUIRE_FALSE(reader.open(writer.refuse(0, matching::Code::busy)));
    CHECK(reader.code() == "busy");
    CHECK(reader.detail() == matching::code_sentence(matching::Code::busy));
}

TEST_CASE("the reply to one accepted offer takes at most 96 bytes, each further one 28") {
    ReplyWriter writer;
    const std::vector<CommandReply> replies(65, accepted());
    const std::size_t one = writer.write(1, std::span{replies}.first(1)).size();
    CHECK(one <= 96);
    CHECK(writer.write(1, replies).size() == one + 64 * 28);
}

TEST_CASE("a writer's next reply shows nothing of the one before it") {
    ReplyWriter used;
    const std::vector<CommandReply> longer(20, accepted());
    static_cast<void>(used.write(99, longer));
    static_cast<void>(used.refuse(98, matching::Code::stopping));
    const CommandReply reply = accepted();
    const Buffer after = copy_of(used.write(1, {&reply, 1}));
    ReplyWriter fresh;
    CHECK(after == copy_of(fresh.write(1, {&reply, 1})));
}

TEST_CASE("trap: a reply at an odd address reads the same") {
    ReplyWriter writer;
    CommandReply reply = accepted();
    reply.code = matching::Code::not_invited;
    const Buffer message = copy_of(writer.write(3, {&reply, 1}));
    for (std::size_t offset = 1; offset < 8; ++offset) {
        const Misaligned moved{message, offset};
        ReplyReader reader;
        REQUIRE_FALSE(reader.open(moved.bytes()));
        CHECK(reader.replies()[0].code == "not_invited");
    }
}

TEST_CASE("damaged replies are refused or read, and nothing worse") {
    ReplyWriter writer;
    std::vector<CommandReply> replies(3, accepted());
    replies[1].code = matching::Code::closed;
    replies[2].first_arrival_ns = 4;
    const Buffer message = copy_of(writer.write(3, replies));
    ReplyReader reader;
    for (std::size_t length = 0; length < message.size(); ++length) {
        static_cast<void>(reader.open(std::span{message}.first(length)));
    }
    std::mt19937_64 random{1};
    int refused = 0;
    for (int round = 0; round < 20'000; ++round) {
        Buffer damaged = message;
        for (int i = 0; i < 3; ++i) damaged[random() % damaged.size()] = static_cast<std::byte>(random() % 32);
        if (reader.open(damaged)) ++refused;
    }
    CHECK(refused > 0);
    CHECK(refused < 20'000);
    CHECK(reader.open(bytes_of_text("0000TBE1 an event, say..")));
}
