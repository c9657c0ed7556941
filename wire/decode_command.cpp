#include "wire/decode_command.hpp"

#include "wire/schema/command_generated.h"

namespace tiebreak::wire {

namespace command = matching::command;

bool decode(FieldReader& fields, const CheckedTable& table, command::Offer& command) {
    using T = fb::Offer;
    CheckedTable accommodation;
    bool has_accommodation = false;
    const Spot spot{nullptr, "accommodation"};
    return fields.id(table, T::VT_ID, {nullptr, "id"}, command.id) &&
           fields.id(table, T::VT_PACKAGE, {nullptr, "package"}, command.package) &&
           fields.id(table, T::VT_PROVIDER, {nullptr, "provider"}, command.provider) &&
           fields.number(table, T::VT_START, {nullptr, "start"}, command.start_ns) &&
           fields.number(table, T::VT_PRICE_PENCE, {nullptr, "price_pence"}, command.price_pence) &&
           fields.number(table, T::VT_SUBMITTED_AT, {nullptr, "submitted_at"}, command.submitted_at_ns) &&
           fields.optional_table(table, T::VT_ACCOMMODATION, spot, accommodation, has_accommodation) &&
           (!has_accommodation || fields.text(accommodation, fb::Accommodation::VT_LANDLORD, {&spot, "landlord"},
                                              command.landlord.emplace()));
}

bool decode(FieldReader& fields, const CheckedTable& table, command::Confirm& command) {
    using T = fb::Confirm;
    return fields.id(table, T::VT_PACKAGE, {nullptr, "package"}, command.package) &&
           fields.id(table, T::VT_PROVIDER, {nullptr, "provider"}, command.provider);
}

bool decode(FieldReader& fields, const CheckedTable& table, command::Decline& command) {
    using T = fb::Decline;
    return fields.id(table, T::VT_PACKAGE, {nullptr, "package"}, command.package) &&
           fields.id(table, T::VT_PROVIDER, {nullptr, "provider"}, command.provider) &&
           fields.text(table, T::VT_REASON, {nullptr, "reason"}, command.reason);
}

bool decode(FieldReader& fields, const CheckedTable& table, command::Withdraw& command) {
    using T = fb::Withdraw;
    return fields.id(table, T::VT_PROVIDER, {nullptr, "provider"}, command.provider) &&
           fields.id(table, T::VT_OFFER, {nullptr, "offer"}, command.offer) &&
           fields.text(table, T::VT_REASON, {nullptr, "reason"}, command.reason);
}

bool decode(FieldReader& fields, const CheckedTable& table, command::Extend& command) {
    using T = fb::Extend;
    return fields.id(table, T::VT_PACKAGE, {nullptr, "package"}, command.package) &&
           fields.number(table, T::VT_CLOSES, {nullptr, "closes"}, command.closes_ns) &&
           fields.text(table, T::VT_REASON, {nullptr, "reason"}, command.reason);
}

bool decode(FieldReader& fields, const CheckedTable& table, command::Cancel& command) {
    using T = fb::Cancel;
    return fields.id(table, T::VT_PACKAGE, {nullptr, "package"}, command.package) &&
           fields.text(table, T::VT_REASON, {nullptr, "reason"}, command.reason);
}

bool decode(FieldReader& fields, const CheckedTable& table, command::Choice& command) {
    using T = fb::Choice;
    return fields.id(table, T::VT_PACKAGE, {nullptr, "package"}, command.package) &&
           fields.id(table, T::VT_PROVIDER, {nullptr, "provider"}, command.provider) &&
           fields.flag(table, T::VT_ALTERNATIVE, {nullptr, "alternative"}, command.alternative) &&
           fields.flag(table, T::VT_TOP_UP_AGREED, {nullptr, "top_up_agreed"}, command.top_up_agreed);
}

bool decode(FieldReader& fields, const CheckedTable& table, command::Approve& command) {
    using T = fb::Approval;
    std::optional<bool> approved;
    if (!fields.id(table, T::VT_PACKAGE, {nullptr, "package"}, command.package) ||
        !fields.id(table, T::VT_ROLE, {nullptr, "role"}, command.role) ||
        !fields.flag(table, T::VT_APPROVED, {nullptr, "approved"}, approved) ||
        !fields.text(table, T::VT_REASON, {nullptr, "reason"}, command.reason)) {
        return false;
    }
    if (!approved) return fields.fail({nullptr, "approved"}, "is required");
    command.approved = *approved;
    return true;
}

bool decode(FieldReader& fields, const CheckedTable& table, command::Refuse& command) {
    using T = fb::Refuse;
    return fields.id(table, T::VT_PACKAGE, {nullptr, "package"}, command.package) &&
           fields.id(table, T::VT_PROVIDER, {nullptr, "provider"}, command.provider) &&
           fields.text(table, T::VT_REASON, {nullptr, "reason"}, command.reason);
}

bool decode(FieldReader& fields, const CheckedTable& table, command::Report& command) {
    using T = fb::Report;
    return fields.id(table, T::VT_PROCEDURE, {nullptr, "procedure"}, command.procedure) &&
           fields.number(table, T::VT_FROM, {nullptr, "from"}, command.from_ns) &&
           fields.number(table, T::VT_TO, {nullptr, "to"}, command.to_ns);
}

bool decode(FieldReader&, const CheckedTable&, command::Advance&) { return true; }

}  // namespace tiebreak::wire
