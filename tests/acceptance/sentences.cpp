#include "tests/acceptance/sentences.hpp"

#include <algorithm>

#include "tests/acceptance/page.hpp"

namespace tiebreak::acceptance {

// Taken from left to right; what comes after “: ” is its second half.
struct Sentences::Sentence {
    matching::Instant at_ns;
    std::string_view who, what;  // as written
    std::string_view left, tail;

    Sentence(matching::Instant at, std::string_view someone, std::string_view says)
        : at_ns(at), who(someone), what(says), left(says) {
        if (const auto colon = says.find(": "); colon != std::string_view::npos) {
            left = trimmed(says.substr(0, colon));
            tail = trimmed(says.substr(colon + 2));
        }
    }

    [[noreturn]] void fail() const {
        throw BadWords("I don't understand “" + std::string(who) + ' ' + std::string(what) +
                       "”; README.md has the sentences");
    }
    // Whether these whole words come next; they are taken then.
    bool take(std::string_view words) {
        if (!left.starts_with(words)) return false;
        const auto rest = left.substr(words.size());
        if (!rest.empty() && rest.front() != ' ' && rest.front() != ',') return false;
        left = trimmed(rest);
        return true;
    }
    std::string_view word() {
        const auto end = std::min(left.find_first_of(" ,"), left.size());
        if (end == 0) fail();
        const auto taken = left.substr(0, end);
        left = trimmed(left.substr(end));
        return taken;
    }
    // Everything up to these words, which are taken too; or to the end.
    std::string_view until(std::string_view words) {
        const auto end = std::min(left.find(words), left.size());
        const auto taken = trimmed(left.substr(0, end));
        left = trimmed(left.substr(std::min(end + words.size(), left.size())));
        if (taken.empty()) fail();
        return taken;
    }
    void end() const {
        if (!left.empty()) fail();
    }
};

Sentences::Sentences(const Calendar& calendar, std::vector<std::string> procedures,
                     std::map<std::string, ProviderCells, std::less<>> providers)
    : calendar_(calendar), procedures_(std::move(procedures)), providers_(std::move(providers)) {}

void Sentences::expect_package(std::string_view what) {
    Sentence sentence(0, "the council", what);
    if (sentence.take("puts out")) packages_.emplace(sentence.word());
}

void Sentences::check_provider(std::string_view id) const {
    if (!providers_.contains(id)) throw BadWords("“" + std::string(id) + "” is no provider of this page");
}

void Sentences::check_package(std::string_view id) const {
    if (!packages_.contains(id)) throw BadWords("“" + std::string(id) + "” is no package of this page");
}

std::string Sentences::package(Sentence& sentence, std::string_view before) const {
    if (before.empty() ? !sentence.left.empty() : sentence.take(before)) {
        const auto id = sentence.word();
        check_package(id);
        return std::string(id);
    }
    if (packages_.size() != 1) throw BadWords("there are several packages: say “" + std::string(before) + " PACKAGE”");
    return *packages_.begin();
}

std::string Sentences::read(matching::Instant at_ns, std::string_view who, std::string_view what) {
    Sentence sentence(at_ns, who, what);
    auto json = who == "the council"       ? council_says(sentence)
                : who == "the citizen"     ? citizen_says(sentence)
                : providers_.contains(who) ? provider_says(sentence)
                                           : approver_says(sentence);
    sentence.end();
    return json;
}

std::string Sentences::provider_says(Sentence& sentence) {
    if (sentence.take("offers")) return offer(sentence);
    if (sentence.take("withdraws")) return withdraw(sentence);
    const bool confirms = sentence.take("confirms");
    const bool declines = !confirms && sentence.take("declines");
    if (!confirms && !declines && !sentence.take("refuses the award")) sentence.fail();
    CommandText text(confirms ? "confirm" : declines ? "decline" : "refuse", sentence.at_ns);
    // “declines K1”, “declines”, “confirms for K1”, “refuses the award of K1”
    const auto id = package(sentence, confirms ? "for" : declines ? "" : "of");
    text.text("package", id);
    text.text("provider", sentence.who);
    if (!sentence.tail.empty()) text.text("reason", sentence.tail);
    return text.finish();
}

std::string Sentences::offer(Sentence& sentence) {
    const auto id = package(sentence, "for");
    if (!sentence.take("to start")) sentence.fail();
    auto& offer_id = last_offer_[{std::string(sentence.who), id}];
    offer_id = "O" + std::to_string(++offers_);
    CommandText text("offer", sentence.at_ns);
    text.text("id", offer_id);
    text.text("package", id);
    text.text("provider", sentence.who);
    text.instant("start", calendar_.read(sentence.until(", ")));
    while (!sentence.left.empty()) {
        if (sentence.take("price")) {
            text.money("price_pence", sentence.until(", "));
        } else if (sentence.take("landlord")) {
            text.landlord(sentence.until(", "));
        } else {
            sentence.fail();
        }
    }
    return text.finish();
}

std::string Sentences::withdraw(Sentence& sentence) {
    const auto id = package(sentence, "from");
    const auto offer_id = last_offer_.find({std::string(sentence.who), id});
    if (offer_id == last_offer_.end()) throw BadWords(std::string(sentence.who) + " has made no offer for " + id);
    CommandText text("withdraw", sentence.at_ns);
    text.text("provider", sentence.who);
    text.text("offer", offer_id->second);
    if (!sentence.tail.empty()) text.text("reason", sentence.tail);
    return text.finish();
}

std::string Sentences::council_says(Sentence& sentence) {
    if (sentence.take("puts out")) return put_out(sentence);
    if (sentence.take("registers")) return register_again(sentence);
    if (sentence.take("asks for the standing")) return standing(sentence);
    const bool extends = sentence.take("extends");
    if (!extends && !sentence.take("cancels")) sentence.fail();
    CommandText text(extends ? "extend" : "cancel", sentence.at_ns);
    const auto id = sentence.word();
    check_package(id);
    text.text("package", id);
    if (extends) {
        if (!sentence.take("to")) sentence.fail();
        text.instant("closes", calendar_.read(sentence.until(", ")));
    }
    if (!sentence.tail.empty()) text.text("reason", sentence.tail);
    return text.finish();
}

std::string Sentences::put_out(Sentence& sentence) {
    CommandText text("package", sentence.at_ns);
    text.text("id", sentence.word());
    std::string procedure = procedures_.size() == 1 ? procedures_.front() : "";
    sentence.end();
    Sentence details(sentence.at_ns, sentence.who, sentence.what);
    for (details.left = sentence.tail; !details.left.empty();) {
        Sentence detail(sentence.at_ns, sentence.who, sentence.what);
        detail.left = details.until(", ");
        if (detail.take("by the procedure")) {
            procedure = detail.word();
        } else if (detail.take("needs")) {
            text.ids("needs", detail.until(","), " and ");
        } else if (detail.take("value")) {
            text.money("value_pence", detail.until(", "));
        } else if (detail.take("standard fee")) {
            text.money("standard_fee_pence", detail.until(", "));
        } else if (detail.take("start from")) {
            text.instant("start_from", calendar_.read(detail.until(",")));
        } else if (detail.take("start by")) {
            text.instant("start_by", calendar_.read(detail.until(",")));
        } else if (detail.take("direct payment")) {
            text.flag("direct_payment", true);
        } else {
            const auto name = detail.word();
            if (name != "zone" && name != "service" && name != "scheme" && name != "urgency" && name != "window")
                throw BadWords("“" + std::string(name) +
                               "” is nothing that a package has; there are: by the procedure, zone, service, scheme, "
                               "needs, urgency, window, "
                               "value, standard fee, start from, start by, direct payment");
            text.text(name, detail.word());
        }
        detail.end();
    }
    if (std::find(procedures_.begin(), procedures_.end(), procedure) == procedures_.end())
        throw BadWords(procedure.empty() ? "there are several procedures: say “by the procedure ID”"
                                         : "“" + procedure + "” is no procedure of this page");
    text.text("procedure", procedure);
    return text.finish();
}

// “registers Abbey: quality 80, suspended”: what is not named stays as it was.
std::string Sentences::register_again(Sentence& sentence) {
    const std::string id(sentence.word());
    sentence.end();
    auto& cells = providers_[id];
    Sentence details(sentence.at_ns, sentence.who, sentence.what);
    for (details.left = sentence.tail; !details.left.empty();) {
        Sentence detail(sentence.at_ns, sentence.who, sentence.what);
        detail.left = details.until(", ");
        if (detail.take("suspended")) {
            cells["suspended"] = "yes";
        } else if (detail.take("no longer suspended")) {
            cells["suspended"] = "no";
        } else if (detail.take("rated")) {
            auto& ratings = cells["ratings"];
            ratings += (ratings.empty() ? "" : "; ") + std::string(detail.until(","));
        } else {
            const std::string name(detail.word());
            if (name != "is" && name != "quality" && name != "feedback" && name != "cqc" && name != "vacancies")
                throw BadWords("“" + name +
                               "” is nothing that is registered here; there are: is, quality, feedback, cqc, "
                               "vacancies, rated, suspended, "
                               "no longer suspended");
            cells[name] = detail.until(",");
        }
        detail.end();
    }
    return provider_text(id, cells, calendar_, sentence.at_ns);
}

// “asks for the standing from 1 Nov 00:00 to 1 Dec 00:00”
std::string Sentences::standing(Sentence& sentence) {
    std::string procedure = procedures_.size() == 1 ? procedures_.front() : "";
    if (sentence.take("under")) procedure = sentence.word();
    if (procedure.empty()) throw BadWords("there are several procedures: say “under ID”");
    if (!sentence.take("from")) sentence.fail();
    CommandText text("report", sentence.at_ns);
    text.text("procedure", procedure);
    text.instant("from", calendar_.read(sentence.until(" to ")));
    text.instant("to", calendar_.read(sentence.until(", ")));
    return text.finish();
}

std::string Sentences::citizen_says(Sentence& sentence) {
    CommandText text("choice", sentence.at_ns);
    if (sentence.take("makes no choice")) {
        text.text("package", package(sentence, "for"));
        return text.finish();
    }
    if (!sentence.take("chooses")) sentence.fail();
    const auto provider = sentence.word();
    check_provider(provider);
    text.text("package", package(sentence, "for"));
    text.text("provider", provider);
    if (sentence.take(", as an alternative")) text.flag("alternative", true);
    if (sentence.take(", top-up agreed")) text.flag("top_up_agreed", true);
    return text.finish();
}

std::string Sentences::approver_says(Sentence& sentence) {
    const bool approved = sentence.take("approves");
    if (!approved && !sentence.take("says no"))
        throw BadWords(
            "“" + std::string(sentence.who) +
            "” is no provider of this page, nor the council or the citizen; and a role only “approves” or “says no”");
    CommandText text("approval", sentence.at_ns);
    text.text("package", package(sentence, approved ? "" : "to"));
    text.text("role", sentence.who);
    text.flag("approved", approved);
    if (!sentence.tail.empty()) text.text("reason", sentence.tail);
    return text.finish();
}

}  // namespace tiebreak::acceptance
