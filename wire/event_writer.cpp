#include "wire/event_writer.hpp"

#include <type_traits>
#include <variant>
#include <vector>

#include "wire/frequent_events.hpp"
#include "wire/schema/event_generated.h"
#include "wire/word_numbers.hpp"

namespace tiebreak::wire {
namespace {

namespace event = matching::event;
using flatbuffers::Offset;
using Text = Offset<flatbuffers::String>;

static_assert(static_cast<std::size_t>(fb::EventBody::MAX) == std::variant_size_v<matching::EventBody>);
static_assert(static_cast<int>(fb::EventBody::OfferAccepted) == 6 && static_cast<int>(fb::EventBody::Awarded) == 14 &&
              fb::EventBody::MAX == fb::EventBody::Rejected);

// Writes the body of one event; the builder wants what a table refers to before the table itself.
class BodyWriter {
public:
    BodyWriter(flatbuffers::FlatBufferBuilder& builder, std::vector<Text>& texts) : builder_(builder), texts_(texts) {}

    auto operator()(const event::ProcedureRegistered& e) {
        return fb::CreateProcedureRegistered(builder_, text(e.procedure), e.revision).Union();
    }
    auto operator()(const event::ProviderRegistered& e) {
        return fb::CreateProviderRegistered(builder_, text(e.provider), e.revision).Union();
    }
    auto operator()(const event::PackageOpened& e) {
        const Text package = text(e.package);
        return fb::CreatePackageOpened(builder_, package, text(e.procedure)).Union();
    }
    auto operator()(const event::StageOpened& e) {
        const Text package = text(e.package);
        const Text stage = text(e.stage);
        return fb::CreateStageOpened(builder_, package, stage, e.closes_ns, texts(e.invited)).Union();
    }
    auto operator()(const event::StageSkipped& e) {
        const Text package = text(e.package);
        return fb::CreateStageSkipped(builder_, package, text(e.stage)).Union();
    }
    auto operator()(const event::ProviderConfirmed& e) {
        const Text package = text(e.package);
        const Text stage = text(e.stage);
        return fb::CreateProviderConfirmed(builder_, package, stage, text(e.provider)).Union();
    }
    auto operator()(const event::ProviderDeclined& e) {
        const Text package = text(e.package);
        const Text stage = text(e.stage);
        return fb::CreateProviderDeclined(builder_, package, stage, text(e.provider)).Union();
    }
    auto operator()(const event::OfferWithdrawn& e) {
        const Text package = text(e.package);
        const Text stage = text(e.stage);
        const Text offer = text(e.offer);
        const Text provider = text(e.provider);
        return fb::CreateOfferWithdrawn(builder_, package, stage, offer, provider, to_number(e.cause)).Union();
    }
    auto operator()(const event::WindowExtended& e) {
        const Text package = text(e.package);
        const Text stage = text(e.stage);
        return fb::CreateWindowExtended(builder_, package, stage, e.closes_ns, text(e.reason)).Union();
    }
    auto operator()(const event::StageClosed& e) {
        const Text package = text(e.package);
        return fb::CreateStageClosed(builder_, package, text(e.stage), e.offers, to_number(e.cause)).Union();
    }
    auto operator()(const event::Shortlisted& e) {
        const Text package = text(e.package);
        const auto offers = texts(e.offers);
        const auto providers = texts(e.providers);
        return fb::CreateShortlisted(builder_, package, offers, providers, e.choose_by_ns).Union();
    }
    auto operator()(const event::ApprovalPending& e) {
        const Text package = text(e.package);
        const Text offer = text(e.offer);
        const Text provider = text(e.provider);
        return fb::CreateApprovalPending(builder_, package, offer, provider, text(e.role)).Union();
    }
    auto operator()(const event::AwardRefused& e) {
        const Text package = text(e.package);
        return fb::CreateAwardRefused(builder_, package, text(e.provider)).Union();
    }
    auto operator()(const event::Unawarded& e) {
        return fb::CreateUnawarded(builder_, text(e.package), to_number(e.reason)).Union();
    }
    auto operator()(const event::PackageCancelled& e) {
        return fb::CreatePackageCancelled(builder_, text(e.package)).Union();
    }
    auto operator()(const event::Standing& e) {
        const Text procedure = text(e.procedure);
        const Text role = text(e.role);
        const Text zone = text(e.zone);
        const Text provider = text(e.provider);
        flatbuffers::Optional<bool> met;
        if (e.met) met = *e.met;
        return fb::CreateStanding(builder_, procedure, role, zone, provider, e.invited, e.offered, e.awarded, e.refused,
                                  met)
            .Union();
    }
    auto operator()(const event::Rejected& e) {
        const Text command = text(e.command);
        const Text code = text(matching::code_name(e.code));
        const Text detail = text(e.detail);
        const Text package = text(e.package);
        const Text provider = text(e.provider);
        const Text offer = text(e.offer);
        return fb::CreateRejected(builder_, command, code, detail, package, provider, offer, text(e.procedure)).Union();
    }

private:
    Text text(std::string_view value) { return builder_.CreateString(value.data(), value.size()); }
    Text text(const std::optional<std::string_view>& value) { return value ? text(*value) : Text{}; }

    Offset<flatbuffers::Vector<Text>> texts(std::span<const std::string_view> values) {
        texts_.clear();
        for (const std::string_view value : values) texts_.push_back(text(value));
        return builder_.CreateVector(texts_);
    }

    flatbuffers::FlatBufferBuilder& builder_;
    std::vector<Text>& texts_;
};

}  // namespace

struct EventWriter::State {
    flatbuffers::FlatBufferBuilder builder{1'024};
    std::vector<Text> texts;
    std::vector<std::byte> frequent;  // the last message that is not the builder's
};

EventWriter::EventWriter() : state_(std::make_unique<State>()) {}
EventWriter::~EventWriter() = default;
EventWriter::EventWriter(EventWriter&&) noexcept = default;
EventWriter& EventWriter::operator=(EventWriter&&) noexcept = default;

std::span<const std::byte> EventWriter::write(const matching::Event& event) {
    return std::visit(
        [&](const auto& body) -> std::span<const std::byte> {
            if constexpr (requires { write_event(event, body, state_->frequent); }) {
                return write_event(event, body, state_->frequent);
            } else {
                flatbuffers::FlatBufferBuilder& builder = state_->builder;
                builder.Clear();
                const Offset<void> offset = BodyWriter{builder, state_->texts}(body);
                const auto kind = static_cast<fb::EventBody>(event.body.index() + 1);
                fb::FinishEventBuffer(builder, fb::CreateEvent(builder, event.at_ns, event.sequence, kind, offset));
                return {reinterpret_cast<const std::byte*>(builder.GetBufferPointer()), builder.GetSize()};
            }
        },
        event.body);
}

}  // namespace tiebreak::wire
