#include "bench/fairness_wire.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <stdexcept>
#include <string_view>
#include <utility>

namespace tiebreak::bench {
namespace {

constexpr int handshake_limit_ms = 5'000;
constexpr std::size_t greeting_bytes = 64;

// The first byte of a frame.
constexpr unsigned more_flag = 1, long_flag = 2, command_flag = 4;

void append(std::vector<std::byte>& to, std::string_view text) {
    for (const char c : text) to.push_back(static_cast<std::byte>(c));
}

void append_frame(std::vector<std::byte>& to, unsigned flags, std::span<const std::byte> body) {
    if (body.size() > 255) {
        to.push_back(static_cast<std::byte>(flags | long_flag));
        for (int shift = 56; shift >= 0; shift -= 8) to.push_back(static_cast<std::byte>(std::uint64_t{body.size()} >> shift));
    } else {
        to.push_back(static_cast<std::byte>(flags));
        to.push_back(static_cast<std::byte>(body.size()));
    }
    to.insert(to.end(), body.begin(), body.end());
}

sockaddr_in address_of(const std::string& endpoint) {
    const std::size_t colon = endpoint.rfind(':');
    constexpr std::string_view scheme = "tcp://";
    sockaddr_in address{};
    address.sin_family = AF_INET;
    if (!endpoint.starts_with(scheme) || colon < scheme.size() ||
        ::inet_pton(AF_INET, endpoint.substr(scheme.size(), colon - scheme.size()).c_str(), &address.sin_addr) != 1)
        throw std::runtime_error("not an endpoint of the form tcp://ADDRESS:PORT: " + endpoint);
    address.sin_port = htons(static_cast<std::uint16_t>(std::atoi(endpoint.c_str() + colon + 1)));
    return address;
}

}  // namespace

RawDealer::RawDealer(const std::string& endpoint) : fd_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    const sockaddr_in address = address_of(endpoint);
    const int yes = 1;
    ::setsockopt(fd_, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    if (::connect(fd_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
        throw std::runtime_error("can't connect to " + endpoint);
    handshake();
}

RawDealer::~RawDealer() { ::close(fd_); }

void RawDealer::handshake() {
    std::vector<std::byte> greeting(greeting_bytes);
    greeting[0] = std::byte{0xff};
    greeting[9] = std::byte{0x7f};
    greeting[10] = std::byte{3};  // version 3.0
    std::memcpy(&greeting[12], "NULL", 4);
    send_all(greeting);
    need(greeting_bytes, handshake_limit_ms);
    begin_ += greeting_bytes;

    std::vector<std::byte> ready;
    append(ready, std::string_view{"\5READY\13Socket-Type\0\0\0\6DEALER", 28});
    append_frame(out_, command_flag, ready);
    flush();
    need(2, handshake_limit_ms);
    const std::size_t size = static_cast<std::size_t>(in_[begin_ + 1]);
    if (static_cast<unsigned>(in_[begin_]) != command_flag) throw std::runtime_error("the server speaks no ZMTP 3 with the NULL mechanism");
    need(2 + size, handshake_limit_ms);
    begin_ += 2 + size;
}

void RawDealer::add(std::span<const std::byte> body) { append_frame(out_, 0, body); }

void RawDealer::flush() {
    send_all(out_);
    out_.clear();
}

std::span<const std::byte> RawDealer::receive(int limit_ms) {
    while (!take_frame()) read_some(limit_ms);
    return message_;
}

std::optional<std::span<const std::byte>> RawDealer::receive_if_there() {
    while (!take_frame()) {
        if (!take_bytes(MSG_DONTWAIT)) return std::nullopt;
    }
    return message_;
}

// Takes whole frames until one ends a message; false if more bytes are needed first.
bool RawDealer::take_frame() {
    while (true) {
        const std::span<const std::byte> left(in_.data() + begin_, in_.size() - begin_);
        const unsigned flags = left.empty() ? 0U : static_cast<unsigned>(left[0]);
        const std::size_t head = (flags & long_flag) != 0 ? 9 : 2;
        if (left.size() < head) return false;
        std::uint64_t size = 0;
        for (std::size_t i = 1; i < head; ++i) size = size << 8U | static_cast<std::uint64_t>(left[i]);
        if (left.size() - head < size) return false;
        const std::span<const std::byte> body = left.subspan(head, size);
        begin_ += head + size;
        if ((flags & command_flag) != 0) {
            answer_ping(body);
            continue;
        }
        if (std::exchange(message_ended_, false)) message_.clear();
        message_.insert(message_.end(), body.begin(), body.end());
        if ((flags & more_flag) == 0) return message_ended_ = true;
    }
}

// "\4PING", two bytes of time to live, and a context that the answer repeats.
void RawDealer::answer_ping(std::span<const std::byte> command) {
    constexpr std::string_view ping = "\4PING";
    if (command.size() < ping.size() + 2 || std::memcmp(command.data(), ping.data(), ping.size()) != 0) return;
    std::vector<std::byte> pong;
    append(pong, "\4PONG");
    pong.insert(pong.end(), command.begin() + static_cast<std::ptrdiff_t>(ping.size() + 2), command.end());
    std::vector<std::byte> frame;
    append_frame(frame, command_flag, pong);
    send_all(frame);
}

// Until so many bytes lie in in_ from begin_ on.
void RawDealer::need(std::size_t bytes, int limit_ms) {
    while (in_.size() - begin_ < bytes) read_some(limit_ms);
}

void RawDealer::read_some(int limit_ms) {
    pollfd item{fd_, POLLIN, 0};
    if (::poll(&item, 1, limit_ms) <= 0) throw std::runtime_error("the server said nothing for too long");
    (void)take_bytes(0);
}

// False if there are none; that can only be where `flags` says not to wait.
bool RawDealer::take_bytes(int flags) {
    if (begin_ == in_.size()) {
        in_.clear();
        begin_ = 0;
    }
    std::byte bytes[4096];
    const ssize_t got = ::recv(fd_, bytes, sizeof bytes, flags);
    if (got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) return false;
    if (got <= 0) throw std::runtime_error("the server closed the connection");
    in_.insert(in_.end(), bytes, bytes + got);
    return true;
}

void RawDealer::send_all(std::span<const std::byte> bytes) {
    while (!bytes.empty()) {
        const ssize_t sent = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (sent <= 0) throw std::runtime_error("the server takes nothing more");
        bytes = bytes.subspan(static_cast<std::size_t>(sent));
    }
}

}  // namespace tiebreak::bench
