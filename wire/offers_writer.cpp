#include <array>

#include "wire/emitter.hpp"
#include "wire/message_kind.hpp"
#include "wire/request_writer.hpp"
#include "wire/schema/command_generated.h"

namespace tiebreak::wire {
namespace {

// A request of offers, front to back:
//
//      0  offset to the Request table, "TBC1"
//      8  the Request's vtable and table
//         the vector of offsets to the CommandItem tables
//         the vtables of CommandItem, Accommodation and of those forms of Offer that this message needs
//         for each offer: CommandItem, Offer, its texts, its Accommodation and landlord
using matching::command::Offer;
using T = fb::Offer;

// Size of the vtable, size of the table, places of the fields in the order of the schema; 0: not there.
template <std::size_t Fields>
using Vtable = std::array<std::uint16_t, 2 + Fields>;

// Places of the fields in their tables, which begin with the way back to the vtable.
constexpr std::uint16_t commands_at = 4;
constexpr std::uint16_t request_id_at = 8;
constexpr std::uint16_t request_bytes = 16;
constexpr Vtable<2> request_vtable{8, request_bytes, request_id_at, commands_at};
static_assert(fb::Request::VT_REQUEST_ID == 4 && fb::Request::VT_COMMANDS == 6);

constexpr std::uint16_t command_at = 4;
constexpr std::uint16_t command_type_at = 8;
constexpr std::uint16_t item_bytes = 12;
constexpr Vtable<2> item_vtable{8, item_bytes, command_type_at, command_at};
static_assert(fb::CommandItem::VT_COMMAND_TYPE == 4 && fb::CommandItem::VT_COMMAND == 6);

constexpr std::uint16_t landlord_at = 4;
constexpr std::uint16_t accommodation_bytes = 8;
constexpr Vtable<2> accommodation_vtable{6, accommodation_bytes, landlord_at, 0};
static_assert(fb::Accommodation::VT_LANDLORD == 4);

constexpr std::uint16_t id_at = 4;
constexpr std::uint16_t package_at = 8;
constexpr std::uint16_t provider_at = 12;
constexpr std::uint16_t start_at = 16;
constexpr std::uint16_t offer_bytes_least = 24;

// What an offer has beside what it must have, as bits.
constexpr std::size_t with_price = 1;
constexpr std::size_t with_accommodation = 2;
constexpr std::size_t with_submitted_at = 4;
constexpr std::size_t forms = 8;

struct OfferForm {
    Vtable<7> vtable{};
    std::uint16_t price_at = 0;
    std::uint16_t submitted_at_at = 0;
    std::uint16_t accommodation_at = 0;
    std::uint16_t table_bytes = offer_bytes_least;

    constexpr explicit OfferForm(std::size_t form) {
        const auto place = [this](bool given, std::uint16_t bytes) {
            const std::uint16_t at = given ? table_bytes : std::uint16_t{0};
            if (given) table_bytes = static_cast<std::uint16_t>(table_bytes + bytes);
            return at;
        };
        price_at = place((form & with_price) != 0, 8);
        submitted_at_at = place((form & with_submitted_at) != 0, 8);
        accommodation_at = place((form & with_accommodation) != 0, 4);
        vtable[1] = table_bytes;
        vtable[T::VT_ID / 2] = id_at;
        vtable[T::VT_PACKAGE / 2] = package_at;
        vtable[T::VT_PROVIDER / 2] = provider_at;
        vtable[T::VT_START / 2] = start_at;
        vtable[T::VT_PRICE_PENCE / 2] = price_at;
        vtable[T::VT_ACCOMMODATION / 2] = accommodation_at;
        vtable[T::VT_SUBMITTED_AT / 2] = submitted_at_at;
        std::size_t slots = vtable.size();
        while (vtable[slots - 1] == 0) --slots;
        vtable[0] = static_cast<std::uint16_t>(2 * slots);
    }
};

constexpr std::array<OfferForm, forms> offer_forms{OfferForm{0}, OfferForm{1}, OfferForm{2}, OfferForm{3},
                                                   OfferForm{4}, OfferForm{5}, OfferForm{6}, OfferForm{7}};
static_assert(T::VT_SUBMITTED_AT / 2 + 1 == std::tuple_size_v<Vtable<7>>);

constexpr std::size_t form_of(const Offer& offer) {
    return (offer.price_pence ? with_price : 0) | (offer.landlord ? with_accommodation : 0) |
           (offer.submitted_at_ns ? with_submitted_at : 0);
}

// At least what the message takes: every table with the padding that may come before it.
std::size_t bytes_at_most(std::span<const Offer> offers) {
    constexpr std::size_t vtables = sizeof(item_vtable) + sizeof(accommodation_vtable) + forms * sizeof(Vtable<7>) + 16;
    constexpr std::size_t request = Emitter::header_bytes + sizeof(request_vtable) + request_bytes;
    std::size_t bytes = request + 4 + 4 * offers.size() + vtables;
    for (const Offer& offer : offers) {
        bytes += item_bytes + 8 + offer_forms[form_of(offer)].table_bytes + 4;
        bytes += text_bytes(offer.id) + text_bytes(offer.package) + text_bytes(offer.provider);
        if (offer.landlord) bytes += accommodation_bytes + text_bytes(*offer.landlord);
    }
    return bytes;
}

class OffersEmitter {
public:
    explicit OffersEmitter(std::vector<std::byte>& buffer) : out_(buffer.data()) {}

