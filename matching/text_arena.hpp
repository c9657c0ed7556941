// Keeps short texts for good, many to one allocation. What `keep` returns stays valid as long as the arena.
#pragma once

#include <cstddef>
#include <cstring>
#include <memory>
#include <string_view>
#include <vector>

namespace tiebreak::matching {

class TextArena {
public:
    [[nodiscard]] std::string_view keep(std::string_view text) {
        if (text.empty()) return {};  // there may be no block yet to point into
        if (text.size() > left_) add_block(text.size());
        char* const place = next_;
        std::memcpy(place, text.data(), text.size());
        next_ += text.size();
        left_ -= text.size();
        return {place, text.size()};
    }

private:
    static constexpr std::size_t block_bytes = std::size_t{64} * 1024;

    void add_block(std::size_t at_least) {
        left_ = at_least > block_bytes ? at_least : block_bytes;
        blocks_.push_back(std::make_unique_for_overwrite<char[]>(left_));
        next_ = blocks_.back().get();
    }

    std::vector<std::unique_ptr<char[]>> blocks_;
    char* next_ = nullptr;
    std::size_t left_ = 0;
};

}  // namespace tiebreak::matching
