#include "tests/explain/told.hpp"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "tests/catch.hpp"
#include "tests/contract/case_file.hpp"
#include "wire/json_reader.hpp"

namespace tiebreak::told {

namespace fs = std::filesystem;

std::vector<std::string> lines_of(const std::string& scene) {
    const fs::path scenes{TIEBREAK_SCENES};
    std::vector<std::string> lines;
    for (const contract::Step& step : contract::read_case(scenes / (scene + ".case"), scenes).steps)
        if (step.kind == contract::Step::Kind::command) lines.push_back(step.json);
    return lines;
}

void tell(wire::DossierRecorder& recorder, const std::vector<std::string>& lines, bool run_on) {
    wire::CommandReader reader;
    for (const std::string& line : lines) {
        auto read = reader.read(line, wire::AtField::required);
        if (const auto* error = std::get_if<wire::ReadError>(&read)) FAIL(error->in_line() << " in " << line);
        const auto& good = std::get<wire::ReadCommand>(read);
        recorder.apply(*good.at_ns, good.command);
    }
    if (run_on) recorder.run_on();
}

wire::Dossier dossier_of(const std::string& scene) {
    wire::DossierRecorder recorder{"K1"};
    tell(recorder, lines_of(scene));
    auto dossiers = recorder.dossiers();
    REQUIRE(dossiers.size() == 1);
    return std::move(dossiers.front());
}

void check_golden(const std::string& file, const std::string& text) {
    const fs::path path = fs::path{TIEBREAK_SCENES} / file;
    if (std::getenv("TIEBREAK_REWRITE_GOLDEN") != nullptr) {
        std::ofstream{path, std::ios::binary} << text;
        FAIL(file << " was written anew; read it, then run without TIEBREAK_REWRITE_GOLDEN");
    }
    std::ifstream in{path, std::ios::binary};
    INFO(file);
    REQUIRE(in);
    const std::string golden{std::istreambuf_iterator<char>(in), {}};
    CHECK(text == golden);
}

}  // namespace tiebreak::told
