// The reject codes: one table for people, programs and documentation.
//
// A code is what a `rejected` event or a reply carries; its sentence says what is wrong and what would help.
// The first group comes from the engine, for a well-formed command that the rules refuse; the second from the
// machinery around it, for what never reaches the engine (and so causes no event).
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace tiebreak::matching {

// X(name, sentence)
#define TIEBREAK_ENGINE_CODES(X)                                                                                        \
    X(unknown_package, "no package of this id has been opened")                                                         \
    X(unknown_provider, "no provider of this id is registered")                                                         \
    X(unknown_procedure, "no procedure of this id is registered")                                                       \
    X(unknown_offer, "this provider has no live offer of this id")                                                      \
    X(id_conflict, "this id was used before with other content; use a new id, or repeat it with the same content")      \
    X(closed, "the package is not open for this: its window has closed, or it is awarded, unawarded or cancelled")      \
    X(suspended, "the provider is suspended")                                                                           \
    X(wrong_stage, "the open stage asks for the other kind of answer: a confirmation where an offer came, or the reverse") \
    X(not_invited, "the provider is not in the audience of the open stage")                                             \
    X(start_out_of_range, "the start lies before the offer's arrival or outside the package's start_from and start_by") \
    X(accommodation_missing, "the procedure requires the accommodation and its landlord with an offer")                 \
    X(cqc_inadequate, "the provider's CQC rating is inadequate")                                                        \
    X(cqc_unregistered, "the provider has no CQC registration")                                                         \
    X(no_vacancy, "the provider declares no vacancy")                                                                   \
    X(price_missing, "the procedure requires a price with an offer")                                                    \
    X(bad_window, "the new close must be later than the present one")                                                   \
    X(no_choice_open, "no choice is open for this package")                                                             \
    X(not_shortlisted, "the provider is not on the shortlist, and is no alternative that this procedure allows")        \
    X(no_direct_payment, "an alternative needs a direct payment, which this package does not have")                     \
    X(not_on_site, "an alternative must be the on-site provider of the package's scheme")                               \
    X(top_up_not_agreed, "the price is above the standard fee, and no third-party top-up is agreed")                    \
    X(wrong_approval, "no approval by this role is pending for this package")                                           \
    X(not_awarded, "the provider does not hold the award of this package")

#define TIEBREAK_MACHINE_CODES(X)                                                                                       \
    X(malformed, "the command breaks the format")                                                                       \
    X(busy, "a limit is reached; try again in a moment")                                                                \
    X(too_large, "the message or batch is larger than this daemon takes")                                               \
    X(wrong_version, "this daemon does not speak this version of the schema")                                           \
    X(unsupported, "this daemon does not know this request")                                                            \
    X(stopping, "the daemon is stopping and takes nothing more")                                                        \
    X(history_gone, "events that old are no longer kept for subscribers; export the journal and replay it")

enum class Code : std::uint8_t {
#define TIEBREAK_CODE_ENUM(name, sentence) name,
    TIEBREAK_ENGINE_CODES(TIEBREAK_CODE_ENUM) TIEBREAK_MACHINE_CODES(TIEBREAK_CODE_ENUM)
#undef TIEBREAK_CODE_ENUM
};

// The code as it is written in events and replies, and its sentence. Static storage.
[[nodiscard]] std::string_view code_name(Code code) noexcept;
[[nodiscard]] std::string_view code_sentence(Code code) noexcept;

}  // namespace tiebreak::matching