    // Returns the length of the message.
    std::size_t write(std::uint64_t request_id, std::span<const Offer> offers) {
        constexpr std::size_t request = Emitter::header_bytes + sizeof(request_vtable);
        static_assert(request % 8 == 0);
        out_.header(request, request_identifier);
        out_.put(Emitter::header_bytes, request_vtable);
        out_.vtable_of(request, Emitter::header_bytes);
        out_.put(request + request_id_at, request_id);
        const std::size_t vector = request + request_bytes;
        out_.offset(request + commands_at, vector);
        out_.put(vector, static_cast<std::uint32_t>(offers.size()));
        at_ = vector + 4 + 4 * offers.size();
        item_vtable_ = put_vtable(item_vtable, item_vtable[0]);
        for (std::size_t i = 0; i < offers.size(); ++i) write_item(vector + 4 + 4 * i, offers[i]);
        return at_;
    }

private:
    template <class Vtable>
    std::size_t put_vtable(const Vtable& vtable, std::size_t bytes) {
        const std::size_t at = at_;
        out_.put_front(at, vtable, bytes);
        at_ = aligned(at + bytes, 4);
        return at;
    }

    void write_item(std::size_t slot, const Offer& offer) {
        const std::size_t form = form_of(offer);
        if (offer_vtables_[form] == 0) {
            offer_vtables_[form] = put_vtable(offer_forms[form].vtable, offer_forms[form].vtable[0]);
        }
        if (offer.landlord && accommodation_vtable_ == 0) {
            accommodation_vtable_ = put_vtable(accommodation_vtable, accommodation_vtable[0]);
        }
        const std::size_t item = at_;
        const std::size_t table = aligned(item + item_bytes, 8);
        out_.offset(slot, item);
        out_.vtable_of(item, item_vtable_);
        out_.put(item + command_type_at, fb::Command::Offer);
        out_.offset(item + command_at, table);
        write_offer(table, offer, offer_forms[form], offer_vtables_[form]);
    }

    void write_offer(std::size_t table, const Offer& offer, const OfferForm& form, std::size_t vtable) {
        out_.vtable_of(table, vtable);
        out_.put(table + start_at, offer.start_ns);
        if (offer.price_pence) out_.put(table + form.price_at, *offer.price_pence);
        if (offer.submitted_at_ns) out_.put(table + form.submitted_at_at, *offer.submitted_at_ns);
        at_ = out_.text(table + id_at, table + form.table_bytes, offer.id);
        at_ = out_.text(table + package_at, at_, offer.package);
        at_ = out_.text(table + provider_at, at_, offer.provider);
        if (!offer.landlord) return;
        const std::size_t accommodation = at_;
        out_.offset(table + form.accommodation_at, accommodation);
        out_.vtable_of(accommodation, accommodation_vtable_);
        at_ = out_.text(accommodation + landlord_at, accommodation + accommodation_bytes, *offer.landlord);
    }

    Emitter out_;
    std::size_t at_ = 0;
    std::size_t item_vtable_ = 0;
    std::size_t accommodation_vtable_ = 0;
    std::array<std::size_t, forms> offer_vtables_{};  // 0: not written yet
};

}  // namespace

std::span<const std::byte> RequestWriter::write(std::uint64_t request_id, std::span<const Offer> offers) {
    offers_.assign(bytes_at_most(offers), std::byte{0});
    offers_.resize(OffersEmitter{offers_}.write(request_id, offers));
    return offers_;
}

}  // namespace tiebreak::wire
