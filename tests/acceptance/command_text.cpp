#include "tests/acceptance/command_text.hpp"

#include <algorithm>
#include <utility>
#include <variant>

#include "tests/acceptance/page.hpp"

namespace tiebreak::acceptance {
namespace {

bool is_digits(std::string_view text) {
    return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

// "zonal in homecare-04", "on_site at extra-care-07", "dps".
void add_membership(wire::JsonOut& out, std::string_view membership) {
    const auto words = split(membership, " ");
    if (words.size() != 1 && (words.size() != 3 || (words[1] != "in" && words[1] != "at")))
        throw BadWords("“" + std::string(membership) +
                       "”: a provider is “ROLE”, “ROLE in ZONE” or “ROLE at SCHEME”, several with ; between them");
    out.item();
    out.open_object();
    out.string("role", words[0]);
    if (words.size() == 3) out.string(words[1] == "in" ? "zone" : "scheme", words[2]);
    out.close_object();
}

// "council 60 on 1 October 2024".
void add_rating(CommandText& text, std::string_view rating, const Calendar& calendar) {
    const auto words = split(rating, " ");
    if (words.size() < 4 || words[2] != "on")
        throw BadWords("“" + std::string(rating) + "”: a rating is “SOURCE SCORE on DAY”, several with ; between them");
    text.out().item();
    text.out().open_object();
    text.text("source", words[0]);
    text.instant("date", calendar.read(rating.substr(static_cast<std::size_t>(words[3].data() - rating.data()))));
    text.number("score", words[1]);
    text.out().close_object();
}

}  // namespace

CommandText::CommandText(std::string_view type, matching::Instant at_ns) : out_(json_) {
    out_.open_object();
    text("type", type);
    instant("at", at_ns);
}

void CommandText::number(std::string_view name, std::string_view digits) {
    const auto point = std::min(digits.find('.'), digits.size());
    if (!is_digits(digits.substr(0, point)) || (point < digits.size() && !is_digits(digits.substr(point + 1))))
        throw BadWords("“" + std::string(digits) + "” is no number");
    out_.key(name);
    json_ += digits;
}

void CommandText::money(std::string_view name, std::string_view pounds) {
    constexpr std::string_view sign = "£";
    std::string digits(pounds);
    std::erase(digits, ',');
    if (!digits.starts_with(sign))
        throw BadWords("“" + std::string(pounds) + "” is no sum of money, such as £1,507 or £29.07");
    digits.erase(0, sign.size());
    const auto point = digits.find('.');
    const auto pence = point == std::string::npos ? "00" : digits.substr(point + 1);
    digits.resize(std::min(point, digits.size()));
    if (!is_digits(digits) || !is_digits(pence) || pence.size() != 2)
        throw BadWords("“" + std::string(pounds) + "” is no sum of money, such as £1,507 or £29.07");
    digits += pence;
    digits.erase(0, std::min(digits.find_first_not_of('0'), digits.size() - 1));
    number(name, digits);
}

void CommandText::ids(std::string_view name, std::string_view list, std::string_view separator) {
    out_.strings(name, split(list, separator));
}

void CommandText::landlord(std::string_view name) {
    out_.key("accommodation");
    out_.open_object();
    text("landlord", name);
    out_.close_object();
}

std::string CommandText::finish() {
    out_.close_object();
    return std::move(json_);
}

wire::ReadCommand read_command(const std::string& json) {
    wire::CommandReader reader;
    auto read = reader.read(json, wire::AtField::required);
    if (const auto* error = std::get_if<wire::ReadError>(&read)) throw BadWords(error->path + ": " + error->sentence);
    return std::move(std::get<wire::ReadCommand>(read));
}

std::string provider_text(std::string_view id, const ProviderCells& cells, const Calendar& calendar,
                          matching::Instant at_ns) {
    CommandText text("provider", at_ns);
    text.text("id", id);
    for (const auto& [column, cell] : cells) {
        if (cell.empty()) continue;
        if (column == "is") {
            text.out().key("memberships");
            text.out().open_list();
            for (const auto membership : split(cell, ";")) add_membership(text.out(), membership);
            text.out().close_list();
        } else if (column == "ratings") {
            text.out().key("ratings");
            text.out().open_list();
            for (const auto rating : split(cell, ";")) add_rating(text, rating, calendar);
            text.out().close_list();
        } else if (column == "services" || column == "capabilities") {
            text.ids(column, cell, ",");
        } else if (column == "suspended") {
            if (cell != "yes" && cell != "no") throw BadWords("suspended is yes or no");
            text.flag(column, cell == "yes");
        } else if (column == "name" || column == "cqc") {
            text.text(column, cell);
        } else {
            text.number(column, cell);
        }
    }
    return text.finish();
}

}  // namespace tiebreak::acceptance
