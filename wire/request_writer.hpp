// Writes a Request (schema/command.fbs): one command or a batch.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "matching/commands.hpp"

namespace tiebreak::wire {

// begin, add once or more, finish. Keeps its memory from one request to the next. One thread at a time.
class RequestWriter {
public:
    RequestWriter();
    ~RequestWriter();
    RequestWriter(RequestWriter&&) noexcept;
    RequestWriter& operator=(RequestWriter&&) noexcept;

    void begin(std::uint64_t request_id);
    void add(const matching::Command& command);
    void add(const matching::command::Offer& offer);

    // The message; valid until the next begin or write.
    [[nodiscard]] std::span<const std::byte> finish();

    // Begin, add the one, finish.
    [[nodiscard]] std::span<const std::byte> write(std::uint64_t request_id, const matching::Command& command);

    // The hot path: a request of nothing but offers, several times as fast as the others. Valid until the next call.
    [[nodiscard]] std::span<const std::byte> write(std::uint64_t request_id,
                                                   std::span<const matching::command::Offer> offers);
    [[nodiscard]] std::span<const std::byte> write(std::uint64_t request_id, const matching::command::Offer& offer) {
        return write(request_id, {&offer, 1});
    }

private:
    struct State;
    std::unique_ptr<State> state_;
    std::vector<std::byte> offers_;
};

}  // namespace tiebreak::wire
