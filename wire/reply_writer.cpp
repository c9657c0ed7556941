#include <array>

#include "wire/emitter.hpp"
#include "wire/message_kind.hpp"
#include "wire/reply.hpp"
#include "wire/schema/reply_generated.h"

namespace tiebreak::wire {
namespace {

// A reply is written front to back, without FlatBuffers' builder, which costs several times as much for each command:
//
//      0  offset to the Reply table, "TBR1"
//      8  the Reply's vtable, then the vtables of those forms of CommandReply that this message needs
//         the Reply table
//         the vector of offsets to the CommandReply tables
//         the CommandReply tables
//         the texts
//
// tests/wire reads everything back with FlatBuffers' own Verifier and accessors.
using T = fb::CommandReply;
using R = fb::Reply;

// Places of the fields in a Reply table; its first word leads back to the vtable.
constexpr std::uint16_t replies_at = 4;
constexpr std::uint16_t request_id_at = 8;
constexpr std::uint16_t taken_bytes = 16;
constexpr std::uint16_t whole_code_at = 16;  // of a refused request
constexpr std::uint16_t whole_detail_at = 20;
constexpr std::uint16_t refused_bytes = 24;

// And in a CommandReply table.
constexpr std::uint16_t duplicate_at = 4;
constexpr std::uint16_t withdrawn_at = 5;
constexpr std::uint16_t arrival_at = 8;
constexpr std::uint16_t sequence_at = 16;
constexpr std::uint16_t short_bytes = 24;
constexpr std::uint16_t first_arrival_at = 24;
constexpr std::uint16_t code_at = 32;
constexpr std::uint16_t detail_at = 36;
constexpr std::uint16_t long_bytes = 40;

// Size of the vtable, size of the table, places of the fields in the order of the schema; 0: not there.
using ReplyVtable = std::array<std::uint16_t, 6>;
using CommandVtable = std::array<std::uint16_t, 9>;

constexpr ReplyVtable reply_vtable(bool refused) {
    ReplyVtable vtable{sizeof(ReplyVtable), refused ? refused_bytes : taken_bytes};
    vtable[R::VT_REQUEST_ID / 2] = request_id_at;
    vtable[R::VT_REPLIES / 2] = refused ? std::uint16_t{0} : replies_at;
    vtable[R::VT_CODE / 2] = refused ? whole_code_at : std::uint16_t{0};
    vtable[R::VT_DETAIL / 2] = refused ? whole_detail_at : std::uint16_t{0};
    return vtable;
}

// The forms of CommandReply: bit 0, it has a code; bit 1, it has a first arrival.
constexpr std::size_t forms = 4;
constexpr std::size_t with_code = 1;
constexpr std::size_t with_first_arrival = 2;

constexpr CommandVtable command_vtable(std::size_t form) {
    CommandVtable vtable{sizeof(CommandVtable), form == 0 ? short_bytes : long_bytes};
    vtable[T::VT_ARRIVAL_NS / 2] = arrival_at;
    vtable[T::VT_SEQUENCE / 2] = sequence_at;
    vtable[T::VT_DUPLICATE / 2] = duplicate_at;
    vtable[T::VT_WITHDRAWN / 2] = withdrawn_at;
    vtable[T::VT_CODE / 2] = (form & with_code) != 0 ? code_at : std::uint16_t{0};
    vtable[T::VT_DETAIL / 2] = (form & with_code) != 0 ? detail_at : std::uint16_t{0};
    vtable[T::VT_FIRST_ARRIVAL_NS / 2] = (form & with_first_arrival) != 0 ? first_arrival_at : std::uint16_t{0};
    return vtable;
}

constexpr std::array<CommandVtable, forms> command_vtables{command_vtable(0), command_vtable(1), command_vtable(2),
                                                           command_vtable(3)};

constexpr std::size_t form_of(const CommandReply& reply) {
    return (reply.code ? with_code : 0) | (reply.first_arrival_ns ? with_first_arrival : 0);
}

std::string_view detail_of(matching::Code code, std::string_view detail) {
    return detail.empty() ? matching::code_sentence(code) : detail;
}

struct Sizes {
    std::array<bool, forms> used{};
    std::size_t tables = 0;
    std::size_t texts = 0;
};

Sizes sizes_of(std::span<const CommandReply> replies) {
    Sizes sizes;
    for (const CommandReply& reply : replies) {
        const std::size_t form = form_of(reply);
        sizes.used[form] = true;
        sizes.tables += form == 0 ? short_bytes : long_bytes;
        if (reply.code) {
            sizes.texts += text_bytes(matching::code_name(*reply.code));
            sizes.texts += text_bytes(detail_of(*reply.code, reply.detail));
        }
    }
    return sizes;
}

}  // namespace

std::span<const std::byte> ReplyWriter::write(std::uint64_t request_id, std::span<const CommandReply> replies) {
    const Sizes sizes = sizes_of(replies);
    std::array<std::size_t, forms> vtables{};
    std::size_t at = Emitter::header_bytes + sizeof(ReplyVtable);
    for (std::size_t form = 0; form < forms; ++form) {
        vtables[form] = at;
        if (sizes.used[form]) at += sizeof(CommandVtable);
    }
    const std::size_t reply_table = aligned(at, 8);
    const std::size_t vector = reply_table + taken_bytes;
    std::size_t table = aligned(vector + 4 + 4 * replies.size(), 8);
    std::size_t text = table + sizes.tables;
    buffer_.assign(text + sizes.texts, std::byte{0});

    Emitter out{buffer_.data()};
    out.header(reply_table, reply_identifier);
    out.put(Emitter::header_bytes, reply_vtable(false));
    for (std::size_t form = 0; form < forms; ++form) {
        if (sizes.used[form]) out.put(vtables[form], command_vtables[form]);
    }
    out.vtable_of(reply_table, Emitter::header_bytes);
    out.put(reply_table + request_id_at, request_id);
    out.offset(reply_table + replies_at, vector);
    out.put(vector, static_cast<std::uint32_t>(replies.size()));
    for (std::size_t i = 0; i < replies.size(); ++i) {
        const CommandReply& reply = replies[i];
        const std::size_t form = form_of(reply);
        out.offset(vector + 4 + 4 * i, table);
        out.vtable_of(table, vtables[form]);
        out.put(table + duplicate_at, static_cast<std::uint8_t>(reply.duplicate));
        out.put(table + withdrawn_at, static_cast<std::uint8_t>(reply.withdrawn));
        out.put(table + arrival_at, reply.arrival_ns);
        out.put(table + sequence_at, reply.sequence);
        if (reply.first_arrival_ns) out.put(table + first_arrival_at, *reply.first_arrival_ns);
        if (reply.code) {
            text = out.text(table + code_at, text, matching::code_name(*reply.code));
            text = out.text(table + detail_at, text, detail_of(*reply.code, reply.detail));
        }
        table += form == 0 ? short_bytes : long_bytes;
    }
    return buffer_;
}

std::span<const std::byte> ReplyWriter::refuse(std::uint64_t request_id, matching::Code code, std::string_view detail) {
    const std::string_view name = matching::code_name(code);
    const std::string_view sentence = detail_of(code, detail);
    const std::size_t reply_table = aligned(Emitter::header_bytes + sizeof(ReplyVtable), 8);
    const std::size_t texts = reply_table + refused_bytes;
    buffer_.assign(texts + text_bytes(name) + text_bytes(sentence), std::byte{0});

    Emitter out{buffer_.data()};
    out.header(reply_table, reply_identifier);
    out.put(Emitter::header_bytes, reply_vtable(true));
    out.vtable_of(reply_table, Emitter::header_bytes);
    out.put(reply_table + request_id_at, request_id);
    const std::size_t after_name = out.text(reply_table + whole_code_at, texts, name);
    static_cast<void>(out.text(reply_table + whole_detail_at, after_name, sentence));
    return buffer_;
}

}  // namespace tiebreak::wire
