#include "wire/frequent_events.hpp"

#include <array>
#include <string_view>

#include "wire/emitter.hpp"
#include "wire/schema/event_generated.h"
#include "wire/word_numbers.hpp"

namespace tiebreak::wire {
namespace {

namespace event = matching::event;

// Both messages, front to back:
//
//      0  offset to the Event table, "TBE1"
//      8  the vtables
//         the Event table
//         the body's table
//         an award: the vector of offsets to its RankedOffer tables, and these
//         the texts
//
// A vtable: its size, the size of its table, places of the fields in the order of the schema; 0: not there.
template <std::size_t Fields>
using Vtable = std::array<std::uint16_t, 2 + Fields>;

constexpr std::string_view identifier = "TBE1";

// Event
constexpr std::uint16_t body_at = 4;
constexpr std::uint16_t at_at = 8;
constexpr std::uint16_t sequence_at = 16;
constexpr std::uint16_t body_type_at = 24;
constexpr std::uint16_t event_bytes = 28;
constexpr Vtable<4> event_vtable{12, event_bytes, at_at, sequence_at, body_type_at, body_at};
static_assert(fb::Event::VT_AT == 4 && fb::Event::VT_SEQUENCE == 6 && fb::Event::VT_BODY_TYPE == 8 && fb::Event::VT_BODY == 10);

// What both bodies have, in the same places.
constexpr std::uint16_t package_at = 4;
constexpr std::uint16_t stage_at = 8;
constexpr std::uint16_t offer_at = 12;
constexpr std::uint16_t instant_at = 16;
constexpr std::uint16_t provider_at = 24;

// OfferAccepted
constexpr std::uint16_t supersedes_at = 28;
constexpr std::uint16_t duplicate_at = 32;
constexpr std::uint16_t withdrawn_at = 33;
constexpr std::uint16_t accepted_bytes = 36;
using Accepted = fb::OfferAccepted;
constexpr Vtable<8> accepted_vtable{20,         accepted_bytes, package_at,    stage_at,     offer_at,
                                    provider_at, instant_at,     supersedes_at, duplicate_at, withdrawn_at};
static_assert(Accepted::VT_PACKAGE == 4 && Accepted::VT_STAGE == 6 && Accepted::VT_OFFER == 8 && Accepted::VT_PROVIDER == 10 &&
              Accepted::VT_ARRIVAL == 12 && Accepted::VT_SUPERSEDES == 14 && Accepted::VT_DUPLICATE == 16 &&
              Accepted::VT_WITHDRAWN == 18);

// Awarded
constexpr std::uint16_t ranking_at = 28;
constexpr std::uint16_t decided_by_at = 32;
constexpr std::uint16_t awarded_bytes = 36;
using Award = fb::Awarded;
constexpr Vtable<7> awarded_vtable{18,          awarded_bytes, package_at,    stage_at, offer_at,
                                   provider_at, instant_at,    decided_by_at, ranking_at};
static_assert(Award::VT_PACKAGE == 4 && Award::VT_STAGE == 6 && Award::VT_OFFER == 8 && Award::VT_PROVIDER == 10 &&
              Award::VT_START == 12 && Award::VT_DECIDED_BY == 14 && Award::VT_RANKING == 16);

// RankedOffer
constexpr std::uint16_t ranked_offer_at = 4;
constexpr std::uint16_t ranked_provider_at = 8;
constexpr std::uint16_t lost_on_at = 12;
constexpr std::uint16_t ranked_bytes = 16;
constexpr Vtable<3> ranked_vtable{10, ranked_bytes, ranked_offer_at, ranked_provider_at, lost_on_at};
static_assert(fb::RankedOffer::VT_OFFER == 4 && fb::RankedOffer::VT_PROVIDER == 6 && fb::RankedOffer::VT_LOST_ON == 8);

// Where things lie. Tables with eight-byte fields begin at a multiple of eight.
constexpr std::size_t event_vtable_at = Emitter::header_bytes;
constexpr std::size_t body_vtable_at = event_vtable_at + sizeof event_vtable;
constexpr std::size_t ranked_vtable_at = body_vtable_at + sizeof accepted_vtable;
constexpr std::size_t event_table_at = aligned(ranked_vtable_at + sizeof ranked_vtable, 8);
constexpr std::size_t body_table_at = aligned(event_table_at + event_bytes, 8);
constexpr std::size_t accepted_texts_at = body_table_at + accepted_bytes;
constexpr std::size_t ranking_vector_at = body_table_at + awarded_bytes;
static_assert(sizeof awarded_vtable <= sizeof accepted_vtable && event_vtable_at % 2 == 0 && ranking_vector_at % 4 == 0);

void write_head(Emitter& out, const matching::Event& whole, fb::EventBody kind, matching::Instant instant_ns) {
    out.header(event_table_at, identifier);
    out.put(event_vtable_at, event_vtable);
    out.vtable_of(event_table_at, event_vtable_at);
    out.offset(event_table_at + body_at, body_table_at);
    out.put(event_table_at + at_at, whole.at_ns);
    out.put(event_table_at + sequence_at, whole.sequence);
    out.put(event_table_at + body_type_at, kind);
    out.vtable_of(body_table_at, body_vtable_at);
    out.put(body_table_at + instant_at, instant_ns);
}

template <typename Body>
std::size_t write_texts(Emitter& out, std::size_t at, const Body& body) {
    at = out.text(body_table_at + package_at, at, body.package);
    at = out.text(body_table_at + stage_at, at, body.stage);
    at = out.text(body_table_at + offer_at, at, body.offer);
    return out.text(body_table_at + provider_at, at, body.provider);
}

template <typename Body>
std::size_t texts_bytes(const Body& body) {
    return text_bytes(body.package) + text_bytes(body.stage) + text_bytes(body.offer) + text_bytes(body.provider);
}

std::size_t write_ranking(Emitter& out, std::span<const matching::RankedOffer> ranking) {
    out.offset(body_table_at + ranking_at, ranking_vector_at);
    out.put(ranking_vector_at, static_cast<std::uint32_t>(ranking.size()));
    std::size_t slot = ranking_vector_at + 4;
    std::size_t table = slot + 4 * ranking.size();
    std::size_t texts = table + ranked_bytes * ranking.size();
    for (const matching::RankedOffer& ranked : ranking) {
        out.offset(slot, table);
        out.vtable_of(table, ranked_vtable_at);
        if (ranked.lost_on) out.put(table + lost_on_at, to_number(*ranked.lost_on));
        texts = out.text(table + ranked_offer_at, texts, ranked.offer);
        texts = out.text(table + ranked_provider_at, texts, ranked.provider);
        slot += 4;
        table += ranked_bytes;
    }
    return texts;
}

}  // namespace

std::span<const std::byte> write_event(const matching::Event& event, const event::OfferAccepted& body,
                                       std::vector<std::byte>& buffer) {
    const std::size_t bytes = accepted_texts_at + texts_bytes(body) + (body.supersedes ? text_bytes(*body.supersedes) : 0);
    buffer.assign(bytes, std::byte{0});
    Emitter out(buffer.data());
    write_head(out, event, fb::EventBody::OfferAccepted, body.arrival_ns);
    Vtable<8> vtable = accepted_vtable;
    if (!body.supersedes) vtable[Accepted::VT_SUPERSEDES / 2] = 0;
    out.put(body_vtable_at, vtable);
    out.put(body_table_at + duplicate_at, static_cast<std::uint8_t>(body.duplicate));
    out.put(body_table_at + withdrawn_at, static_cast<std::uint8_t>(body.withdrawn));
    const std::size_t end = write_texts(out, accepted_texts_at, body);
    if (body.supersedes) (void)out.text(body_table_at + supersedes_at, end, *body.supersedes);
    return buffer;
}

std::span<const std::byte> write_event(const matching::Event& event, const event::Awarded& body,
                                       std::vector<std::byte>& buffer) {
    std::size_t bytes = ranking_vector_at + 4 + (4 + ranked_bytes) * body.ranking.size() + texts_bytes(body);
    for (const matching::RankedOffer& ranked : body.ranking) bytes += text_bytes(ranked.offer) + text_bytes(ranked.provider);
    buffer.assign(bytes, std::byte{0});
    Emitter out(buffer.data());
    write_head(out, event, fb::EventBody::Awarded, body.start_ns);
    out.put(body_vtable_at, awarded_vtable);
    out.put(ranked_vtable_at, ranked_vtable);
    out.put(body_table_at + decided_by_at, to_number(body.decided_by));
    (void)write_texts(out, write_ranking(out, body.ranking), body);
    return buffer;
}

}  // namespace tiebreak::wire
