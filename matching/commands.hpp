// The commands: everything that can be asked of Tiebreak. Plain values with no behaviour.
//
// Registrations (procedure, provider, package) own their text, because the engine keeps them. All others are
// views of the message that carried them: they are valid as long as that message is, and the engine copies what
// it keeps. A command that well_formed.hpp accepts may be given to the engine; any other must not be.
//
// The arrival stamp is not part of a command: it is handed to the engine beside it (see engine.hpp).
#pragma once

#include <cstdint>
#include <iterator>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "matching/instant.hpp"
#include "matching/procedure.hpp"

namespace tiebreak::matching {

// One membership fits an audience as a whole: role, zone and scheme together.
struct Membership {
    std::string role;
    std::optional<std::string> zone;    // absent: every zone
    std::optional<std::string> scheme;  // absent: every scheme
    bool operator==(const Membership&) const = default;
};

struct Rating {
    std::string source;
    Instant date_ns = 0;
    Score score = 0;
    bool operator==(const Rating&) const = default;
};

namespace command {

// An organisation, or one registered location of it, that may answer.
struct Provider {
    std::string id;
    std::optional<std::string> name;
    std::vector<Membership> memberships;
    std::optional<std::vector<std::string>> services;  // absent: every service
    std::vector<std::string> capabilities;
    std::optional<Score> quality;
    std::optional<std::vector<Rating>> ratings;
    std::optional<Score> feedback;
    std::optional<std::string> cqc;
    bool suspended = false;
    std::optional<std::int64_t> vacancies;
    bool operator==(const Provider&) const = default;
};

// One care package put out for offers.
struct Package {
    std::string id;
    std::string procedure;
    std::optional<std::string> zone;
    std::optional<std::string> service;
    std::optional<std::string> scheme;
    std::vector<std::string> needs;
    std::optional<std::string> urgency;
    std::optional<Duration> window_ns;  // overrides the windows of every stage
    std::optional<Pence> value_pence;
    std::optional<Instant> start_from_ns;
    std::optional<Instant> start_by_ns;
    bool direct_payment = false;
    std::optional<Pence> standard_fee_pence;
    bool operator==(const Package&) const = default;
};

// A provider's answer: it can start at such a time. `id` is the provider's own.
struct Offer {
    std::string_view id;
    std::string_view package;
    std::string_view provider;
    Instant start_ns = 0;
    std::optional<Pence> price_pence;
    std::optional<std::string_view> landlord;  // accommodation.landlord
    std::optional<Instant> submitted_at_ns;    // the front end's own clock: recorded, never used to rank
    bool operator==(const Offer&) const = default;
};

struct Confirm {
    std::string_view package;
    std::string_view provider;
    bool operator==(const Confirm&) const = default;
};

struct Decline {
    std::string_view package;
    std::string_view provider;
    std::optional<std::string_view> reason;
    bool operator==(const Decline&) const = default;
};

struct Withdraw {
    std::string_view provider;
    std::string_view offer;
    std::optional<std::string_view> reason;
    bool operator==(const Withdraw&) const = default;
};

struct Extend {
    std::string_view package;
    Instant closes_ns = 0;
    std::string_view reason;
    bool operator==(const Extend&) const = default;
};

struct Cancel {
    std::string_view package;
    std::optional<std::string_view> reason;
    bool operator==(const Cancel&) const = default;
};

// The citizen's choice. Without a provider the citizen declines to choose.
struct Choice {
    std::string_view package;
    std::optional<std::string_view> provider;
    std::optional<bool> alternative;
    std::optional<bool> top_up_agreed;
    bool operator==(const Choice&) const = default;
};

// One role's yes or no, where the procedure asks for it.
struct Approve {
    std::string_view package;
    std::string_view role;
    bool approved = false;
    std::optional<std::string_view> reason;
    bool operator==(const Approve&) const = default;
};

// The awarded provider can't take the package up.
struct Refuse {
    std::string_view package;
    std::string_view provider;
    std::optional<std::string_view> reason;
    bool operator==(const Refuse&) const = default;
};

// Asks for one `standing` event for each provider, role and zone.
struct Report {
    std::string_view procedure;
    Instant from_ns = 0;
    Instant to_ns = 0;
    bool operator==(const Report&) const = default;
};

// Only moves the clock.
struct Advance {
    bool operator==(const Advance&) const = default;
};

}  // namespace command

// In the order of the contract's table; `command_name` gives the word that JSON and events use.
using Command = std::variant<command::Procedure, command::Provider, command::Package, command::Offer, command::Confirm,
                             command::Decline, command::Withdraw, command::Extend, command::Cancel, command::Choice,
                             command::Approve, command::Refuse, command::Report, command::Advance>;

inline constexpr std::string_view command_names[] = {
    "procedure", "provider", "package", "offer",    "confirm", "decline", "withdraw",
    "extend",    "cancel",   "choice",  "approval", "refuse",  "report",  "advance"};
static_assert(std::size(command_names) == std::variant_size_v<Command>);

[[nodiscard]] inline std::string_view command_name(const Command& command) noexcept {
    return command_names[command.index()];
}

}  // namespace tiebreak::matching
