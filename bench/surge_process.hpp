// What a process costs, as the kernel counts it.
#pragma once

#include <sys/types.h>

#include <atomic>
#include <cstdint>
#include <span>
#include <thread>
#include <vector>

namespace tiebreak::bench {

// Resident bytes; 0 if there is no such process.
[[nodiscard]] std::uint64_t resident_bytes(pid_t pid);

struct Spent {
    std::int64_t cpu_ns = 0;    // of all its threads
    std::uint64_t wakeups = 0;  // how often one of them gave up its core of itself
};
[[nodiscard]] Spent spent_by(pid_t pid);

// Processor time of a process so far, threads that have ended included; 0 if there is no such process.
[[nodiscard]] std::int64_t cpu_ns_of(pid_t pid);

// Looks at a process's memory every 20 ms from a thread of its own.
class MemoryWatch {
public:
    explicit MemoryWatch(pid_t pid);  // 0: there is nothing to watch
    ~MemoryWatch();
    MemoryWatch(const MemoryWatch&) = delete;
    MemoryWatch& operator=(const MemoryWatch&) = delete;

    struct Sample {
        std::int64_t at_steady_ns = 0;
        std::uint64_t bytes = 0;
    };
    // Ends the watching.
    [[nodiscard]] std::vector<Sample> end();

private:
    std::atomic<bool> stopping_{false};
    std::vector<Sample> samples_;
    std::thread thread_;
};

// The most in [from_ns, to_ns) by the steady clock; 0 if nothing was seen then.
[[nodiscard]] std::uint64_t peak_bytes(std::span<const MemoryWatch::Sample> samples, std::int64_t from_ns, std::int64_t to_ns);

}  // namespace tiebreak::bench
