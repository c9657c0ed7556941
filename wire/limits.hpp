// What a message may weigh. Defaults; the daemon's config may lower or raise those in `Limits`.
#pragma once

#include <cstddef>
#include <cstdint>

namespace tiebreak::wire {

struct Limits {
    std::size_t message_bytes_max = 4u << 20;  // of one request; also ZMQ_MAXMSGSIZE of the command socket
    std::uint32_t batch_commands_max = 4'096;  // commands in one request
};

// Body, with or without one empty delimiter frame before it.
inline constexpr std::size_t request_frames_max = 2;

// Ids and texts longer than this are refused before a byte of them is copied or looked at.
inline constexpr std::size_t id_bytes_max = 64;
inline constexpr std::size_t text_bytes_max = 4'000;  // 1,000 code points of at most four bytes

// For buffers that FlatBuffers' own Verifier checks: queries, replies, answers, events.
inline constexpr std::uint32_t verifier_depth_max = 16;
inline constexpr std::uint32_t verifier_tables_max = 1u << 20;

// Of one message from the daemon: an award lists every offer of its stage.
inline constexpr std::size_t answer_bytes_max = 64u << 20;

// FlatBuffers' own bound: its offsets are 32 bits, of which one is a sign.
inline constexpr std::size_t flatbuffer_bytes_max = (std::size_t{1} << 31) - 1;

static_assert(Limits{}.message_bytes_max <= flatbuffer_bytes_max && answer_bytes_max <= flatbuffer_bytes_max);
static_assert(Limits{}.message_bytes_max >= 276, "a smaller ZMQ_MAXMSGSIZE breaks ZeroMQ's own handshake");

}  // namespace tiebreak::wire
