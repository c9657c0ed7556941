#include "wire/request_reader.hpp"

#include <array>
#include <string>
#include <utility>

#include "matching/well_formed.hpp"
#include "wire/decode_command.hpp"
#include "wire/message_kind.hpp"
#include "wire/schema/command_generated.h"

namespace tiebreak::wire {
namespace {

using matching::Code;

// Member i of the schema's union is alternative i of the variant, counted from 1.
static_assert(static_cast<std::size_t>(fb::Command::MAX) == std::variant_size_v<matching::Command>);
static_assert(static_cast<int>(fb::Command::Procedure) == 1 && static_cast<int>(fb::Command::Offer) == 4 &&
              static_cast<int>(fb::Command::Choice) == 10 && fb::Command::MAX == fb::Command::Advance);

Refusal malformed(std::string sentence) { return {Code::malformed, std::move(sentence)}; }

std::optional<Refusal> refusal_of(std::optional<matching::Flaw> flaw) {
    if (!flaw) return std::nullopt;
    return malformed(flaw->path.empty() ? std::move(flaw->sentence) : flaw->path + ' ' + flaw->sentence);
}

template <std::size_t Index>
bool decode_as(FieldReader& fields, const CheckedTable& table, matching::Command& command) {
    return decode(fields, table, command.emplace<Index>());
}

using Decode = bool (*)(FieldReader&, const CheckedTable&, matching::Command&);

template <std::size_t... Indices>
constexpr auto make_decoders(std::index_sequence<Indices...>) {
    return std::array<Decode, sizeof...(Indices)>{decode_as<Indices>...};
}
constexpr auto decoders = make_decoders(std::make_index_sequence<std::variant_size_v<matching::Command>>{});

}  // namespace

std::optional<Refusal> RequestReader::open(std::span<const std::byte> message) {
    request_id_ = 0;
    size_ = 0;
    if (message.size() > limits_.message_bytes_max || message.size() > flatbuffer_bytes_max) {
        return Refusal{Code::too_large, "the message has " + std::to_string(message.size()) + " bytes; at most " +
                                            std::to_string(limits_.message_bytes_max) + " are taken"};
    }
    switch (kind_of(message)) {
        case MessageKind::commands: break;
        case MessageKind::wrong_version:
            return Refusal{Code::wrong_version, "the message is " + std::string{identifier_of(message)} +
                                                    "; this daemon speaks " + std::string{request_identifier}};
        default: return malformed("the message is no request: it does not carry the identifier " +
                                  std::string{request_identifier} + " at byte 4");
    }
    bytes_ = Bytes{message};
    const std::size_t root = bytes_.follow(0);
    CheckedTable request;
    if (root == 0 || !request.open(bytes_, root)) return malformed("the message is damaged: it has no root table");
    if (request.scalar(fb::Request::VT_REQUEST_ID, request_id_) == Field::broken) {
        return malformed("request_id is damaged: it does not lie inside the message");
    }
    switch (request.vector(fb::Request::VT_COMMANDS, 4, commands_)) {
        case Field::absent: return malformed("commands is required");
        case Field::broken: return malformed("commands is damaged: it does not lie inside the message");
        case Field::present: break;
    }
    const std::size_t count = commands_.size();
    if (count == 0) return malformed("commands must have at least one command");
    if (count > limits_.batch_commands_max) {
        return Refusal{Code::too_large, "the request has " + std::to_string(count) + " commands; at most " +
                                            std::to_string(limits_.batch_commands_max) + " are taken"};
    }
    if (count > message.size() / 8) return malformed("commands has more elements than the message has room for");
    size_ = count;
    list_bytes_left_ = message.size();
    return std::nullopt;
}

bool RequestReader::is_offer(std::size_t index) const noexcept {
    CheckedTable item;
    std::uint8_t kind = 0;
    return commands_.table(index, item) && item.scalar(fb::CommandItem::VT_COMMAND_TYPE, kind) == Field::present &&
           kind == static_cast<std::uint8_t>(fb::Command::Offer);
}

std::optional<Refusal> RequestReader::read(std::size_t index, std::uint8_t& kind, CheckedTable& table) const {
    CheckedTable item;
    if (!commands_.table(index, item) || item.scalar(fb::CommandItem::VT_COMMAND_TYPE, kind) == Field::broken) {
        return malformed("commands[" + std::to_string(index) + "] is damaged: it does not lie inside the message");
    }
    if (kind == 0) return malformed("command is required");
    if (kind > static_cast<std::uint8_t>(fb::Command::MAX)) {
        return Refusal{Code::unsupported,
                       "command is of kind number " + std::to_string(kind) + ", which this daemon does not know"};
    }
    switch (item.table(fb::CommandItem::VT_COMMAND, table)) {
        case Field::absent: return malformed("command is required");
        case Field::broken: return malformed("command is damaged: it does not lie inside the message");
        case Field::present: break;
    }
    return std::nullopt;
}

std::optional<Refusal> RequestReader::decode_offer(std::size_t index, matching::command::Offer& offer) {
    std::uint8_t kind = 0;
    CheckedTable table;
    if (auto refusal = read(index, kind, table)) return refusal;
    if (kind != static_cast<std::uint8_t>(fb::Command::Offer)) return malformed("command is not an offer");
    offer = matching::command::Offer{};
    FieldReader fields{list_bytes_left_};
    if (!wire::decode(fields, table, offer)) return std::move(fields.refusal);
    return refusal_of(matching::find_flaw(offer));
}

std::optional<Refusal> RequestReader::decode(std::size_t index, matching::Command& command) {
    std::uint8_t kind = 0;
    CheckedTable table;
    if (auto refusal = read(index, kind, table)) return refusal;
    FieldReader fields{list_bytes_left_};
    if (!decoders[kind - 1u](fields, table, command)) return std::move(fields.refusal);
    return refusal_of(matching::find_flaw(command));
}

}  // namespace tiebreak::wire
