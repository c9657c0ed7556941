#include "tests/contract/run_case.hpp"

#include <algorithm>
#include <sstream>

#include "tests/contract/event_form.hpp"

namespace tiebreak::contract {
namespace {

struct Outcome {
    int status = 0;
    std::string out;
    std::string err;
};

std::vector<std::string> split_lines(const std::string& text) {
    std::vector<std::string> lines;
    std::istringstream in(text);
    for (std::string line; std::getline(in, line);) lines.push_back(line);
    return lines;
}

// A member's text; empty where a misformed event lacks it.
std::string_view text_of(const Value& object, std::string_view name) {
    const auto* member = object.find(name);
    return member ? std::string_view(member->text) : std::string_view();
}

bool same_ranking(const Value& expected, const Value& actual) {
    if (expected.kind != Value::Kind::list) return false;
    return std::equal(expected.items.begin(), expected.items.end(), actual.items.begin(), actual.items.end(),
                      [](const Value& wanted, const Value& ranked) {
                          std::string line(text_of(ranked, "offer"));
                          if (ranked.find("lost_on")) line.append(":").append(text_of(ranked, "lost_on"));
                          return wanted.text == line;
                      });
}

// A case may leave the sentence for people open.
std::string without_detail(const std::string& line) {
    const std::string mark = "\"detail\":\"";
    const auto start = line.find(mark);
    if (start == std::string::npos) return line;
    auto end = start + mark.size();
    while (end < line.size() && line[end] != '"') end += line[end] == '\\' ? 2 : 1;
    return line.substr(0, start + mark.size()) + "…" + line.substr(std::min(end, line.size()));
}

bool matches(const Expectation& expected, const std::string& line) {
    if (expected.kind == Expectation::Kind::whole_line)
        return expected.text ==
               (expected.text.find("\"detail\":\"…\"") == std::string::npos ? line : without_detail(line));
    const auto event = read_json_line(line);
    if (!event || text_of(*event, "type") != expected.type || text_of(*event, "at") != expected.at) return false;
    return std::all_of(expected.fields.members.begin(), expected.fields.members.end(), [&](const auto& field) {
        const auto* actual = event->find(field.first);
        if (field.second.text == "absent" && field.second.kind == Value::Kind::literal) return actual == nullptr;
        if (!actual) return false;
        return field.first == "ranking" ? same_ranking(field.second, *actual) : field.second == *actual;
    });
}

// What the first expectation that is not met asks for, or nothing if the events are the expected ones.
std::optional<std::string> compare(const std::vector<Expectation>& expected, const std::vector<std::string>& events) {
    std::size_t next = 0;
    bool skipping = false;
    for (const auto& wanted : expected) {
        if (wanted.kind == Expectation::Kind::anything) {
            skipping = true;
            continue;
        }
        while (skipping && next < events.size() && !matches(wanted, events[next])) ++next;
        if (next >= events.size() || !matches(wanted, events[next])) return "expected " + wanted.at + ' ' + wanted.text;
        skipping = false;
        ++next;
    }
    if (!skipping && next < events.size()) return "expected no more than that, but there is " + events[next];
    return std::nullopt;
}

class Runner {
public:
    explicit Runner(const Replay& replay) : replay_(replay) {}

    std::vector<std::string> run(const Case& a_case) {
        for (const auto& step : a_case.steps) {
            if (step.kind == Step::Kind::refused)
                run_refused(step);
            else
                run_accepted(step);
            if (complaints_.size() >= 5) break;
        }
        if (a_case.steps.empty() || a_case.steps.back().kind != Step::Kind::end) run_to_end("after the last line");
        return std::move(complaints_);
    }

private:
    Outcome replay(const std::string& input) const {
        std::istringstream in(input);
        std::ostringstream out, err;
        Outcome outcome;
        outcome.status = replay_(in, out, err);
        outcome.out = out.str();
        outcome.err = err.str();
        return outcome;
    }

    void complain(const Step& step, const std::string& what) {
        complaints_.push_back(step.file.filename().string() + ':' + std::to_string(step.line) + ": " + step.json +
                              "\n    " + what);
    }

    // The line is not read: status 2, `line N: why`, and nothing written beyond what came before it.
    void run_refused(const Step& step) {
        const auto outcome = replay(commands_ + step.json + '\n');
        const auto prefix = "line " + std::to_string(command_count_ + 1) + ": ";
        if (outcome.status != 2)
            return complain(step, "should be refused with exit status 2, not " + std::to_string(outcome.status));
        if (!outcome.err.starts_with(prefix) || outcome.err.size() <= prefix.size() + 1)
            complain(step, "should be told as `" + prefix + "why`, not: " + outcome.err);
        if (outcome.out != written_) complain(step, "should leave what came before it and no more");
    }

    // To see what one command causes, a line that breaks the format is put behind it: the clock does not run on then.
    void run_accepted(const Step& step) {
        if (step.kind == Step::Kind::end) return run_to_end("at the end", &step);
        commands_ += step.json + '\n';
        ++command_count_;
        const auto outcome = replay(commands_ + "broken\n");
        const auto prefix = "line " + std::to_string(command_count_ + 1) + ": ";
        if (outcome.status != 2 || !outcome.err.starts_with(prefix)) {
            complain(step, "is not taken: " + outcome.err);
            return;
        }
        look(step, outcome.out);
    }

    void run_to_end(const std::string& when, const Step* step = nullptr) {
        const auto outcome = replay(commands_);
        if (outcome.status != 0 || !outcome.err.empty())
            complaints_.push_back(when + ": exit status " + std::to_string(outcome.status) + ", " + outcome.err);
        Step unlooked;
        look(step ? *step : unlooked, outcome.out);
    }

    void look(const Step& step, const std::string& out) {
        if (!out.starts_with(written_)) return complain(step, "changes what was written before it:\n" + out);
        const auto events = split_lines(out.substr(written_.size()));
        written_ = out;
        for (const auto& event : events)
            if (const auto misform = find_misform(event, ++sequence_))
                complain(step, "an event " + *misform + ": " + event);
        std::string listed;
        for (const auto& event : events) listed += "\n      " + event;
        if (!step.looked_at) {
            if (listed.find("{\"type\":\"rejected\"") != std::string::npos) complain(step, "is rejected:" + listed);
        } else if (const auto difference = compare(step.expected, events)) {
            complain(step, *difference + "\n    it caused:" + (listed.empty() ? " nothing" : listed));
        }
    }

    const Replay& replay_;
    std::string commands_;
    std::size_t command_count_ = 0;
    std::string written_;
    std::size_t sequence_ = 0;
    std::vector<std::string> complaints_;
};

}  // namespace

std::vector<std::string> run_case(const Case& a_case, const Replay& replay) { return Runner(replay).run(a_case); }

}  // namespace tiebreak::contract
