#include "daemon/procedure_directory.hpp"

#include <chrono>

#include <zmq.hpp>

#include "wire/client.hpp"

namespace tiebreak::daemon {

std::vector<std::string> register_procedures(const wire::LoadedProcedures& loaded, const std::string& endpoint) {
    std::vector<std::string> refused;
    if (loaded.procedures.empty()) return refused;
    zmq::context_t context(1);
    wire::ClientOptions options;
    options.endpoint = endpoint;
    std::string why;
    const auto client = wire::Client::connect(context, options, why);
    if (!client) return {why};
    for (const wire::ProcedureFile& file : loaded.procedures) {
        const auto completed = client->call(matching::Command{file.procedure}, std::chrono::seconds(30));
        const bool replied = completed && completed->outcome == wire::Outcome::replied;
        if (!replied)
            refused.push_back(file.file.string() + ": the daemon gave no reply");
        else if (!completed->code.empty())
            refused.push_back(file.file.string() + ": " + completed->code + ": " + completed->detail);
        else if (!completed->receipts.front().code.empty())
            refused.push_back(file.file.string() + ": " + completed->receipts.front().code + ": " + completed->receipts.front().detail);
    }
    return refused;
}

std::vector<std::string> register_directory(const std::filesystem::path& directory, const std::string& endpoint) {
    const wire::LoadedProcedures loaded = wire::load_procedures(directory);
    std::vector<std::string> wrong;
    for (const wire::ProcedureFault& fault : loaded.faults) wrong.push_back(fault.text());
    for (std::string& sentence : register_procedures(loaded, endpoint)) wrong.push_back(std::move(sentence));
    return wrong;
}

}  // namespace tiebreak::daemon
