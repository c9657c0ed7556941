#include "daemon/tool_receipt.hpp"

#include <boost/json/serialize.hpp>
#include <boost/json/string.hpp>

#include "wire/instant_text.hpp"

namespace tiebreak::daemon {
namespace {

void append_refusal(std::string& to, std::string_view code, std::string_view detail) {
    to += ",\"accepted\":false,\"code\":";
    to += boost::json::serialize(boost::json::string_view{code.data(), code.size()});
    to += ",\"detail\":";
    to += boost::json::serialize(boost::json::string_view{detail.data(), detail.size()});
}

void append_instant_field(std::string& to, std::string_view name, matching::Instant at_ns) {
    to += ",\"";
    to += name;
    to += "\":\"";
    wire::append_instant(to, at_ns);
    to += '"';
}

std::string_view outcome_name(const wire::Completed* completed) {
    if (completed == nullptr) return "no_reply";
    switch (completed->outcome) {
        case wire::Outcome::not_sent: return "not_sent";
        case wire::Outcome::unknown_outcome: return "unknown_outcome";
        default: return "no_reply";
    }
}

}  // namespace

ReceiptKind append_receipt(std::string& to, std::uint64_t line, const wire::Completed* completed, std::size_t index) {
    to += "{\"line\":" + std::to_string(line);
    ReceiptKind kind = ReceiptKind::unknown;
    if (completed != nullptr && !completed->code.empty()) {
        append_refusal(to, completed->code, completed->detail);
        kind = ReceiptKind::rejected;
    } else if (completed == nullptr || completed->outcome != wire::Outcome::replied || index >= completed->receipts.size()) {
        to += ",\"outcome\":\"";
        to += outcome_name(completed);
        to += '"';
    } else {
        const wire::Receipt& receipt = completed->receipts[index];
        kind = receipt.code.empty() ? ReceiptKind::accepted : ReceiptKind::rejected;
        if (receipt.code.empty())
            to += ",\"accepted\":true";
        else
            append_refusal(to, receipt.code, receipt.detail);
        if (receipt.arrival_ns != 0) append_instant_field(to, "arrival", receipt.arrival_ns);
        if (receipt.sequence != 0) to += ",\"sequence\":" + std::to_string(receipt.sequence);
        if (receipt.duplicate) to += ",\"duplicate\":true";
        if (receipt.withdrawn) to += ",\"withdrawn\":true";
        if (receipt.first_arrival_ns) append_instant_field(to, "first_arrival", *receipt.first_arrival_ns);
    }
    to += "}\n";
    return kind;
}

}  // namespace tiebreak::daemon
