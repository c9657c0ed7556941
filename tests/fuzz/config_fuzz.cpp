// The config file: whatever is in it, the daemon starts with a config or says what is wrong with it; and a config that is
// printed is a config file that says the same.
#include <sys/mman.h>
#include <unistd.h>

#include <iostream>
#include <sstream>
#include <string>
#include <vector>

#include "daemon/config.hpp"
#include "matching/invariant.hpp"
#include "tests/fuzz/fuzz_input.hpp"

namespace {

using namespace tiebreak;

// What is said on both streams, which belong to this as long as it lives.
class Hearing {
public:
    Hearing() : out_(std::cout.rdbuf(out.rdbuf())), err_(std::cerr.rdbuf(err.rdbuf())) {}
    ~Hearing() {
        std::cout.rdbuf(out_);
        std::cerr.rdbuf(err_);
    }
    Hearing(const Hearing&) = delete;
    Hearing& operator=(const Hearing&) = delete;
    std::ostringstream out, err;

private:
    std::streambuf *out_, *err_;
};

// Returns what --print-config prints, or nothing where the config is refused.
std::optional<std::string> print_config(const void* content, std::size_t size) {
    static const int fd = ::memfd_create("config", 0);
    static const std::string file = "/proc/self/fd/" + std::to_string(fd);
    const bool stored = ::ftruncate(fd, 0) == 0 && ::pwrite(fd, content, size, 0) == static_cast<ssize_t>(size);
    TIEBREAK_INVARIANT(stored, "a file in memory can be written");
    const char* const argv[] = {"tiebreakd", "--config", file.c_str(), "--print-config"};
    const Hearing hearing;
    const daemon::ConfigOutcome outcome = daemon::read_config(4, argv);
    if (outcome.exit_code == 0) return hearing.out.str();
    TIEBREAK_INVARIANT(outcome.exit_code == 2 && !hearing.err.str().empty(), "a refusal says why");
    return std::nullopt;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto printed = print_config(data, size);
    if (!printed) return 0;
    const auto again = print_config(printed->data(), printed->size());
    TIEBREAK_INVARIANT(again, "what is printed is a config file");
    TIEBREAK_INVARIANT(*again == *printed, "and says the same");
    return 0;
}
