#include "tests/simulation/trace.hpp"

#include <algorithm>
#include <cstdio>

namespace tiebreak::simulation {

std::string span_text(std::int64_t ns) {
    std::array<char, 64> text{};
    std::snprintf(text.data(), text.size(), "%lldd %02lld:%02lld:%02lld.%09lld", static_cast<long long>(ns / day),
                  static_cast<long long>(ns / hour % 24), static_cast<long long>(ns / minute % 60),
                  static_cast<long long>(ns / second % 60), static_cast<long long>(ns % second));
    return text.data();
}

std::string Trace::last(std::size_t count) const {
    const std::uint64_t shown = std::min<std::uint64_t>({count, notes_, last_.size()});
    std::string text;
    for (std::uint64_t number = notes_ - shown; number < notes_; ++number) {
        const Note& note = last_[number % last_.size()];
        text += "  " + std::to_string(number + 1) + "  +" + span_text(note.when - started_) + "  " + note.what + ' ' +
                std::to_string(note.a) + ' ' + std::to_string(note.b) + '\n';
    }
    return text;
}

}  // namespace tiebreak::simulation
