#include "wire/replay.hpp"

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <istream>
#include <ostream>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "matching/engine.hpp"
#include "wire/instant_text.hpp"
#include "wire/json_reader.hpp"
#include "wire/json_writer.hpp"

namespace tiebreak::wire {
namespace {

constexpr std::size_t read_bytes = 256 * 1024;
constexpr std::size_t write_bytes = 64 * 1024;

enum class ExitStatus : int { good = 0, unreadable = 1, malformed = 2 };

// Lines of a stream, without their line feeds. A line stays valid until the next one is asked for.
class Lines {
public:
    enum class Next : std::uint8_t { line, end, too_long, failed };

    explicit Lines(std::istream& in) : in_(in), buffer_(read_bytes) {}

    Next next(std::string_view& line) {
        std::size_t searched = begin_;
        for (;;) {
            if (const void* feed = std::memchr(buffer_.data() + searched, '\n', end_ - searched)) {
                const auto at = static_cast<std::size_t>(static_cast<const char*>(feed) - buffer_.data());
                return take(line, at, at + 1);
            }
            if (end_ - begin_ > json_text_bytes_max) return Next::too_long;
            if (at_end_) return begin_ == end_ ? Next::end : take(line, end_, end_);
            searched = end_ - begin_;
            if (!fill()) return Next::failed;
        }
    }

private:
    Next take(std::string_view& line, std::size_t line_end, std::size_t next_begin) {
        line = {buffer_.data() + begin_, line_end - begin_};
        begin_ = next_begin;
        return line.size() > json_text_bytes_max ? Next::too_long : Next::line;
    }

    // Moves what is left to the front and reads on behind it.
    bool fill() {
        std::memmove(buffer_.data(), buffer_.data() + begin_, end_ - begin_);
        end_ -= begin_;
        begin_ = 0;
        if (buffer_.size() - end_ < read_bytes) buffer_.resize(std::max(end_ + read_bytes, buffer_.size() * 2));
        in_.read(buffer_.data() + end_, static_cast<std::streamsize>(buffer_.size() - end_));
        end_ += static_cast<std::size_t>(in_.gcount());
        at_end_ = in_.eof();
        return !in_.bad() && (in_.good() || in_.eof());
    }

    std::istream& in_;
    std::vector<char> buffer_;
    std::size_t begin_ = 0;
    std::size_t end_ = 0;
    bool at_end_ = false;
};

// Writes events in large pieces.
class EventLines final : public matching::EventSink {
public:
    explicit EventLines(std::ostream& out) : out_(out) { buffer_.reserve(2 * write_bytes); }

    void on_event(const matching::Event& event) override {
        append_event(buffer_, event);
        buffer_ += '\n';
        if (buffer_.size() >= write_bytes) write();
    }

    // Whether everything so far could be written.
    bool flush() {
        write();
        out_.flush();
        return good();
    }
    [[nodiscard]] bool good() const { return out_.good(); }

private:
    void write() {
        out_.write(buffer_.data(), static_cast<std::streamsize>(buffer_.size()));
        buffer_.clear();
    }

    std::ostream& out_;
    std::string buffer_;
};

class Replay {
public:
    Replay(std::istream& in, std::ostream& out, std::ostream& err) : lines_(in), events_(out), err_(err) {}

    ExitStatus run() {
        ExitStatus status = apply_lines();
        if (status == ExitStatus::good) engine_.advance(matching::last_instant, events_);
        if (!events_.flush()) {
            why_ = "the events could not be written";
            status = ExitStatus::unreadable;
        }
        if (!why_.empty()) err_ << why_ << '\n' << std::flush;
        return status;
    }

private:
    ExitStatus apply_lines() {
        std::string_view line;
        while (events_.good()) {
            ++line_number_;
            switch (lines_.next(line)) {
                case Lines::Next::end: return ExitStatus::good;
                case Lines::Next::failed: why_ = "the commands could not be read"; return ExitStatus::unreadable;
                case Lines::Next::too_long: return malformed("is longer than 16 MiB");
                case Lines::Next::line: break;
            }
            auto read = reader_.read(line, AtField::required);
            if (const auto* error = std::get_if<ReadError>(&read)) return malformed(error->in_line());
            const auto& good = std::get<ReadCommand>(read);
            if (*good.at_ns < last_at_ns_) return malformed(goes_back(*good.at_ns));
            last_at_ns_ = *good.at_ns;
            engine_.apply(last_at_ns_, good.command, events_);
        }
        return ExitStatus::good;  // run() says what is wrong with the output
    }

    ExitStatus malformed(const std::string& why) {
        why_ = "line " + std::to_string(line_number_) + ": " + why;
        return ExitStatus::malformed;
    }

    [[nodiscard]] std::string goes_back(matching::Instant at_ns) const {
        std::string why = "at: ";
        append_instant(why, at_ns);
        why += " goes back; the line before has ";
        append_instant(why, last_at_ns_);
        return why;
    }

    Lines lines_;
    EventLines events_;
    std::ostream& err_;
    CommandReader reader_;
    matching::Engine engine_;
    matching::Instant last_at_ns_ = 0;
    std::size_t line_number_ = 0;
    std::string why_;
};

}  // namespace

int replay(std::istream& in, std::ostream& out, std::ostream& err) {
    return static_cast<int>(Replay{in, out, err}.run());
}

}  // namespace tiebreak::wire
