#include "daemon/status_figures.hpp"

#include <cstddef>
#include <numeric>

namespace tiebreak::daemon {
namespace {

// X(name, value out of CommitCounters c, help)
#define TIEBREAK_JOURNAL_FIGURES(X)                                                                              \
    X(journal_commits, c.commits, "syncs that made records durable")                                             \
    X(journal_records, c.records, "records written since the start")                                             \
    X(journal_bytes, c.bytes, "bytes written for them, headers and padding included")                            \
    X(journal_early_writes, c.early_writes, "writes ahead of a sync, so that an award need not wait for one")    \
    X(journal_busy, c.busy, "records refused because the buffer was full: the disk did not keep up")             \
    X(journal_buffer_bytes, c.buffer_bytes, "bytes waiting for the next sync")                                   \
    X(journal_buffer_bytes_peak, c.buffer_bytes_peak, "the most that ever waited")                               \
    X(journal_faulted, c.faulted ? 1U : 0U, "1 once the disk has failed: nothing is acknowledged any more")      \
    X(journal_segments, c.journal.segments, "files in use")                                                      \
    X(journal_segments_archived, c.journal.segments_archived, "files moved to the archive since the start")      \
    X(journal_segments_recycled, c.journal.segments_recycled, "files used again since the start")                \
    X(journal_segments_late, c.journal.segments_late, "how often a sync waited for its next file to be prepared") \
    X(journal_disk_free_bytes, c.journal.disk_free_bytes, "room on the disk, when last looked at")               \
    X(journal_disk_low, c.journal.disk_low ? 1U : 0U, "1 while that is less than disk_free_bytes_min")           \
    X(sync_time_p50_ns, sync_quantile_ns(c, 500), "one sync of the journal, to the next power of two microseconds") \
    X(sync_time_p99_ns, sync_quantile_ns(c, 990), "the same")                                                    \
    X(sync_time_max_ns, static_cast<std::uint64_t>(c.sync_ns_max), "the longest")                                \
    X(sync_time_count, c.commits, "how many")

std::uint64_t sync_quantile_ns(const CommitCounters& c, std::uint64_t per_mille) noexcept {
    const std::uint64_t all = std::accumulate(c.sync_us_log2.begin(), c.sync_us_log2.end(), std::uint64_t{0});
    if (all == 0) return 0;
    std::uint64_t sum = 0;
    for (std::size_t k = 0; k < c.sync_us_log2.size(); ++k) {
        sum += c.sync_us_log2[k];
        if (sum * 1000 >= all * per_mille) return (std::uint64_t{1} << k) * 1000;
    }
    return static_cast<std::uint64_t>(c.sync_ns_max);
}

}  // namespace

std::vector<wire::answer::Figure> status_figures(const Metrics& metrics, const CommitCounters& c, const Limits& limits) {
    std::vector<wire::answer::Figure> figures;
    for_each_figure(metrics, [&](std::string_view name, std::uint64_t value, std::string_view) {
        figures.push_back({name, value});
    });
#define TIEBREAK_FIGURE(name, value, help) figures.push_back({#name, value});
    TIEBREAK_JOURNAL_FIGURES(TIEBREAK_FIGURE)
#undef TIEBREAK_FIGURE
#define TIEBREAK_LIMIT(name, value, help) figures.push_back({"limit_" #name, limits.name});
    TIEBREAK_LIMITS(TIEBREAK_LIMIT)
#undef TIEBREAK_LIMIT
    return figures;
}

}  // namespace tiebreak::daemon
