#pragma once

#include <cstdint>
#include <string>
#include <system_error>

#include <boost/system/result.hpp>

namespace tiebreak::daemon {

enum class FaultKind : std::uint8_t {
    in_use,         // another process has the directory
    damaged,        // what had been synced does not read back as it was written
    missing,        // records that must be there are not: a segment has gone
    wrong_version,  // written by a Tiebreak with another journal format
    disk,           // a call on the disk failed
    disk_full,      // the same, for want of room
    names_lost,     // a directory's sync failed, for whatever reason: a name that anybody has given there may go with the power. Final
    bad_option,     // options that cannot work together
    gone,           // asked for records that have been recycled since
};

// Why the journal cannot go on: a sentence for people, and for damage the place. A value, never thrown.
struct Fault {
    FaultKind kind = FaultKind::disk;
    std::string sentence;         // whole, in plain English, names the file; says what to do where that is known
    std::string segment;          // file name within the journal's directory, or empty
    std::uint64_t offset = 0;     // of the first bad byte's record within the segment
    std::uint64_t position = 0;   // of the first record that cannot be had, 0 where none is meant
};

// A value or a Fault. Test with `if (!outcome)`, then outcome.error(); else *outcome or outcome->.
template <class T>
using Outcome = boost::system::result<T, Fault>;

// "cannot <attempt> <file>: <what the system says>"; of kind disk_full if that is what it says.
[[nodiscard]] Fault disk_fault(const std::string& attempt, const std::string& file, std::error_code error);
// Of a failed sync of a directory, told of as that of the file in it whose name was to become durable. Of kind names_lost.
[[nodiscard]] Fault names_fault(const std::string& file, std::error_code error);
[[nodiscard]] Fault damage_fault(const std::string& directory, std::string segment, std::uint64_t offset,
                                 std::uint64_t position, const std::string& what);

}  // namespace tiebreak::daemon
