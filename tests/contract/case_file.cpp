#include "tests/contract/case_file.hpp"

#include <fstream>
#include <sstream>
#include <utility>

namespace tiebreak::contract {
namespace {

namespace fs = std::filesystem;

bool is_digit(char c) { return c >= '0' && c <= '9'; }

std::string trimmed(std::string_view text) {
    const auto first = text.find_first_not_of(" \t");
    if (first == std::string_view::npos) return {};
    return std::string(text.substr(first, text.find_last_not_of(" \t") - first + 1));
}

// Takes the first word off `text`.
std::string take_word(std::string& text) {
    const auto end = std::min(text.find_first_of(" \n"), text.size());
    auto word = text.substr(0, end);
    text = trimmed(std::string_view(text).substr(end));
    return word;
}

// What the field's people write shorter: times of the day, and memberships as role/zone/scheme.
void expand(std::string_view name, Value& value) {
    if (value.kind == Value::Kind::text && is_instant_field(name)) value.text = full_instant(value.text);
    for (auto& [member, inner] : value.members) expand(member, inner);
    for (auto& item : value.items) {
        expand("", item);
        if (name != "memberships" || item.kind != Value::Kind::text) continue;
        Value membership;
        membership.kind = Value::Kind::object;
        std::istringstream parts(std::exchange(item.text, {}));
        std::string part;
        for (const char* key : {"role", "zone", "scheme"})
            if (std::getline(parts, part, '/') && !part.empty()) membership.members.emplace_back(key, text_value(part));
        item = std::move(membership);
    }
}

void write_instants(std::string_view name, Value& value) {
    if (value.kind == Value::Kind::text && is_instant_field(name)) value.text = written_instant(value.text);
    for (auto& [member, inner] : value.members) write_instants(member, inner);
    for (auto& item : value.items) write_instants("", item);
}

Step read_command(std::string text) {
    Step step;
    if (text == "end") {
        step.kind = Step::Kind::end;
        return step;
    }
    if (text.front() == '{') {
        step.json = text;
        if (const auto object = read_json_line(text))
            if (const auto* at = object->find("at"); at && at->kind == Value::Kind::text)
                step.at = written_instant(at->text);
    } else {
        Value command;
        command.kind = Value::Kind::object;
        const auto at = full_instant(take_word(text));
        step.at = written_instant(at);
        command.members.emplace_back("type", text_value(take_word(text)));
        command.members.emplace_back("at", text_value(at));
        auto fields = read_fields(text);
        expand("", fields);
        for (auto& member : fields.members) command.members.push_back(std::move(member));
        step.json = to_json(command);
    }
    const bool in_utc = step.at.size() == 30 && step.at.back() == 'Z';
    if (!in_utc) step.at.clear();
    return step;
}

void read_expectation(std::string text, std::size_t line, Step& step) {
    step.looked_at = true;
    if (text == "nothing") return;
    if (text == "malformed" || text == "goes back") {
        step.kind = Step::Kind::refused;
        return;
    }
    Expectation expected;
    expected.line = line;
    expected.text = text;
    if (text == "...") {
        expected.kind = Expectation::Kind::anything;
    } else if (text.front() == '{') {
        expected.kind = Expectation::Kind::whole_line;
    } else {
        expected.at = step.at;
        for (const auto& earlier : step.expected)
            if (!earlier.at.empty()) expected.at = earlier.at;
        if (is_digit(text.front())) expected.at = written_instant(take_word(text));
        if (expected.at.empty()) throw BadFixture("say at what instant: " + expected.text);
        expected.type = take_word(text);
        expected.fields = read_fields(text);
        write_instants("", expected.fields);
    }
    step.expected.push_back(std::move(expected));
}

class Reader {
public:
    Reader(fs::path preludes, Case& into) : preludes_(std::move(preludes)), case_(into) {}

    void read(const fs::path& file, bool titled) {
        std::ifstream in(file, std::ios::binary);
        if (!in) throw Placed(file.string() + ": can't be read");
        file_ = file;
        std::string text;
        std::size_t number = 0;
        for (std::string line; std::getline(in, line);) {
            ++number;
            const auto bare = trimmed(line);
            if (bare.empty() || bare.front() == '#') continue;
            if (titled && case_.title.empty()) {
                case_.title = bare;
                continue;
            }
            const bool goes_on = line.front() == ' ' && !bare.starts_with("->");
            if (goes_on && text.empty()) throw at(number, "a line goes on that has not begun");
            if (goes_on) {
                text += '\n' + bare;
                continue;
            }
            finish(text, line_);
            text = bare;
            line_ = number;
        }
        finish(text, line_);
        if (titled && case_.title.empty()) throw Placed(file.string() + ": has no title");
    }

private:
    struct Placed : BadFixture {
        using BadFixture::BadFixture;
    };

    Placed at(std::size_t line, const std::string& what) const {
        return Placed(file_.string() + ':' + std::to_string(line) + ": " + what);
    }

    void finish(std::string& text, std::size_t line) {
        if (text.empty()) return;
        auto whole = std::exchange(text, {});
        try {
            if (whole.starts_with("include:")) {
                include(trimmed(whole.substr(8)));
            } else if (whole.starts_with("->")) {
                if (case_.steps.empty()) throw BadFixture("there is no command above this");
                read_expectation(trimmed(whole.substr(2)), line, case_.steps.back());
            } else {
                auto step = read_command(std::move(whole));
                step.file = file_;
                step.line = line;
                case_.steps.push_back(std::move(step));
            }
        } catch (const Placed&) {
            throw;  // from a prelude, which has named its own place
        } catch (const BadFixture& bad) {
            throw at(line, bad.what());
        }
    }

    void include(std::string names) {
        while (!names.empty()) {
            Reader inner(preludes_, case_);
            inner.read(preludes_ / (take_word(names) + ".prelude"), false);
        }
    }

    fs::path preludes_;
    Case& case_;
    fs::path file_;
    std::size_t line_ = 0;
};

}  // namespace

Case read_case(const fs::path& file, const fs::path& preludes) {
    Case result;
    Reader(preludes, result).read(file, true);
    return result;
}

}  // namespace tiebreak::contract
