// Connections that never become any: plain TCP that says nothing, a piece of ZeroMQ's greeting, or rubbish.
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace tiebreak::e2e {

class HalfOpen {
public:
    HalfOpen() = default;
    ~HalfOpen() { close(); }
    HalfOpen(const HalfOpen&) = delete;
    HalfOpen& operator=(const HalfOpen&) = delete;

    // One more to "tcp://127.0.0.1:PORT". Does not wait until it is accepted. False where this machine allows no more.
    bool add(const std::string& endpoint) {
        const int number = ::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
        if (number < 0) return false;
        sockaddr_in to{};
        to.sin_family = AF_INET;
        to.sin_port = htons(static_cast<std::uint16_t>(std::stoi(endpoint.substr(endpoint.rfind(':') + 1))));
        to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        static_cast<void>(::connect(number, reinterpret_cast<const sockaddr*>(&to), sizeof to));  // on its way
        numbers_.push_back(number);
        return true;
    }
    // Each says its piece, as far as its connection stands by now.
    void speak() {
        static constexpr std::string_view greeting{"\xff\0\0\0\0\0\0\0\1\x7f\3\0NULL\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 33};
        static constexpr std::string_view rubbish = "GET / HTTP/1.1\r\nHost: tiebreak\r\n\r\n";
        for (std::size_t i = 0; i < numbers_.size(); ++i) {
            if (i % 3 == 0) continue;
            const std::string_view piece = i % 3 == 1 ? greeting.substr(0, 1 + i % greeting.size()) : rubbish;
            static_cast<void>(::send(numbers_[i], piece.data(), piece.size(), MSG_NOSIGNAL | MSG_DONTWAIT));
        }
    }
    void close() {
        for (const int number : numbers_) ::close(number);
        numbers_.clear();
    }
    [[nodiscard]] std::size_t size() const noexcept { return numbers_.size(); }

private:
    std::vector<int> numbers_;
};

}  // namespace tiebreak::e2e
