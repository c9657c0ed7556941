// The contract's worked example, line by line.
#pragma once

#include <string>

namespace tiebreak::tests::worked_example {

// The procedure, providers A and B, and package K1, whose window closes at ten.
inline const std::string opening =
    R"({"type":"procedure","at":"2026-11-23T08:00:00Z","id":"p","stages":[{"name":"zonal","audience":{"roles":["zonal"],"zone":"package"},"window":"1h"}],"ranking":["earliest_start"]}
{"type":"provider","at":"2026-11-23T08:00:00Z","id":"A","memberships":[{"role":"zonal","zone":"oxford"}]}
{"type":"provider","at":"2026-11-23T08:00:00Z","id":"B","memberships":[{"role":"zonal","zone":"oxford"}]}
{"type":"package","at":"2026-11-23T09:00:00Z","id":"K1","procedure":"p","zone":"oxford"}
)";
// Their offers for the same start, A's a nanosecond before B's.
inline const std::string offer_b =
    R"({"type":"offer","at":"2026-11-23T09:10:00.000000002Z","id":"O-B","package":"K1","provider":"B","start":"2026-11-25T08:00:00Z"}
)";
inline const std::string offer_a =
    R"({"type":"offer","at":"2026-11-23T09:10:00.000000001Z","id":"O-A","package":"K1","provider":"A","start":"2026-11-25T08:00:00Z"}
)";

}  // namespace tiebreak::tests::worked_example
