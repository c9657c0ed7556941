// A real tiebreakd, on ports of its own, in a directory of its own.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <filesystem>
#include <stdexcept>
#include <string>
#include <vector>

#include "tests/temporary_directory.hpp"

namespace tiebreak::e2e {

using tests::TemporaryDirectory;

// What a program that has ended said and how it ended.
struct Ended {
    int exit_code = -1;  // 128 + signal, where a signal ended it
    std::string out;
    std::string err;
};

// Runs to its end, which must come within the limit.
[[nodiscard]] Ended run_program(const std::vector<std::string>& arguments, const std::string& input = {},
                                std::chrono::seconds limit = std::chrono::seconds{60});

// A variable in the environment of programs started while this lives.
class EnvironmentVariable {
public:
    EnvironmentVariable(std::string name, const std::string& value);
    ~EnvironmentVariable();
    EnvironmentVariable(const EnvironmentVariable&) = delete;
    EnvironmentVariable& operator=(const EnvironmentVariable&) = delete;

private:
    std::string name_;
};

// The daemon did not become ready.
struct NotReady : std::runtime_error {
    NotReady(const std::string& what, int exit_code_) : std::runtime_error(what), exit_code(exit_code_) {}
    int exit_code;  // 128 + SIGKILL, where it had to be killed
};

class DaemonProcess {
public:
    // Starts it, on free ports unless the options name endpoints, and waits until it says that it is ready; throws NotReady with what it said instead.
    // What it logs goes into the file, if one is named.
    explicit DaemonProcess(std::filesystem::path data, std::vector<std::string> options = {}, const std::filesystem::path& log = {});
    // Killed, if it still runs.
    ~DaemonProcess();
    DaemonProcess(const DaemonProcess&) = delete;
    DaemonProcess& operator=(const DaemonProcess&) = delete;

    [[nodiscard]] const std::string& commands() const noexcept { return commands_; }
    [[nodiscard]] const std::string& feed() const noexcept { return feed_; }
    [[nodiscard]] const std::filesystem::path& data() const noexcept { return data_; }
    [[nodiscard]] pid_t pid() const noexcept { return pid_; }
    [[nodiscard]] std::chrono::milliseconds start_time() const noexcept { return start_time_; }

    void kill();                // SIGKILL, and waits
    [[nodiscard]] int stop();   // SIGTERM, and waits; its exit code
    // Its exit code, once it ends of its own accord; throws if it doesn't.
    [[nodiscard]] int wait_for_end(std::chrono::seconds limit);
    [[nodiscard]] bool is_running() const;
    [[nodiscard]] int exit_code() const noexcept { return exit_code_; }  // once is_running() was false

private:
    std::filesystem::path data_;
    mutable pid_t pid_ = -1;
    mutable int exit_code_ = -1;
    int out_ = -1;
    std::string commands_, feed_;
    std::chrono::milliseconds start_time_{0};
};

}  // namespace tiebreak::e2e
