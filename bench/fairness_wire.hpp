// One client of the probe: it speaks ZeroMQ's wire protocol (ZMTP 3.0, NULL, DEALER) straight onto a TCP socket.
//
// A library's socket hands its messages to a thread of its own, which sends them some 30 us later and in an order of its
// own. Here an offer is on its way when write() returns, so what was sent first is known for certain.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace tiebreak::bench {

// Throws std::runtime_error if the connection fails. One thread at a time.
class RawDealer {
public:
    // `endpoint`: tcp://ADDRESS:PORT with an IPv4 address.
    explicit RawDealer(const std::string& endpoint);
    ~RawDealer();
    RawDealer(const RawDealer&) = delete;
    RawDealer& operator=(const RawDealer&) = delete;

    // Appends a message's frame to what the next flush sends.
    void add(std::span<const std::byte> body);
    // One write() of all that was added. The frames are in the kernel when it returns.
    void flush();

    // Waits for the next whole message and gives its body, valid until the next call. Throws after `limit_ms` of silence.
    [[nodiscard]] std::span<const std::byte> receive(int limit_ms);
    // The same, if a whole message has come; never waits.
    [[nodiscard]] std::optional<std::span<const std::byte>> receive_if_there();

private:
    void handshake();
    void read_some(int limit_ms);
    void need(std::size_t bytes, int limit_ms);
    [[nodiscard]] bool take_bytes(int flags);
    [[nodiscard]] bool take_frame();
    void answer_ping(std::span<const std::byte> command);
    void send_all(std::span<const std::byte> bytes);

    int fd_ = -1;
    std::vector<std::byte> out_;
    std::vector<std::byte> in_;
    std::size_t begin_ = 0;  // of what has not been looked at in in_
    std::vector<std::byte> message_;
    bool message_ended_ = true;  // what follows is a new one
};

}  // namespace tiebreak::bench
