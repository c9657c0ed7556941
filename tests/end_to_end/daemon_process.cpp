#include "tests/end_to_end/daemon_process.hpp"

#include <algorithm>

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <stdexcept>
#include <thread>
#include <utility>

extern char** environ;

namespace tiebreak::e2e {
namespace {

using std::chrono::steady_clock;

struct Pipe {
    int read = -1, write = -1;
    Pipe() {
        int ends[2];
        if (::pipe2(ends, O_CLOEXEC) != 0) throw std::runtime_error("pipe");
        read = ends[0];
        write = ends[1];
    }
};

pid_t spawn(const std::vector<std::string>& arguments, int in, int out, int err) {
    std::vector<char*> argv;
    for (const std::string& argument : arguments) argv.push_back(const_cast<char*>(argument.c_str()));
    argv.push_back(nullptr);
    posix_spawn_file_actions_t actions;
    ::posix_spawn_file_actions_init(&actions);
    if (in >= 0) ::posix_spawn_file_actions_adddup2(&actions, in, STDIN_FILENO);
    if (out >= 0) ::posix_spawn_file_actions_adddup2(&actions, out, STDOUT_FILENO);
    if (err >= 0) ::posix_spawn_file_actions_adddup2(&actions, err, STDERR_FILENO);
    pid_t pid = -1;
    const int error = ::posix_spawn(&pid, argv[0], &actions, nullptr, argv.data(), environ);
    ::posix_spawn_file_actions_destroy(&actions);
    if (error != 0) throw std::runtime_error("can't start " + arguments[0]);
    return pid;
}

int exit_code_of(int status) { return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status); }

// One read of what is there; false at the end of the stream.
bool read_some(int fd, std::string& to) {
    char bytes[4096];
    const ssize_t got = ::read(fd, bytes, sizeof bytes);
    if (got > 0) to.append(bytes, static_cast<std::size_t>(got));
    return got > 0;
}

int left_ms(steady_clock::time_point until) {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(until - steady_clock::now()).count();
    return left > 0 ? static_cast<int>(left) : 0;
}

// The rest of the line that begins with `prefix`.
std::string after(const std::string& text, const std::string& prefix) {
    const std::size_t begin = text.find(prefix);
    if (begin == std::string::npos) return {};
    const std::size_t from = begin + prefix.size();
    return text.substr(from, text.find('\n', from) - from);
}

}  // namespace

Ended run_program(const std::vector<std::string>& arguments, const std::string& input, std::chrono::seconds limit) {
    Pipe in, out, err;
    const pid_t pid = spawn(arguments, in.read, out.write, err.write);
    for (const int fd : {in.read, out.write, err.write}) ::close(fd);
    std::thread writer([&] {
        // A program that ends early closes its input: that is its business, not ours.
        sigset_t pipe_signal;
        sigemptyset(&pipe_signal);
        sigaddset(&pipe_signal, SIGPIPE);
        ::pthread_sigmask(SIG_BLOCK, &pipe_signal, nullptr);
        std::size_t written = 0;
        while (written < input.size()) {
            const ssize_t got = ::write(in.write, input.data() + written, input.size() - written);
            if (got < 0) break;
            written += static_cast<std::size_t>(got);
        }
        ::close(in.write);
    });
    Ended ended;
    const auto until = steady_clock::now() + limit;
    bool out_open = true, err_open = true;
    while ((out_open || err_open) && steady_clock::now() < until) {
        pollfd streams[] = {{out_open ? out.read : -1, POLLIN, 0}, {err_open ? err.read : -1, POLLIN, 0}};
        if (::poll(streams, 2, left_ms(until)) <= 0) continue;
        if (streams[0].revents != 0) out_open = read_some(out.read, ended.out);
        if (streams[1].revents != 0) err_open = read_some(err.read, ended.err);
    }
    const bool too_late = out_open || err_open;
    if (too_late) ::kill(pid, SIGKILL);
    int status = 0;
    ::waitpid(pid, &status, 0);
    writer.join();
    ::close(out.read);
    ::close(err.read);
    if (too_late) throw std::runtime_error(arguments[0] + " did not end in time; it said: " + ended.out + ended.err);
    ended.exit_code = exit_code_of(status);
    return ended;
}

EnvironmentVariable::EnvironmentVariable(std::string name, const std::string& value) : name_(std::move(name)) {
    ::setenv(name_.c_str(), value.c_str(), 1);
}
EnvironmentVariable::~EnvironmentVariable() { ::unsetenv(name_.c_str()); }

DaemonProcess::DaemonProcess(std::filesystem::path data, std::vector<std::string> options, const std::filesystem::path& log)
    : data_(std::move(data)) {
    std::vector<std::string> arguments{TIEBREAK_BIN "/tiebreakd", "--data", data_.string()};
    const std::pair<const char*, const char*> defaults[] = {{"--commands", "tcp://127.0.0.1:*"},
                                                            {"--feed", "tcp://127.0.0.1:*"},
                                                            {"--log-level", "warning"},
                                                            {"--segment-bytes", "8388608"}};
    for (const auto& [option, value] : defaults)
        if (std::find(options.begin(), options.end(), option) == options.end())
            arguments.insert(arguments.end(), {option, value});
    arguments.insert(arguments.end(), options.begin(), options.end());
    Pipe out;
    const auto began = steady_clock::now();
    const int err = log.empty() ? -1 : ::open(log.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    pid_ = spawn(arguments, -1, out.write, err);
    ::close(out.write);
    if (err >= 0) ::close(err);
    out_ = out.read;
    std::string said;
    const auto until = began + std::chrono::seconds{30};
    while (said.find("\nready\n") == std::string::npos) {
        pollfd stream{out_, POLLIN, 0};
        const bool in_time = ::poll(&stream, 1, left_ms(until)) > 0;
        if (in_time && read_some(out_, said)) continue;
        if (!in_time) ::kill(pid_, SIGKILL);
        int status = 0;
        ::waitpid(pid_, &status, 0);
        pid_ = -1;
        ::close(out_);
        throw NotReady("tiebreakd did not become ready; it said: " + said, exit_code_of(status));
    }
    start_time_ = std::chrono::duration_cast<std::chrono::milliseconds>(steady_clock::now() - began);
    commands_ = after(said, "commands on ");
    feed_ = after(said, "feed on ");
}

DaemonProcess::~DaemonProcess() {
    if (pid_ > 0) kill();
    ::close(out_);
}

void DaemonProcess::kill() {
    if (pid_ <= 0) return;
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
    pid_ = -1;
}

int DaemonProcess::stop() {
    ::kill(pid_, SIGTERM);
    return wait_for_end(std::chrono::seconds{30});
}

int DaemonProcess::wait_for_end(std::chrono::seconds limit) {
    // Its standard output closes when it ends.
    const auto until = steady_clock::now() + limit;
    std::string rest;
    pollfd stream{out_, POLLIN, 0};
    while (::poll(&stream, 1, left_ms(until)) > 0 && read_some(out_, rest)) {
    }
    if (steady_clock::now() >= until) {
        kill();
        throw std::runtime_error("tiebreakd did not end in time");
    }
    int status = 0;
    ::waitpid(pid_, &status, 0);
    pid_ = -1;
    return exit_code_of(status);
}

bool DaemonProcess::is_running() const {
    if (pid_ <= 0) return false;
    int status = 0;
    if (::waitpid(pid_, &status, WNOHANG) == 0) return true;
    exit_code_ = exit_code_of(status);
    pid_ = -1;
    return false;
}

}  // namespace tiebreak::e2e
