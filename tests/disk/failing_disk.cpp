// A library to be preloaded into tiebreakd: one call on the disk fails, once.
//
// TIEBREAK_FAIL_AT=CALL:N:HOW, CALL being open, write, pwrite, fdatasync, fsync, fallocate, ftruncate, rename, link, unlink or mkdir: the N-th
// such call on a file under the directory TIEBREAK_FAIL_UNDER. HOW: EIO, ENOSPC, or (write and pwrite) short: half is written, and that is no
// error; full: half is written, and the next such call finds the disk full. What was hit is appended to the file TIEBREAK_FAIL_NOTE: call and file.
// CALL may also be thread: the N-th thread to be started once the directory has its file `endpoints` can't be (HOW counts for nothing).
#include <dlfcn.h>
#include <fcntl.h>
#include <pthread.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstdarg>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>

namespace {

enum class How { not_at_all, io_error, disk_full, by_half };

struct Point {
    std::string call;
    std::string under;
    std::string note;
    std::string how;
    long at = 0;
};

const Point& point() {
    static const Point parsed = [] {
        Point p;
        const char* const at = std::getenv("TIEBREAK_FAIL_AT");
        const char* const under = std::getenv("TIEBREAK_FAIL_UNDER");
        const char* const note = std::getenv("TIEBREAK_FAIL_NOTE");
        if (at == nullptr || under == nullptr || note == nullptr) return p;
        const std::string text = at;
        const auto first = text.find(':'), last = text.rfind(':');
        if (first == std::string::npos || first == last) return p;
        p.call = text.substr(0, first);
        p.at = std::atol(text.c_str() + first + 1);
        p.how = text.substr(last + 1);
        p.under = under;
        p.note = note;
        return p;
    }();
    return parsed;
}

std::atomic<long> calls{0};

template <typename Function>
Function next(const char* name) {
    return reinterpret_cast<Function>(::dlsym(RTLD_NEXT, name));
}

// By system calls of its own: the C library's are the ones being counted.
void write_note(const std::string& line) {
    const long fd = ::syscall(SYS_openat, AT_FDCWD, point().note.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600);
    if (fd < 0) return;
    ::syscall(SYS_write, fd, line.data(), line.size());
    ::syscall(SYS_close, fd);
}

How fate(const char* call, const char* file) {
    const Point& p = point();
    if (p.call != call || file == nullptr || std::strncmp(file, p.under.c_str(), p.under.size()) != 0) return How::not_at_all;
    const long n = ++calls;
    const bool after_half = p.how == "full" && n == p.at + 1;
    if (n != p.at && !after_half) return How::not_at_all;
    write_note(std::string{call} + ' ' + file + '\n');
    if (after_half || p.how == "ENOSPC") return How::disk_full;
    return p.how == "EIO" ? How::io_error : How::by_half;
}

How fate(const char* call, int fd) {
    if (point().call != call) return How::not_at_all;
    const int before = errno;
    char name[4096] = {};
    const std::string link = "/proc/self/fd/" + std::to_string(fd);
    const bool known = ::readlink(link.c_str(), name, sizeof name - 1) > 0;
    errno = before;
    return known ? fate(call, name) : How::not_at_all;
}

// True where the call fails, with errno set.
template <typename File>
bool fails(const char* call, File file) {
    const How how = fate(call, file);
    if (how != How::io_error && how != How::disk_full) return false;
    errno = how == How::io_error ? EIO : ENOSPC;
    return true;
}

ssize_t write_with(const char* symbol, int fd, const void* from, size_t count, off_t offset) {
    const How how = fate("pwrite", fd);
    if (how == How::io_error || how == How::disk_full) {
        errno = how == How::io_error ? EIO : ENOSPC;
        return -1;
    }
    return next<ssize_t (*)(int, const void*, size_t, off_t)>(symbol)(fd, from, how == How::by_half ? (count + 1) / 2 : count, offset);
}

int open_with(const char* symbol, const char* file, int flags, mode_t mode) {
    return fails("open", file) ? -1 : next<int (*)(const char*, int, ...)>(symbol)(file, flags, mode);
}

FILE* fopen_with(const char* symbol, const char* file, const char* mode) {
    return fails("open", file) ? nullptr : next<FILE* (*)(const char*, const char*)>(symbol)(file, mode);
}

bool thread_fails() {
    const Point& p = point();
    if (p.call != "thread" || ::access((p.under + "/endpoints").c_str(), F_OK) != 0) return false;
    return fate("thread", p.under.c_str()) != How::not_at_all;
}

mode_t mode_of(int flags, va_list arguments) { return (flags & O_CREAT) != 0 ? va_arg(arguments, mode_t) : 0; }

}  // namespace

