#include "wire/request_writer.hpp"

#include <string_view>
#include <utility>
#include <vector>

#include "wire/schema/command_generated.h"
#include "wire/word_numbers.hpp"

namespace tiebreak::wire {
namespace {

namespace command = matching::command;
using flatbuffers::Offset;
using Builder = flatbuffers::FlatBufferBuilder;
using Text = Offset<flatbuffers::String>;
using Texts = Offset<flatbuffers::Vector<Text>>;
using Body = Offset<void>;

flatbuffers::Optional<bool> optional(const std::optional<bool>& value) {
    return value ? flatbuffers::Optional<bool>{*value} : flatbuffers::nullopt;
}
template <class Number>
flatbuffers::Optional<Number> optional(const std::optional<Number>& value) {
    return value ? flatbuffers::Optional<Number>{*value} : flatbuffers::nullopt;
}

Text text(Builder& builder, std::string_view value) { return builder.CreateString(value.data(), value.size()); }

template <class Value>
Text text(Builder& builder, const std::optional<Value>& value) {
    return value ? text(builder, std::string_view{*value}) : Text{};
}

Texts texts(Builder& builder, const std::vector<std::string>& values) {
    std::vector<Text> offsets;
    offsets.reserve(values.size());
    for (const std::string& value : values) offsets.push_back(text(builder, value));
    return builder.CreateVector(offsets);
}

// Empty lists that mean the same as none are not written.
Texts texts_if_any(Builder& builder, const std::vector<std::string>& values) {
    return values.empty() ? Texts{} : texts(builder, values);
}
Texts texts(Builder& builder, const std::optional<std::vector<std::string>>& values) {
    return values ? texts(builder, *values) : Texts{};
}

template <class Word>
Offset<flatbuffers::Vector<typename WordNumbers<Word>::Number>> words(Builder& builder,
                                                                        const std::vector<Word>& values) {
    std::vector<std::uint8_t> numbers;
    numbers.reserve(values.size());
    for (const Word value : values) numbers.push_back(static_cast<std::uint8_t>(to_number(value)));
    return builder.CreateVector(numbers).o;
}

// A list of tables, each written by `write`.
template <class Table, class Element, class Write>
Offset<flatbuffers::Vector<Offset<Table>>> tables(Builder& builder, const std::vector<Element>& elements, Write write) {
    std::vector<Offset<Table>> offsets;
    offsets.reserve(elements.size());
    for (const Element& element : elements) offsets.push_back(write(builder, element));
    return builder.CreateVector(offsets);
}
template <class Table, class Element, class Write>
Offset<flatbuffers::Vector<Offset<Table>>> tables_if_any(Builder& builder, const std::vector<Element>& elements,
                                                         Write write) {
    if (elements.empty()) return 0;
    return tables<Table>(builder, elements, write);
}

Offset<fb::Audience> write_audience(Builder& builder, const matching::Audience& audience) {
    if (audience == matching::Audience{}) return 0;
    return fb::CreateAudience(builder, texts(builder, audience.roles), audience.zone, audience.scheme,
                              audience.confirmed);
}

Offset<fb::UrgencyWindow> write_window(Builder& builder, const std::pair<std::string, matching::Duration>& window) {
    return fb::CreateUrgencyWindow(builder, text(builder, window.first), window.second);
}

Offset<fb::Stage> write_stage(Builder& builder, const matching::Stage& stage) {
    const auto name = text(builder, stage.name);
    const auto audience = write_audience(builder, stage.audience);
    const auto windows = tables_if_any<fb::UrgencyWindow>(builder, stage.windows, write_window);
    return fb::CreateStage(builder, name, stage.window_ns, audience, to_number(stage.kind), windows,
                           to_number(stage.close));
}

Offset<fb::Criterion> write_criterion(Builder& builder, const matching::Criterion& criterion) {
    flatbuffers::Optional<std::int64_t> window_ns;
    if (criterion.kind == matching::CriterionKind::citizen_choice) window_ns = criterion.choice_window_ns;
    Offset<flatbuffers::Vector<fb::AlternativeCondition>> alternative;
    if (criterion.alternative) alternative = words(builder, *criterion.alternative);
    return fb::CreateCriterion(builder, to_number(criterion.kind), optional(criterion.from_ns),
                               optional(criterion.until_ns), window_ns, alternative);
}

Offset<fb::ApprovalRule> write_approval(Builder& builder, const matching::Approval& approval) {
    return fb::CreateApprovalRule(builder, text(builder, approval.role), approval.over_pence,
                                  to_number(approval.before));
}

Offset<fb::RatingRule> write_rating_rule(Builder& builder, const std::optional<matching::RatingRule>& rule) {
    if (!rule) return 0;
    const auto before = texts(builder, rule->before);
    const auto after = texts(builder, rule->after);
    return fb::CreateRatingRule(builder, rule->baseline_ns, before, after);
}

Offset<fb::Obligation> write_obligation(Builder& builder, const matching::Obligation& obligation) {
    return fb::CreateObligation(builder, text(builder, obligation.role), obligation.min_offered,
                                obligation.min_awarded);
}

Offset<fb::Membership> write_membership(Builder& builder, const matching::Membership& membership) {
    const auto role = text(builder, membership.role);
    const auto zone = text(builder, membership.zone);
    return fb::CreateMembership(builder, role, zone, text(builder, membership.scheme));
}

Offset<fb::Rating> write_rating(Builder& builder, const matching::Rating& rating) {
    return fb::CreateRating(builder, text(builder, rating.source), rating.date_ns, rating.score);
}

Body write_body(Builder& builder, const command::Procedure& c) {
    const auto id = text(builder, c.id);
    const auto stages = tables<fb::Stage>(builder, c.stages, write_stage);
    const auto ranking = tables<fb::Criterion>(builder, c.ranking, write_criterion);
    const auto title = text(builder, c.title);
    const auto source = text(builder, c.source);
    const auto approvals = tables_if_any<fb::ApprovalRule>(builder, c.approvals, write_approval);
    Offset<flatbuffers::Vector<fb::Requirement>> required;
    if (!c.requires_.empty()) required = words(builder, c.requires_);
    const auto rating_rule = write_rating_rule(builder, c.rating_rule);
    const auto obligations = tables_if_any<fb::Obligation>(builder, c.obligations, write_obligation);
    return fb::CreateProcedure(builder, id, stages, ranking, title, source, approvals, required, rating_rule,
                               obligations)
        .Union();
}

Body write_body(Builder& builder, const command::Provider& c) {
    const auto id = text(builder, c.id);
    const auto name = text(builder, c.name);
    const auto memberships = tables_if_any<fb::Membership>(builder, c.memberships, write_membership);
    const auto services = texts(builder, c.services);
    const auto capabilities = texts_if_any(builder, c.capabilities);
    Offset<flatbuffers::Vector<Offset<fb::Rating>>> ratings;
    if (c.ratings) ratings = tables<fb::Rating>(builder, *c.ratings, write_rating);
    const auto cqc = text(builder, c.cqc);
    return fb::CreateProvider(builder, id, name, memberships, services, capabilities, optional(c.quality), ratings,
                              optional(c.feedback), cqc, c.suspended, optional(c.vacancies))
        .Union();
}

Body write_body(Builder& builder, const command::Package& c) {
    const auto id = text(builder, c.id);
    const auto procedure = text(builder, c.procedure);
    const auto zone = text(builder, c.zone);
    const auto service = text(builder, c.service);
    const auto scheme = text(builder, c.scheme);
    const auto needs = texts_if_any(builder, c.needs);
    const auto urgency = text(builder, c.urgency);
    return fb::CreatePackage(builder, id, procedure, zone, service, scheme, needs, urgency, optional(c.window_ns),
                             optional(c.value_pence), optional(c.start_from_ns), optional(c.start_by_ns),
                             c.direct_payment, optional(c.standard_fee_pence))
        .Union();
}

Body write_body(Builder& builder, const command::Offer& c) {
    Offset<fb::Accommodation> accommodation;
    if (c.landlord) accommodation = fb::CreateAccommodation(builder, text(builder, c.landlord));
    const auto id = text(builder, c.id);
    const auto package = text(builder, c.package);
    const auto provider = text(builder, c.provider);
    return fb::CreateOffer(builder, id, package, provider, c.start_ns, optional(c.price_pence), accommodation,
                           optional(c.submitted_at_ns))
        .Union();
}

Body write_body(Builder& builder, const command::Confirm& c) {
    const auto package = text(builder, c.package);
    return fb::CreateConfirm(builder, package, text(builder, c.provider)).Union();
}

Body write_body(Builder& builder, const command::Decline& c) {
    const auto package = text(builder, c.package);
    const auto provider = text(builder, c.provider);
    return fb::CreateDecline(builder, package, provider, text(builder, c.reason)).Union();
}

Body write_body(Builder& builder, const command::Withdraw& c) {
    const auto provider = text(builder, c.provider);
    const auto offer = text(builder, c.offer);
    return fb::CreateWithdraw(builder, provider, offer, text(builder, c.reason)).Union();
}

Body write_body(Builder& builder, const command::Extend& c) {
    const auto package = text(builder, c.package);
    return fb::CreateExtend(builder, package, c.closes_ns, text(builder, c.reason)).Union();
}

Body write_body(Builder& builder, const command::Cancel& c) {
    const auto package = text(builder, c.package);
    return fb::CreateCancel(builder, package, text(builder, c.reason)).Union();
}

Body write_body(Builder& builder, const command::Choice& c) {
    const auto package = text(builder, c.package);
    const auto provider = text(builder, c.provider);
    return fb::CreateChoice(builder, package, provider, optional(c.alternative), optional(c.top_up_agreed)).Union();
}

Body write_body(Builder& builder, const command::Approve& c) {
    const auto package = text(builder, c.package);
    const auto role = text(builder, c.role);
    return fb::CreateApproval(builder, package, role, c.approved, text(builder, c.reason)).Union();
}

Body write_body(Builder& builder, const command::Refuse& c) {
    const auto package = text(builder, c.package);
    const auto provider = text(builder, c.provider);
    return fb::CreateRefuse(builder, package, provider, text(builder, c.reason)).Union();
}

Body write_body(Builder& builder, const command::Report& c) {
    return fb::CreateReport(builder, text(builder, c.procedure), c.from_ns, c.to_ns).Union();
}

Body write_body(Builder& builder, const command::Advance&) { return fb::CreateAdvance(builder).Union(); }

}  // namespace

struct RequestWriter::State {
    Builder builder{1'024};
    std::vector<Offset<fb::CommandItem>> items;
    std::uint64_t request_id = 0;
};

RequestWriter::RequestWriter() : state_(std::make_unique<State>()) {}
RequestWriter::~RequestWriter() = default;
RequestWriter::RequestWriter(RequestWriter&&) noexcept = default;
RequestWriter& RequestWriter::operator=(RequestWriter&&) noexcept = default;

void RequestWriter::begin(std::uint64_t request_id) {
    state_->builder.Clear();
    state_->items.clear();
    state_->request_id = request_id;
}

void RequestWriter::add(const matching::Command& command) {
    Builder& builder = state_->builder;
    const auto kind = static_cast<fb::Command>(command.index() + 1);
    const Body body = std::visit([&builder](const auto& c) { return write_body(builder, c); }, command);
    state_->items.push_back(fb::CreateCommandItem(builder, kind, body));
}

void RequestWriter::add(const command::Offer& offer) {
    Builder& builder = state_->builder;
    state_->items.push_back(fb::CreateCommandItem(builder, fb::Command::Offer, write_body(builder, offer)));
}

std::span<const std::byte> RequestWriter::finish() {
    Builder& builder = state_->builder;
    const auto commands = builder.CreateVector(state_->items);
    fb::FinishRequestBuffer(builder, fb::CreateRequest(builder, state_->request_id, commands));
    return {reinterpret_cast<const std::byte*>(builder.GetBufferPointer()), builder.GetSize()};
}

std::span<const std::byte> RequestWriter::write(std::uint64_t request_id, const matching::Command& command) {
    begin(request_id);
    add(command);
    return finish();
}

}  // namespace tiebreak::wire
