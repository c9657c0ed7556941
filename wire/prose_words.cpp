#include "wire/prose_words.hpp"

#include <algorithm>
#include <array>

namespace tiebreak::wire {
namespace {

constexpr std::array<std::string_view, 11> small_numbers{"none", "one", "two",   "three", "four", "five",
                                                         "six",  "seven", "eight", "nine",  "ten"};

// What an id's word is said as, where that is not the word itself.
struct Saying {
    std::string_view word;
    std::string_view said;
};
constexpr Saying sayings[] = {{"cqc", "CQC"}, {"nhs", "NHS"}, {"apl", "APL"}, {"dps", "DPS"}, {"on_site", "on-site"}};

bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }

char folded(char c) noexcept {
    if (c >= 'A' && c <= 'Z') return static_cast<char>(c - 'A' + 'a');
    return c == '-' || c == ' ' ? '_' : c;
}

std::string_view saying_of(std::string_view word) noexcept {
    for (const Saying& saying : sayings)
        if (saying.word == word) return saying.said;
    return word;
}

}  // namespace

std::string listed(const std::vector<std::string>& words, std::string_view last_word) {
    std::string text;
    for (std::size_t i = 0; i < words.size(); ++i) {
        if (i != 0 && i + 1 == words.size())
            (text += ' ').append(last_word) += ' ';
        else if (i != 0)
            text += ", ";
        text += words[i];
    }
    return text;
}

std::string said(std::string_view id) {
    if (const std::string_view whole = saying_of(id); whole != id) return std::string{whole};
    std::string text;
    std::string word;
    const auto end_word = [&] {
        text += saying_of(word);
        word.clear();
    };
    for (std::size_t i = 0; i < id.size(); ++i) {
        const bool number_follows = i + 1 < id.size() && is_digit(id[i + 1]);
        const bool separates = id[i] == '_' || (id[i] == '-' && !number_follows);
        if (!separates) {
            word += id[i];
            continue;
        }
        end_word();
        text += ' ';
    }
    end_word();
    return text;
}

std::string number_in_digits(std::uint64_t number) {
    std::string digits = std::to_string(number);
    for (std::size_t i = digits.size(); i > 3;) digits.insert(i -= 3, 1, ',');
    return digits;
}

std::string number_in_words(std::uint64_t number) {
    return number < small_numbers.size() ? std::string{small_numbers[number]} : number_in_digits(number);
}

std::string counted(std::uint64_t number, std::string_view one, std::string_view many) {
    return (number_in_digits(number) += ' ').append(number == 1 ? one : many);
}

std::string ordinal(std::uint64_t number) {
    std::string_view ending = "th";
    if (number / 10 % 10 != 1) {
        if (number % 10 == 1) ending = "st";
        if (number % 10 == 2) ending = "nd";
        if (number % 10 == 3) ending = "rd";
    }
    return number_in_digits(number).append(ending);
}

std::string capitalised(std::string text) {
    if (!text.empty() && text[0] >= 'a' && text[0] <= 'z') text[0] = static_cast<char>(text[0] - 'a' + 'A');
    return text;
}

// Optimal string alignment distance, three rows at a time.
std::size_t steps_between(std::string_view a, std::string_view b, std::size_t steps_max) {
    const std::size_t longer = std::max(a.size(), b.size());
    if (longer - std::min(a.size(), b.size()) > steps_max) return steps_max + 1;
    std::vector<std::size_t> before_last(b.size() + 1), last(b.size() + 1), row(b.size() + 1);
    for (std::size_t j = 0; j <= b.size(); ++j) row[j] = j;
    for (std::size_t i = 1; i <= a.size(); ++i) {
        before_last.swap(last);
        last.swap(row);
        row[0] = i;
        for (std::size_t j = 1; j <= b.size(); ++j) {
            const bool same = folded(a[i - 1]) == folded(b[j - 1]);
            row[j] = std::min({last[j] + 1, row[j - 1] + 1, last[j - 1] + (same ? 0U : 1U)});
            const bool swapped = i > 1 && j > 1 && folded(a[i - 1]) == folded(b[j - 2]) && folded(a[i - 2]) == folded(b[j - 1]);
            if (swapped) row[j] = std::min(row[j], before_last[j - 2] + 1);
        }
    }
    return std::min(row[b.size()], steps_max + 1);
}

std::string_view nearest_word(std::string_view word, const std::vector<std::string_view>& known) {
    constexpr std::size_t word_bytes_max = 64;
    if (word.empty() || word.size() > word_bytes_max) return {};
    std::string_view nearest;
    std::size_t fewest = std::max<std::size_t>(1, word.size() / 3) + 1;
    for (const std::string_view candidate : known) {
        const std::size_t steps = steps_between(word, candidate, fewest);
        if (steps < fewest) {
            fewest = steps;
            nearest = candidate;
        }
    }
    return nearest;
}

std::size_t width_of(std::string_view text) noexcept {
    return static_cast<std::size_t>(
        std::count_if(text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

std::string wrapped(std::string_view text, std::size_t width, std::string_view indent) {
    std::string lines{indent};
    std::size_t column = 0;
    while (!text.empty()) {
        const std::size_t end = std::min(text.find(' '), text.size());
        const std::string_view word = text.substr(0, end);
        text.remove_prefix(std::min(end + 1, text.size()));
        if (word.empty()) continue;
        const std::size_t needed = width_of(word);
        if (column != 0 && column + 1 + needed > width) {
            (lines += '\n').append(indent);
            column = 0;
        }
        if (column != 0) {
            lines += ' ';
            ++column;
        }
        lines += word;
        column += needed;
    }
    return lines;
}

}  // namespace tiebreak::wire
