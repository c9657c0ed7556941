#include "wire/json_package.hpp"

namespace tiebreak::wire {

void write_terms(JsonOut& out, const matching::command::Package& package) {
    out.string("zone", package.zone);
    out.string("service", package.service);
    out.string("scheme", package.scheme);
    if (!package.needs.empty()) out.strings("needs", package.needs);
    out.string("urgency", package.urgency);
    if (package.window_ns) out.duration("window", *package.window_ns);
    out.number("value_pence", package.value_pence);
    out.instant("start_from", package.start_from_ns);
    out.instant("start_by", package.start_by_ns);
    if (package.direct_payment) out.boolean("direct_payment", true);
    out.number("standard_fee_pence", package.standard_fee_pence);
}

}  // namespace tiebreak::wire
