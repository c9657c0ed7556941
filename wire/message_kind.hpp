// Tells the messages of the command socket apart by their FlatBuffers file identifier.
#pragma once

#include <cstddef>
#include <span>
#include <string_view>

namespace tiebreak::wire {

// Four characters at byte 4 of a message; the last one is the version of the schema.
inline constexpr std::string_view request_identifier = "TBC1";
inline constexpr std::string_view query_identifier = "TBQ1";
inline constexpr std::string_view reply_identifier = "TBR1";
inline constexpr std::string_view answer_identifier = "TBA1";
inline constexpr std::string_view event_identifier = "TBE1";

enum class MessageKind {
    commands,       // for RequestReader
    query,          // for QueryReader
    wrong_version,  // commands or a query of another version: answer with Code::wrong_version
    unknown,        // too short, or something else altogether: answer with Code::malformed
};

[[nodiscard]] inline std::string_view identifier_of(std::span<const std::byte> message) noexcept {
    if (message.size() < 8) return {};
    return {reinterpret_cast<const char*>(message.data()) + 4, 4};
}

[[nodiscard]] inline MessageKind kind_of(std::span<const std::byte> message) noexcept {
    const std::string_view identifier = identifier_of(message);
    if (identifier == request_identifier) return MessageKind::commands;
    if (identifier == query_identifier) return MessageKind::query;
    const std::string_view family = identifier.substr(0, 3);
    const bool ours = family == request_identifier.substr(0, 3) || family == query_identifier.substr(0, 3);
    return ours ? MessageKind::wrong_version : MessageKind::unknown;
}

}  // namespace tiebreak::wire
