// The daemon counts topics by number; wire/topics.hpp says by text what they are. Both must come to the same.
#include "daemon/topic_table.hpp"

#include <algorithm>
#include <fstream>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "matching/engine.hpp"
#include "tests/catch.hpp"
#include "wire/json_reader.hpp"
#include "wire/topics.hpp"

namespace tiebreak::daemon {
namespace {

class Comparing final : public matching::EventSink {
public:
    void on_event(const matching::Event& event) override {
        table_.collect(event, found_);
        list_.collect(event);
        std::multiset<std::string> by_number, by_text;
        for (const TopicIndex index : found_) by_number.insert(table_.name(index));
        for (std::size_t i = 0; i < list_.size(); ++i) by_text.emplace(list_[i]);
        REQUIRE(by_number == by_text);
        REQUIRE(found_.front() == 0);  // all/ leads: its release is the latest of all
        for (const std::string& name : by_text) {
            REQUIRE(table_.find(name));
            REQUIRE(table_.name(*table_.find(name)) == name);
        }
        ++events;
    }
    std::size_t events = 0;
    TopicTable table_;

private:
    wire::TopicList list_;
    std::vector<TopicIndex> found_;
};

std::vector<std::string> commands() {
    std::vector<std::string> lines;
    const auto add = [&](const std::string& line) { lines.push_back(line); };
    add(R"({"type":"procedure","id":"p","stages":[{"name":"a","audience":{"roles":["zonal"],"zone":"package"},"window":"1h"},{"name":"b","audience":{},"window":"1h"}],"ranking":["earliest_start",{"by":"citizen_choice","window":"1h"}]})");
    add(R"({"type":"procedure","id":"q","stages":[{"name":"a","audience":{},"window":"1h"}],"ranking":["lowest_price"],"approvals":[{"role":"director","over_pence":0}]})");
    for (const char* id : {"A", "B", "C"}) {
        add(std::string{R"({"type":"provider","id":")"} + id + R"(","memberships":[{"role":"zonal","zone":"oxford"}]})");
    }
    add(R"({"type":"package","id":"K1","procedure":"p","zone":"oxford"})");
    add(R"({"type":"package","id":"K2","procedure":"q","value_pence":5})");
    add(R"({"type":"package","id":"K1","procedure":"q"})");            // id_conflict
    add(R"({"type":"package","id":"K3","procedure":"none"})");         // unknown_procedure
    for (const char* id : {"A", "B", "C"}) {
        for (const char* package : {"K1", "K2"}) {
            add(std::string{R"({"type":"offer","id":"o)"} + package + R"(","package":")" + package + R"(","provider":")" + id +
                R"(","start":"2030-01-01T00:00:00Z","price_pence":7})");
        }
    }
    add(R"({"type":"offer","id":"x","package":"none","provider":"A","start":"2030-01-01T00:00:00Z"})");
    add(R"({"type":"offer","id":"x","package":"K1","provider":"none","start":"2030-01-01T00:00:00Z"})");
    add(R"({"type":"decline","package":"K1","provider":"C"})");
    add(R"({"type":"withdraw","provider":"C","offer":"nothing"})");
    add(R"({"type":"advance","at":"2026-01-01T02:00:00Z"})");          // K1 shortlisted, K2 pending
    add(R"({"type":"choice","at":"2026-01-01T02:00:00Z","package":"K1","provider":"B"})");
    add(R"({"type":"approval","at":"2026-01-01T02:00:00Z","package":"K2","role":"director","approved":true})");
    add(R"({"type":"refuse","at":"2026-01-01T02:00:00Z","package":"K1","provider":"B"})");
    add(R"({"type":"report","at":"2026-01-01T02:00:00Z","procedure":"p","from":"2025-01-01T00:00:00Z","to":"2027-01-01T00:00:00Z"})");
    add(R"({"type":"cancel","at":"2026-01-01T02:00:00Z","package":"K2"})");
    return lines;
}

TEST_CASE("every kind of event has the same topics by number as by text") {
    matching::Engine engine;
    Comparing sink;
    wire::CommandReader reader;
    const matching::Instant begin_ns = 1'767'225'600'000'000'000;  // 2026-01-01
    for (const std::string& line : commands()) {
        auto read = reader.read(line, wire::AtField::optional);
        REQUIRE(std::holds_alternative<wire::ReadCommand>(read));
        const auto& command = std::get<wire::ReadCommand>(read);
        engine.apply(std::max(engine.now() + 1, command.at_ns.value_or(begin_ns)), command.command, sink);
    }
    CHECK(sink.events > 30);
    CHECK(sink.table_.knows_provider("A"));
    CHECK_FALSE(sink.table_.knows_provider("none"));
    for (const char* name : {"", "all", "package/", "package//", "package/none/", "provider/none/", "zone/none/", "K1"}) {
        CHECK_FALSE(sink.table_.find(name));
    }
}

}  // namespace
}  // namespace tiebreak::daemon
