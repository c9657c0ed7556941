// A scene with a script: each step sends a command, or waits for an event that has to come, and says so in words. What
// comes out otherwise is a fault.
#pragma once

#include <chrono>
#include <deque>
#include <memory>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "deploy/demo/play.hpp"
#include "deploy/demo/register.hpp"
#include "matching/commands.hpp"
#include "matching/events.hpp"
#include "wire/event_reader.hpp"
#include "wire/subscriber.hpp"

namespace tiebreak::demo {

class Script {
public:
    Script(const Theatre& theatre, const Names& names);

    // Follows a package before anything happens to it, and prints a heading.
    void begin(std::string_view package, std::string_view heading);

    // Sends a command that has to be taken; one that has to be refused with `code`.
    void send(const matching::Command& command, std::string_view told = {});
    void send_in_vain(const matching::Command& command, std::string_view code, std::string_view told);

    // Waits for the package's next event of this kind, passing over others, and gives it to `check`, which returns what
    // to tell, or nothing if the event is not what it should be.
    template <class Body, class Check>
    void expect(std::string_view what, Check check) {
        const auto found = next([](const matching::Event& event) { return std::holds_alternative<Body>(event.body); });
        if (found.empty()) {
            missing(what);
            return;
        }
        if (const auto told = check(std::get<Body>(reader_.event().body)); !told.empty()) {
            tell(what, told);
        } else {
            wrong(what);
        }
    }

    [[nodiscard]] const std::string& name(std::string_view provider) const;
    [[nodiscard]] bool failed() const noexcept { return !faults_.empty(); }
    [[nodiscard]] std::vector<std::string> faults() const { return faults_; }

private:
    [[nodiscard]] std::vector<std::byte> next(bool (*wanted)(const matching::Event&));
    void receive();
    void tell(std::string_view what, std::string_view told);
    void missing(std::string_view what);
    void wrong(std::string_view what);

    const Theatre& theatre_;
    const Names& names_;
    std::string package_;
    std::unique_ptr<wire::Subscriber> subscriber_;
    std::deque<std::vector<std::byte>> events_;
    wire::EventReader reader_;
    std::vector<std::string> faults_;
};

}  // namespace tiebreak::demo
