#include <array>

#include "daemon/journal_format.hpp"
#include "tests/catch.hpp"

using namespace tiebreak::daemon;

namespace {

SegmentHeader some_segment() { return {0x1122334455667788, 42, 8192, 0x99aabbccddeeff00, 4200, 0xdeadbeef}; }

RecordHeader some_record() {
    RecordHeader header;
    header.payload_bytes = 11;
    header.position = 7;
    header.stamp_ns = 1'795'420'800'000'000'001;
    header.payload_crc = 0x01020304;
    header.previous_crc = 0x05060708;
    header.durable_offset = 4096;
    header.kind = RecordKind::commands;
    return header;
}

}  // namespace

TEST_CASE("a segment's header reads back as it was written") {
    std::array<std::byte, segment_header_bytes> block{};
    write_segment_header(some_segment(), block);
    SegmentHeader read;
    REQUIRE(read_segment_header(block, read) == HeaderReading::good);
    CHECK(read == some_segment());
}

TEST_CASE("a segment's header with any bit flipped is damaged") {
    std::array<std::byte, segment_header_bytes> block{};
    write_segment_header(some_segment(), block);
    for (std::size_t at = 0; at < block.size(); ++at) {
        for (int bit = 0; bit < 8; ++bit) {
            block[at] ^= static_cast<std::byte>(1 << bit);
            SegmentHeader read;
            REQUIRE(read_segment_header(block, read) == HeaderReading::damaged);
            block[at] ^= static_cast<std::byte>(1 << bit);
        }
    }
}

TEST_CASE("a sound header of another format version is told from damage") {
    std::array<std::byte, segment_header_bytes> block{};
    write_segment_header(some_segment(), block);
    block[8] = std::byte{2};
    const std::uint32_t crc = crc32c(std::span(block).first(segment_header_bytes - 4));
    for (unsigned i = 0; i < 4; ++i) block[segment_header_bytes - 4 + i] = static_cast<std::byte>(crc >> (8 * i));
    SegmentHeader read;
    CHECK(read_segment_header(block, read) == HeaderReading::wrong_version);
}

TEST_CASE("a record's header reads back under its segment's seed and under no other") {
    std::array<std::byte, record_header_bytes> bytes{};
    const std::uint32_t seed = segment_seed(some_segment());
    const std::uint32_t crc = write_record_header(some_record(), seed, bytes);
    CHECK(header_crc_of(bytes) == crc);
    const auto read = read_record_header(bytes, seed);
    REQUIRE(read.has_value());
    CHECK(read->payload_bytes == 11);
    CHECK(read->position == 7);
    CHECK(read->stamp_ns == 1'795'420'800'000'000'001);
    CHECK(read->payload_crc == 0x01020304);
    CHECK(read->previous_crc == 0x05060708);
    CHECK(read->durable_offset == 4096);
    CHECK(read->kind == RecordKind::commands);

    SegmentHeader other = some_segment();
    ++other.salt;
    CHECK_FALSE(read_record_header(bytes, segment_seed(other)).has_value());
    other = some_segment();
    ++other.first_position;
    CHECK_FALSE(read_record_header(bytes, segment_seed(other)).has_value());
    other = some_segment();
    ++other.epoch;
    CHECK_FALSE(read_record_header(bytes, segment_seed(other)).has_value());
}

TEST_CASE("a record's header with any bit flipped is none") {
    std::array<std::byte, record_header_bytes> bytes{};
    const std::uint32_t seed = segment_seed(some_segment());
    write_record_header(some_record(), seed, bytes);
    for (std::size_t at = 0; at < bytes.size(); ++at) {
        for (int bit = 0; bit < 8; ++bit) {
            bytes[at] ^= static_cast<std::byte>(1 << bit);
            REQUIRE_FALSE(read_record_header(bytes, seed).has_value());
            bytes[at] ^= static_cast<std::byte>(1 << bit);
        }
    }
}

TEST_CASE("zeros are never a record, whatever the seed") {
    const std::array<std::byte, record_header_bytes> zeros{};
    // CRC32C maps the seeds one to one, so some seed gives a zero header the checksum zero: found by going back bit by
    // bit through the 36 bytes that are summed.
    std::uint32_t seed = ~0u;
    for (int bit = 0; bit < 36 * 8; ++bit) {
        seed = (seed & 0x80000000u) != 0 ? ((seed ^ 0x82f63b78u) << 1) | 1u : seed << 1;
    }
    seed = ~seed;
    REQUIRE(crc32c(std::span(zeros).subspan(4), seed) == 0);
    CHECK_FALSE(read_record_header(zeros, seed).has_value());
}

TEST_CASE("records are padded to eight bytes") {
    CHECK(record_bytes(0) == 40);
    CHECK(record_bytes(1) == 48);
    CHECK(record_bytes(8) == 48);
    CHECK(record_bytes(9) == 56);
}

TEST_CASE("file names say what they hold, and nothing else is taken for one of them") {
    CHECK(segment_name(1) == "00000000000000000001.tbj");
    CHECK(segment_name(18446744073709551615ull) == "18446744073709551615.tbj");
    CHECK(first_position_of("00000000000000000042.tbj") == 42u);
    CHECK_FALSE(first_position_of("00000000000000000000.tbj").has_value());
    CHECK_FALSE(first_position_of("99999999999999999999.tbj").has_value());
    CHECK_FALSE(first_position_of("0000000000000000004x.tbj").has_value());
    CHECK_FALSE(first_position_of("42.tbj").has_value());
    CHECK_FALSE(first_position_of("lock").has_value());
    CHECK(spare_number(spare_name(7)) == 7u);
    CHECK_FALSE(spare_number("spare-.tbj").has_value());
    CHECK_FALSE(spare_number("spare-1.tbj.old").has_value());
}
