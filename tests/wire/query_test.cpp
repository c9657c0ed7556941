#include <random>

#include "tests/catch.hpp"
#include "tests/wire/bytes.hpp"
#include "wire/query.hpp"
#include "wire/schema/query_generated.h"

using namespace tiebreak;
using namespace tiebreak::wire;
using namespace tiebreak::wire::test;
using matching::Code;

TEST_CASE("each question comes out as it went in, at any address") {
    const Query queries[] = {query::Status{}, query::History{"package/K1/", 17, 100}, query::Export{3, 1'000'000}};
    QueryWriter writer;
    for (const Query& query : queries) {
        const Buffer message = copy_of(writer.write(11, query));
        for (std::size_t offset = 0; offset < 8; ++offset) {
            const Misaligned moved{message, offset};
            QueryReader reader;
            REQUIRE_FALSE(reader.open(moved.bytes()));
            CHECK(reader.request_id() == 11);
            CHECK(reader.query() == query);
        }
    }
}

TEST_CASE("a question that makes no sense is refused, and the refusal still knows the request") {
    QueryReader reader;
    QueryWriter writer;
    const auto refused = [&](std::span<const std::byte> message) {
        const auto refusal = reader.open(message);
        REQUIRE(refusal);
        CHECK_FALSE(refusal->sentence.empty());
        return refusal->code;
    };
    CHECK(refused(writer.write(5, query::History{"package/K1", 0, 0})) == Code::malformed);
    CHECK(reader.request_id() == 5);
    CHECK(refused(writer.write(5, query::History{"", 0, 0})) == Code::malformed);

    flatbuffers::FlatBufferBuilder builder;
    const auto status = fb::CreateStatus(builder).Union();
    fb::FinishQueryBuffer(builder, fb::CreateQuery(builder, 6, static_cast<fb::QueryBody>(9), status));
    CHECK(refused({reinterpret_cast<const std::byte*>(builder.GetBufferPointer()), builder.GetSize()}) ==
          Code::unsupported);
    CHECK(reader.request_id() == 6);
    builder.Clear();
    fb::FinishQueryBuffer(builder, fb::CreateQuery(builder, 7));
    CHECK(refused({reinterpret_cast<const std::byte*>(builder.GetBufferPointer()), builder.GetSize()}) ==
          Code::malformed);
    CHECK(reader.request_id() == 7);

    Buffer next_year = copy_of(writer.write(5, query::Status{}));
    next_year[7] = std::byte{'2'};
    CHECK(refused(next_year) == Code::wrong_version);
    CHECK(refused(bytes_of_text("0000TBC1....")) == Code::malformed);
    CHECK(refused(bytes_of_text("")) == Code::malformed);
}

TEST_CASE("a question whose end is missing is refused by its id where that is still there") {
    QueryWriter writer;
    const Buffer message = copy_of(writer.write(5, query::History{"provider/a-rather-long-name/", 1, 2}));
    QueryReader reader;
    REQUIRE(reader.open(std::span{message}.first(message.size() - 12)));
    CHECK(reader.request_id() == 5);
}

TEST_CASE("answers come out as they went in") {
    AnswerWriter writer;
    AnswerReader reader;

    answer::Status status;
    status.version = "0.1.0";
    status.epoch = 5;
    status.now_ns = 6;
    status.next_deadline_ns = 7;
    status.offers_live = 8;
    status.awards = 9;
    status.figures = {{"busy_replies", 10}, {"fsyncs", 11}};
    REQUIRE_FALSE(reader.open(writer.write(1, status)));
    CHECK(reader.request_id() == 1);
    CHECK(reader.code().empty());
    const auto& read = std::get<answer::Status>(reader.answer());
    CHECK(read.version == "0.1.0");
    CHECK(read.epoch == 5);
    CHECK(read.now_ns == 6);
    CHECK(read.next_deadline_ns == 7);
    CHECK(read.offers_live == 8);
    CHECK(read.awards == 9);
    REQUIRE(read.figures.size() == 2);
    CHECK(read.figures[1].name == "fsyncs");
    CHECK(read.figures[1].value == 11);

    const Buffer first = copy_of(bytes_of_text("first"));
    const Buffer second = copy_of(bytes_of_text("the second"));
    REQUIRE_FALSE(reader.open(writer.write(2, answer::History{{{1, 10, first}, {2, 20, second}}, true, 20, 5, 2, 20})));
    const auto& history = std::get<answer::History>(reader.answer());
    REQUIRE(history.events.size() == 2);
    CHECK(history.events[1].topic_sequence == 2);
    CHECK(history.events[1].sequence == 20);
    CHECK(copy_of(history.events[1].body) == second);
    CHECK(history.complete);
    CHECK(history.next_after == 20);
    CHECK(history.epoch == 5);
    CHECK(history.last_topic_sequence == 2);
    CHECK(history.last_sequence == 20);

    REQUIRE_FALSE(reader.open(writer.write(3, answer::Export{{{7, 70, {1, 3}, first}}, 7, true})));
    const auto& exported = std::get<answer::Export>(reader.answer());
    REQUIRE(exported.records.size() == 1);
    CHECK(exported.records[0].position == 7);
    CHECK(exported.records[0].stamp_ns == 70);
    CHECK(exported.records[0].skipped == std::vector<std::uint32_t>{1, 3});
    CHECK(copy_of(exported.records[0].payload) == first);
    CHECK(exported.last_position == 7);
    CHECK(exported.end);
}

TEST_CASE("an answer that is a refusal has a code and a sentence, and no answer") {
    AnswerWriter writer;
    AnswerReader reader;
    REQUIRE_FALSE(reader.open(writer.refuse(4, Code::history_gone)));
    CHECK(reader.request_id() == 4);
    CHECK(reader.code() == "history_gone");
    CHECK(reader.detail() == matching::code_sentence(Code::history_gone));
    CHECK(std::holds_alternative<std::monostate>(reader.answer()));
    CHECK(reader.open(writer.write(4, std::monostate{})));
}

TEST_CASE("damaged questions and answers are refused or read, and nothing worse") {
    std::mt19937_64 random{5};
    QueryWriter query_writer;
    AnswerWriter answer_writer;
    const Buffer body = copy_of(bytes_of_text("body"));
    const Buffer messages[] = {copy_of(query_writer.write(5, query::History{"package/K1/", 1, 2})),
                               copy_of(answer_writer.write(
                                   2, answer::History{{{1, 10, body}, {2, 20, body}}, true, 20, 5, 2, 20})),
                               copy_of(answer_writer.write(3, answer::Export{{{7, 70, {1, 3}, body}}, 7, true}))};
    QueryReader query_reader;
    AnswerReader answer_reader;
    for (const Buffer& message : messages) {
        for (std::size_t length = 0; length < message.size(); ++length) {
            static_cast<void>(query_reader.open(std::span{message}.first(length)));
            static_cast<void>(answer_reader.open(std::span{message}.first(length)));
        }
        for (int round = 0; round < 10'000; ++round) {
            Buffer damaged = message;
            for (int i = 0; i < 3; ++i) damaged[random() % damaged.size()] = static_cast<std::byte>(random() % 32);
            static_cast<void>(query_reader.open(damaged));
            static_cast<void>(answer_reader.open(damaged));
        }
    }
    CHECK_FALSE(query_reader.open(messages[0]));
    CHECK_FALSE(answer_reader.open(messages[1]));
}
