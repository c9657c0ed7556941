// A library to be preloaded into tiebreakd: it kills the process at a named call on the disk.
//
// TIEBREAK_KILL_AT=CALL:N, CALL being pwrite, fdatasync, fsync, fallocate, renameat2, link, unlink or ftruncate: before the N-th such
// call. CALL-after: when it has been made. pwrite-torn: when half of its bytes have been written. CALL@TEXT: only calls on a file
// whose name has that text in it are counted.
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
    std::string file;  // empty: any
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
        if (const auto at = name.find('@'); at != std::string::npos) {
            p.file = name.substr(at + 1);
            name.resize(at);
        }
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

bool is_meant(const char* name) { return point().file.empty() || std::strstr(name, point().file.c_str()) != nullptr; }

bool is_meant(int fd) {
    if (point().file.empty()) return true;
    char name[4096] = {};
    const std::string link = "/proc/self/fd/" + std::to_string(fd);
    return ::readlink(link.c_str(), name, sizeof name - 1) > 0 && is_meant(name);
}

// Whether this call is the one; `counter` is the call's own, `file` its descriptor or name.
template <typename File>
bool is_the_one(const char* call, std::atomic<long>& counter, File file) {
    return point().when != When::never && point().call == call && is_meant(file) && ++counter == point().at;
}

template <typename Function>
Function next(const char* name) {
    return reinterpret_cast<Function>(::dlsym(RTLD_NEXT, name));
}

template <typename File, typename Call>
auto around(const char* name, std::atomic<long>& counter, File file, const Call& call) {
    const bool the_one = is_the_one(name, counter, file);
    if (the_one && point().when == When::before) die();
    const auto result = call();
    if (the_one) die();
    return result;
}

std::atomic<long> pwrites, fdatasyncs, fsyncs, fallocates, renames, links, unlinks, ftruncates;

ssize_t counted_pwrite(const char* symbol, int fd, const void* from, size_t count, off_t offset) {
    const auto real = next<ssize_t (*)(int, const void*, size_t, off_t)>(symbol);
    const bool the_one = is_the_one("pwrite", pwrites, fd);
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
    return around("fdatasync", fdatasyncs, fd, [&] { return next<int (*)(int)>("fdatasync")(fd); });
}
int fsync(int fd) {
    return around("fsync", fsyncs, fd, [&] { return next<int (*)(int)>("fsync")(fd); });
}
int fallocate(int fd, int mode, off_t offset, off_t length) {
    return around("fallocate", fallocates, fd, [&] { return next<int (*)(int, int, off_t, off_t)>("fallocate")(fd, mode, offset, length); });
}
int renameat2(int from, const char* old_name, int to, const char* new_name, unsigned flags) {
    return around("renameat2", renames, new_name, [&] {
        return next<int (*)(int, const char*, int, const char*, unsigned)>("renameat2")(from, old_name, to, new_name, flags);
    });
}
int link(const char* from, const char* to) noexcept {
    return around("link", links, to, [&] { return next<int (*)(const char*, const char*)>("link")(from, to); });
}
int unlink(const char* name) noexcept {
    return around("unlink", unlinks, name, [&] { return next<int (*)(const char*)>("unlink")(name); });
}
int ftruncate(int fd, off_t length) noexcept {
    return around("ftruncate", ftruncates, fd, [&] { return next<int (*)(int, off_t)>("ftruncate")(fd, length); });
}
int ftruncate64(int fd, off_t length) noexcept {
    return around("ftruncate", ftruncates, fd, [&] { return next<int (*)(int, off_t)>("ftruncate64")(fd, length); });
}

}  // extern "C"
