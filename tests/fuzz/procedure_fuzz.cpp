// Procedure files, as `tiebreak procedure check` and the daemon's start read them: a fault says where it is, with an
// excerpt of two lines; a procedure that is accepted can be told in plain English, remarks and all.
#include <algorithm>
#include <string>
#include <utility>
#include <variant>

#include "matching/invariant.hpp"
#include "matching/well_formed.hpp"
#include "tests/fuzz/fuzz_input.hpp"
#include "wire/procedure_files.hpp"
#include "wire/prose_procedure.hpp"

namespace {

using namespace tiebreak;

void check(const wire::ProcedureFault& fault, std::string_view text) {
    const auto lines = static_cast<std::size_t>(std::ranges::count(text, '\n')) + 1;
    TIEBREAK_INVARIANT(!fault.sentence.empty(), "a fault says why");
    TIEBREAK_INVARIANT(fault.line >= 1 && fault.line <= lines && fault.column >= 1, "a fault says where");
    TIEBREAK_INVARIANT(fault.text().find('\n') == std::string::npos, "a fault is one line");
    TIEBREAK_INVARIANT(std::ranges::count(fault.excerpt, '\n') <= 1, "an excerpt is two lines at most");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const fuzz::OddCopy bytes(data, size);
    const std::string_view text{reinterpret_cast<const char*>(bytes.span().data()), size};
    const auto read = wire::read_procedure(text, "p.json");
    if (const auto* faults = std::get_if<wire::ProcedureFaults>(&read)) {
        TIEBREAK_INVARIANT(!faults->empty() && faults->size() <= 100, "a faulty file has a fault, and not too many");
        for (const wire::ProcedureFault& fault : *faults) check(fault, text);
        TIEBREAK_INVARIANT(std::ranges::is_sorted(*faults, {}, [](const auto& fault) { return std::pair{fault.line, fault.column}; }),
                           "faults come in the order of the text");
        return 0;
    }
    const auto& procedure = std::get<wire::ProcedureFile>(read).procedure;
    TIEBREAK_INVARIANT(!matching::find_flaw(procedure), "what is read may be given to the engine");
    for (const std::string& remark : wire::procedure_remarks(procedure))
        TIEBREAK_INVARIANT(!remark.empty(), "a remark says something");
    const std::size_t width = size % 200;  // that of somebody's window
    TIEBREAK_INVARIANT(!wire::prose_text(wire::procedure_prose(procedure, wire::Clock::uk), width).empty(), "it can be told");
    return 0;
}