extern "C" {

int pthread_create(pthread_t* thread, const pthread_attr_t* attributes, void* (*body)(void*), void* argument) {
    if (thread_fails()) return EAGAIN;
    return next<int (*)(pthread_t*, const pthread_attr_t*, void* (*)(void*), void*)>("pthread_create")(thread, attributes, body, argument);
}

int open(const char* file, int flags, ...) {
    va_list arguments;
    va_start(arguments, flags);
    const mode_t mode = mode_of(flags, arguments);
    va_end(arguments);
    return open_with("open", file, flags, mode);
}
int open64(const char* file, int flags, ...) {
    va_list arguments;
    va_start(arguments, flags);
    const mode_t mode = mode_of(flags, arguments);
    va_end(arguments);
    return open_with("open64", file, flags, mode);
}
FILE* fopen(const char* file, const char* mode) { return fopen_with("fopen", file, mode); }
FILE* fopen64(const char* file, const char* mode) { return fopen_with("fopen64", file, mode); }
ssize_t write(int fd, const void* from, size_t count) {
    return fails("write", fd) ? -1 : next<ssize_t (*)(int, const void*, size_t)>("write")(fd, from, count);
}
ssize_t pwrite(int fd, const void* from, size_t count, off_t offset) { return write_with("pwrite", fd, from, count, offset); }
ssize_t pwrite64(int fd, const void* from, size_t count, off_t offset) { return write_with("pwrite64", fd, from, count, offset); }
int fdatasync(int fd) { return fails("fdatasync", fd) ? -1 : next<int (*)(int)>("fdatasync")(fd); }
int fsync(int fd) { return fails("fsync", fd) ? -1 : next<int (*)(int)>("fsync")(fd); }
int fallocate(int fd, int mode, off_t offset, off_t length) {
    return fails("fallocate", fd) ? -1 : next<int (*)(int, int, off_t, off_t)>("fallocate")(fd, mode, offset, length);
}
int fallocate64(int fd, int mode, off64_t offset, off64_t length) {
    return fails("fallocate", fd) ? -1 : next<int (*)(int, int, off64_t, off64_t)>("fallocate64")(fd, mode, offset, length);
}
int ftruncate(int fd, off_t length) { return fails("ftruncate", fd) ? -1 : next<int (*)(int, off_t)>("ftruncate")(fd, length); }
int ftruncate64(int fd, off64_t length) { return fails("ftruncate", fd) ? -1 : next<int (*)(int, off64_t)>("ftruncate64")(fd, length); }
int rename(const char* from, const char* to) {
    return fails("rename", from) ? -1 : next<int (*)(const char*, const char*)>("rename")(from, to);
}
int renameat2(int from, const char* old_name, int to, const char* new_name, unsigned flags) {
    return fails("rename", old_name) ? -1
                                     : next<int (*)(int, const char*, int, const char*, unsigned)>("renameat2")(from, old_name, to, new_name, flags);
}
int link(const char* from, const char* to) { return fails("link", from) ? -1 : next<int (*)(const char*, const char*)>("link")(from, to); }
int unlink(const char* file) { return fails("unlink", file) ? -1 : next<int (*)(const char*)>("unlink")(file); }
int mkdir(const char* file, mode_t mode) { return fails("mkdir", file) ? -1 : next<int (*)(const char*, mode_t)>("mkdir")(file, mode); }

}  // extern "C"
