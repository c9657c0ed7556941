#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <span>

// What libFuzzer calls with each input, and corpus_main.cpp with each stored one.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace tiebreak::fuzz {

// A copy of exactly this size, so that reading past its end is seen, at an odd address, as a frame of ZeroMQ may lie.
class OddCopy {
public:
    OddCopy(const std::uint8_t* data, std::size_t size) : bytes_(new std::byte[size + 1]), size_(size) {
        if (size != 0) std::memcpy(bytes_.get() + 1, data, size);
    }
    [[nodiscard]] std::span<const std::byte> span() const noexcept { return {bytes_.get() + 1, size_}; }

private:
    std::unique_ptr<std::byte[]> bytes_;
    std::size_t size_;
};

}  // namespace tiebreak::fuzz
