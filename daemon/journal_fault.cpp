#include "daemon/journal_fault.hpp"

#include <cerrno>
#include <utility>

namespace tiebreak::daemon {

Fault disk_fault(const std::string& attempt, const std::string& file, std::error_code error) {
    const bool full = error == std::errc::no_space_on_device || error == std::error_code(EDQUOT, std::generic_category());
    return {full ? FaultKind::disk_full : FaultKind::disk, "cannot " + attempt + " " + file + ": " + error.message(),
            {}, 0, 0};
}

Fault names_fault(const std::string& file, std::error_code error) {
    return {FaultKind::names_lost, "cannot sync the directory of " + file + ": " + error.message(), {}, 0, 0};
}

Fault damage_fault(const std::string& directory, std::string segment, std::uint64_t offset, std::uint64_t position,
                   const std::string& what) {
    std::string sentence = "the journal is damaged: " + directory + "/" + segment + ", offset " +
                           std::to_string(offset) + ", position " + std::to_string(position) + ": " + what;
    return {FaultKind::damaged, std::move(sentence), std::move(segment), offset, position};
}

}  // namespace tiebreak::daemon
