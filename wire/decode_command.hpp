// Makes commands out of their tables (schema/command.fbs). Each function sets `command` and says true, or leaves it
// half made and says false; the reader then has the refusal. What a command may say beyond its shape is
// matching::find_flaw's.
#pragma once

#include "matching/commands.hpp"
#include "wire/field_reader.hpp"

namespace tiebreak::wire {

// Registrations own their text; all others are views of the message.
bool decode(FieldReader& fields, const CheckedTable& table, matching::command::Procedure& command);
bool decode(FieldReader& fields, const CheckedTable& table, matching::command::Provider& command);
bool decode(FieldReader& fields, const CheckedTable& table, matching::command::Package& command);
bool decode(FieldReader& fields, const CheckedTable& table, matching::command::Offer& command);
bool decode(FieldReader& fields, const CheckedTable& table, matching::command::Confirm& command);
bool decode(FieldReader& fields, const CheckedTable& table, matching::command::Decline& command);
bool decode(FieldReader& fields, const CheckedTable& table, matching::command::Withdraw& command);
bool decode(FieldReader& fields, const CheckedTable& table, matching::command::Extend& command);
bool decode(FieldReader& fields, const CheckedTable& table, matching::command::Cancel& command);
bool decode(FieldReader& fields, const CheckedTable& table, matching::command::Choice& command);
bool decode(FieldReader& fields, const CheckedTable& table, matching::command::Approve& command);
bool decode(FieldReader& fields, const CheckedTable& table, matching::command::Refuse& command);
bool decode(FieldReader& fields, const CheckedTable& table, matching::command::Report& command);
bool decode(FieldReader& fields, const CheckedTable& table, matching::command::Advance& command);

}  // namespace tiebreak::wire
