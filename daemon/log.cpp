#include "daemon/log.hpp"

#include <memory>

#include <spdlog/async.h>
#include <spdlog/async_logger.h>
#include <spdlog/sinks/stdout_color_sinks.h>
#include <spdlog/spdlog.h>

namespace tiebreak::daemon::log {
namespace {

constexpr std::size_t lines_waiting_max = 8192;

struct Output {
    std::shared_ptr<spdlog::details::thread_pool> writer;
    std::shared_ptr<spdlog::async_logger> logger;
};
Output output;

spdlog::level::level_enum spdlog_level(Level level) {
    switch (level) {
        case Level::debug: return spdlog::level::debug;
        case Level::info: return spdlog::level::info;
        case Level::warning: return spdlog::level::warn;
        case Level::error: return spdlog::level::err;
        case Level::off: break;
    }
    return spdlog::level::off;
}

void write(spdlog::level::level_enum level, std::string_view line) {
    if (output.logger) output.logger->log(level, spdlog::string_view_t{line.data(), line.size()});
}

}  // namespace

void start(Level level) {
    // Colours only where standard error is a terminal: the sink looks for itself.
    auto sink = std::make_shared<spdlog::sinks::stderr_color_sink_mt>();
    output.writer = std::make_shared<spdlog::details::thread_pool>(lines_waiting_max, 1);
    output.logger = std::make_shared<spdlog::async_logger>("tiebreakd", std::move(sink), output.writer,
                                                           spdlog::async_overflow_policy::overrun_oldest);
    output.logger->set_level(spdlog_level(level));
    output.logger->set_pattern("%Y-%m-%dT%H:%M:%S.%fZ %^%l%$ %v", spdlog::pattern_time_type::utc);
    output.logger->flush_on(spdlog::level::warn);
}

void stop() {
    if (!output.logger) return;
    output.logger->flush();
    output.logger.reset();
    output.writer.reset();  // joins the writing thread once its queue is empty
}

bool is_on(Level level) { return output.logger && output.logger->should_log(spdlog_level(level)); }

void debug(std::string_view line) { write(spdlog::level::debug, line); }
void info(std::string_view line) { write(spdlog::level::info, line); }
void warning(std::string_view line) { write(spdlog::level::warn, line); }
void error(std::string_view line) { write(spdlog::level::err, line); }
void write(Level level, std::string_view line) { write(spdlog_level(level), line); }

}  // namespace tiebreak::daemon::log
