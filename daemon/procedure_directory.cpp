#include "daemon/procedure_directory.hpp"

#include <chrono>
#include <cstdint>

#include <zmq.hpp>

#include "wire/client.hpp"

namespace tiebreak::daemon {

namespace {

constexpr std::chrono::seconds reply_within{30};
constexpr wire::Milliseconds look_up_after{50};

enum class Fate : std::uint8_t { taken, wrong, given_up };

// Empty: it was taken.
std::string objection_to(const wire::Completed& completed) {
    if (completed.outcome != wire::Outcome::replied) return "the daemon gave no reply";
    if (!completed.code.empty()) return completed.code + ": " + completed.detail;
    const wire::Receipt& receipt = completed.receipts.front();
    return receipt.code.empty() ? std::string{} : receipt.code + ": " + receipt.detail;
}

Fate register_one(wire::Client& client, const matching::command::Procedure& procedure, const std::function<bool()>& go_on,
                  std::string& objection) {
    const std::uint64_t id = client.send(matching::Command{procedure});
    objection = id == 0 ? "it is longer than the daemon takes" : "the daemon gave no reply";
    const auto until = std::chrono::steady_clock::now() + reply_within;
    while (id != 0 && std::chrono::steady_clock::now() < until) {
        if (!go_on()) return Fate::given_up;
        for (const wire::Completed& completed : client.poll(look_up_after)) {
            if (completed.request_id != id) continue;
            objection = objection_to(completed);
            return objection.empty() ? Fate::taken : Fate::wrong;
        }
    }
    return Fate::wrong;
}

}  // namespace

Registration register_procedures(const wire::LoadedProcedures& loaded, const std::string& endpoint, const std::function<bool()>& go_on) {
    Registration registration;
    if (loaded.procedures.empty()) return registration;
    zmq::context_t context(1);
    wire::ClientOptions options;
    options.endpoint = endpoint;
    std::string why;
    const auto client = wire::Client::connect(context, options, why);
    if (!client) {
        registration.wrong.push_back(why);
        return registration;
    }
    for (const wire::ProcedureFile& file : loaded.procedures) {
        std::string objection;
        switch (register_one(*client, file.procedure, go_on, objection)) {
            case Fate::taken: ++registration.taken; break;
            case Fate::wrong: registration.wrong.push_back(file.file.string() + ": " + objection); break;
            case Fate::given_up: return registration;
        }
    }
    return registration;
}

Registration register_directory(const std::filesystem::path& directory, const std::string& endpoint, const std::function<bool()>& go_on) {
    const wire::LoadedProcedures loaded = wire::load_procedures(directory);
    Registration registration = register_procedures(loaded, endpoint, go_on);
    std::vector<std::string> wrong;
    for (const wire::ProcedureFault& fault : loaded.faults) wrong.push_back(fault.text());
    registration.wrong.insert(registration.wrong.begin(), wrong.begin(), wrong.end());
    return registration;
}

}  // namespace tiebreak::daemon
