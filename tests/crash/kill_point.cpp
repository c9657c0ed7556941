// A library to be preloaded into tiebreakd: it kills the process at a named call on the disk.
//
// TIEBREAK_KILL_AT=CALL:N, CALL being pwrite, fdatasync, fsync, fallocate or renameat2: before the N-th such call.
// CALL-after: when it has been made. pwrite-torn: when half of its bytes have been written.
#include <dlfcn.h>
#include <signal.h>
#include <sys/types.h>
#include <unistd.h>

#include <atomic>
#include <cstdlib>
#include <cstring>
#include <string>

namespace {

enum class When { never, before, torn, after };

struct Point {
    std::string call;
    When when = When::never;
    long at = 0;
};

const Point& point() {
    static const Point parsed = [] {
        Point p;
        const char* const text = std::getenv("TIEBREAK_KILL_AT");
        if (text == nullptr) return p;
        std::string name = text;
        const auto colon = name.find(':');
        if (colon == std::string::npos) return p;
        p.at = std::atol(name.c_str() + colon + 1);
        name.resize(colon);
        p.when = When::before;
        for (const auto& [suffix, when] : {std::pair{"-after", When::after}, std::pair{"-torn", When::torn}}) {
            const std::size_t length = std::strlen(suffix);
            if (name.size() <= length || name.compare(name.size() - length, length, suffix) != 0) continue;
            name.resize(name.size() - length);
            p.when = when;
        }
        p.call = name;
        return p;
    }();
    return parsed;
}

[[noreturn]] void die() {
    ::kill(::getpid(), SIGKILL);
    while (true) ::pause();
}

// Whether this call is the one; `counter` is the call's own.
bool is_the_one(const char* call, std::atomic<long>& counter) {
    return point().when != When::never && point().call == call && ++counter == point().at;
}

template <typename Function>
Function next(const char* name) {
    return reinterpret_cast<Function>(::dlsym(RTLD_NEXT, name));
}

template <typename Call>
auto around(const char* name, std::atomic<long>& counter, const Call& call) {
    const bool the_one = is_the_one(name, counter);
    if (the_one && point().when == When::before) die();
    const auto result = call();
    if (the_one) die();
    return result;
}

std::atomic<long> pwrites, fdatasyncs, fsyncs, fallocates, renames;

ssize_t counted_pwrite(const char* symbol, int fd, const void* from, size_t count, off_t offset) {
    const auto real = next<ssize_t (*)(int, const void*, size_t, off_t)>(symbol);
    const bool the_one = is_the_one("pwrite", pwrites);
    if (the_one && point().when == When::before) die();
    if (the_one && point().when == When::torn) {
        real(fd, from, count / 2, offset);
        die();
    }
    const ssize_t result = real(fd, from, count, offset);
    if (the_one) die();
    return result;
}

}  // namespace

extern "C" {

ssize_t pwrite(int fd, const void* from, size_t count, off_t offset) { return counted_pwrite("pwrite", fd, from, count, offset); }
ssize_t pwrite64(int fd, const void* from, size_t count, off_t offset) { return counted_pwrite("pwrite64", fd, from, count, offset); }
int fdatasync(int fd) {
    return around("fdatasync", fdatasyncs, [&] { return next<int (*)(int)>("fdatasync")(fd); });
}
int fsync(int fd) {
    return around("fsync", fsyncs, [&] { return next<int (*)(int)>("fsync")(fd); });
}
int fallocate(int fd, int mode, off_t offset, off_t length) {
    return around("fallocate", fallocates, [&] { return next<int (*)(int, int, off_t, off_t)>("fallocate")(fd, mode, offset, length); });
}
int renameat2(int from, const char* old_name, int to, const char* new_name, unsigned flags) {
    return around("renameat2", renames, [&] {
        return next<int (*)(int, const char*, int, const char*, unsigned)>("renameat2")(from, old_name, to, new_name, flags);
    });
}

}  // extern "C"
