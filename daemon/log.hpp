// The log: one line for each thing that an operator would want to know, with the package or offer by name. Written by a thread of
// its own; when that falls behind, the oldest lines are lost, so no thread ever waits for a terminal or a disk.
//
// Packages, awards, extensions and refusals are logged by EventLog, off the hot path and with a bound; single offers at level debug alone.
#pragma once

#include <string>
#include <string_view>

namespace tiebreak::daemon::log {

enum class Level { debug, info, warning, error, off };

// Before the first line; to standard error. stop() writes what is left.
void start(Level level);
void stop();
// Whether lines of that level are written.
[[nodiscard]] bool is_on(Level level);

// Any thread; never blocks longer than it takes to hand the line over. Before start() and after stop() the line goes nowhere.
void debug(std::string_view line);
void info(std::string_view line);
void warning(std::string_view line);
void error(std::string_view line);
void write(Level level, std::string_view line);

}  // namespace tiebreak::daemon::log
