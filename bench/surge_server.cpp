#include "bench/surge_server.hpp"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <stdexcept>

#include "bench/surge_clock.hpp"

namespace tiebreak::bench {
namespace {

constexpr std::int64_t ready_limit_ns = 30 * s_ns;
constexpr std::int64_t stop_limit_ns = 20 * s_ns;

// One read of what is there within the time left; false at the end of the stream or of the time.
bool read_until(int fd, std::int64_t until_ns, std::string& to) {
    const std::int64_t left_ns = until_ns - steady_ns();
    pollfd stream{fd, POLLIN, 0};
    if (left_ns <= 0 || ::poll(&stream, 1, static_cast<int>(left_ns / ms_ns) + 1) <= 0) return false;
    char bytes[4096];
    const ssize_t got = ::read(fd, bytes, sizeof bytes);
    if (got > 0) to.append(bytes, static_cast<std::size_t>(got));
    return got > 0;
}

// The rest of the line that begins with `prefix`.
std::string rest_of_line(const std::string& text, const std::string& prefix) {
    const std::size_t begin = text.find(prefix);
    if (begin == std::string::npos) return {};
    const std::size_t from = begin + prefix.size();
    return text.substr(from, text.find('\n', from) - from);
}

pid_t start(const std::vector<std::string>& arguments, int out) {
    std::vector<char*> argv;
    for (const std::string& argument : arguments) argv.push_back(const_cast<char*>(argument.c_str()));
    argv.push_back(nullptr);
    const pid_t pid = ::fork();
    if (pid != 0) return pid;
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    ::dup2(out, STDOUT_FILENO);
    ::execv(argv[0], argv.data());
    ::_exit(127);
}

}  // namespace

Server::Server(const std::vector<std::string>& arguments) {
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC) != 0) throw std::runtime_error("no pipe");
    pid_ = start(arguments, ends[1]);
    ::close(ends[1]);
    out_ = ends[0];
    std::string said;
    const std::int64_t until_ns = steady_ns() + ready_limit_ns;
    while (pid_ > 0 && said.find("\nready\n") == std::string::npos) {
        if (read_until(out_, until_ns, said)) continue;
        stop();
        ::close(out_);
        throw std::runtime_error(arguments[0] + (said.empty() ? " can't be started" : " did not become ready; it said: " + said));
    }
    if (pid_ <= 0) throw std::runtime_error(arguments[0] + " can't be started");
    endpoints_ = {rest_of_line(said, "commands on "), rest_of_line(said, "feed on ")};
}

Server::~Server() {
    stop();
    ::close(out_);
}

int Server::stop() {
    if (pid_ <= 0) return 0;
    ::kill(pid_, SIGTERM);
    // Its standard output closes when it ends.
    const std::int64_t until_ns = steady_ns() + stop_limit_ns;
    std::string rest;
    while (read_until(out_, until_ns, rest)) {
    }
    const bool late = steady_ns() >= until_ns;
    if (late) ::kill(pid_, SIGKILL);
    int status = 0;
    ::waitpid(pid_, &status, 0);
    pid_ = -1;
    return !late && WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

std::string program_beside_this(const std::string& name) {
    return (std::filesystem::read_symlink("/proc/self/exe").parent_path() / name).string();
}

}  // namespace tiebreak::bench
