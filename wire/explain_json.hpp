// A dossier for programs: one JSON object, its keys documented in EXPLAIN.md. Absent fields are left out.
#pragma once

#include <string>
#include <string_view>

#include "wire/explain_dossier.hpp"
#include "wire/explain_margin.hpp"
#include "wire/json_out.hpp"

namespace tiebreak::wire {

// Appends; times in UTC, sentences in UK time as everywhere for people.
void append_dossier_json(std::string& to, const Dossier& dossier);

// One happening as an object of its own; `package` where several are told of at once.
void append_happening_json(JsonOut& out, const Happening& happening, Person person, std::string_view package = {});

// What is missing of an audience: "missing", "part", "held", "lacks".
void append_why_not_json(JsonOut& out, const WhyNot& why);

[[nodiscard]] std::string_view state_name(PackageState state) noexcept;
[[nodiscard]] std::string_view fate_name(OfferFate fate) noexcept;

}  // namespace tiebreak::wire
