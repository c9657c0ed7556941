#include "bench/surge_process.hpp"

#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <string>
#include <utility>

#include "bench/surge_clock.hpp"

namespace tiebreak::bench {
namespace {

constexpr timespec between_looks{0, 20'000'000};

std::uint64_t number_after(const std::filesystem::path& file, const std::string& name) {
    std::ifstream in(file);
    std::string word;
    std::uint64_t number = 0;
    while (in >> word)
        if (word == name && in >> number) return number;
    return 0;
}

}  // namespace

std::uint64_t resident_bytes(pid_t pid) {
    std::ifstream in("/proc/" + std::to_string(pid) + "/statm");
    std::uint64_t all = 0, resident = 0;
    in >> all >> resident;
    return in ? resident * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE)) : 0;
}

// schedstat's first figure is nanoseconds on a core; utime and stime would come in ticks of 10 ms.
Spent spent_by(pid_t pid) {
    Spent spent;
    std::error_code ignored;
    for (const auto& task : std::filesystem::directory_iterator("/proc/" + std::to_string(pid) + "/task", ignored)) {
        std::int64_t cpu_ns = 0;
        std::ifstream(task.path() / "schedstat") >> cpu_ns;
        spent.cpu_ns += cpu_ns;
        spent.wakeups += number_after(task.path() / "status", "voluntary_ctxt_switches:");
    }
    return spent;
}

std::int64_t cpu_ns_of(pid_t pid) {
    clockid_t clock{};
    return pid > 0 && ::clock_getcpuclockid(pid, &clock) == 0 ? read_clock_ns(clock) : 0;
}

MemoryWatch::MemoryWatch(pid_t pid) {
    if (pid <= 0) return;
    thread_ = std::thread([this, pid] {
        while (!stopping_.load(std::memory_order_relaxed)) {
            samples_.push_back({steady_ns(), resident_bytes(pid)});
            ::nanosleep(&between_looks, nullptr);
        }
    });
}

MemoryWatch::~MemoryWatch() {
    stopping_.store(true);
    if (thread_.joinable()) thread_.join();
}

std::vector<MemoryWatch::Sample> MemoryWatch::end() {
    stopping_.store(true);
    if (thread_.joinable()) thread_.join();
    return std::exchange(samples_, {});
}

std::uint64_t peak_bytes(std::span<const MemoryWatch::Sample> samples, std::int64_t from_ns, std::int64_t to_ns) {
    std::uint64_t most = 0;
    for (const auto& sample : samples)
        if (sample.at_steady_ns >= from_ns && sample.at_steady_ns < to_ns) most = std::max(most, sample.bytes);
    return most;
}

}  // namespace tiebreak::bench
