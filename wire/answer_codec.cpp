#include "wire/query.hpp"
#include "wire/schema/answer_generated.h"
#include "wire/verified.hpp"

namespace tiebreak::wire {
namespace {

using flatbuffers::Offset;
using Builder = flatbuffers::FlatBufferBuilder;

Offset<flatbuffers::Vector<std::uint8_t>> bytes(Builder& builder, std::span<const std::byte> value) {
    // A buffer within a buffer: aligned, so that it can be read in place.
    builder.ForceVectorAlignment(value.size(), 1, 8);
    return builder.CreateVector(reinterpret_cast<const std::uint8_t*>(value.data()), value.size());
}

std::span<const std::byte> bytes(const flatbuffers::Vector<std::uint8_t>* value) {
    if (value == nullptr) return {};
    return {reinterpret_cast<const std::byte*>(value->data()), value->size()};
}

Offset<void> write_body(Builder&, std::monostate) { return 0; }

Offset<void> write_body(Builder& builder, const answer::Status& a) {
    std::vector<Offset<fb::Figure>> figures;
    for (const answer::Figure& figure : a.figures) {
        figures.push_back(
            fb::CreateFigure(builder, builder.CreateString(figure.name.data(), figure.name.size()), figure.value));
    }
    const auto version = builder.CreateString(a.version.data(), a.version.size());
    const auto list = builder.CreateVector(figures);
    flatbuffers::Optional<std::int64_t> next_deadline_ns;
    if (a.next_deadline_ns) next_deadline_ns = *a.next_deadline_ns;
    return fb::CreateStatusAnswer(builder, version, a.epoch, a.now_ns, a.started_ns, a.last_stamp_ns, next_deadline_ns,
                                  a.last_sequence, a.last_position, a.durable_position, a.procedures, a.providers,
                                  a.packages, a.packages_open, a.packages_waiting, a.offers, a.offers_live, a.awards,
                                  list)
        .Union();
}

Offset<void> write_body(Builder& builder, const answer::History& a) {
    std::vector<Offset<fb::HistoryEvent>> events;
    events.reserve(a.events.size());
    for (const answer::HistoryEvent& event : a.events) {
        const auto body = bytes(builder, event.body);
        events.push_back(fb::CreateHistoryEvent(builder, event.topic_sequence, event.sequence, body));
    }
    return fb::CreateHistoryAnswer(builder, builder.CreateVector(events), a.complete, a.next_after, a.epoch,
                                   a.last_topic_sequence, a.last_sequence)
        .Union();
}

Offset<void> write_body(Builder& builder, const answer::Export& a) {
    std::vector<Offset<fb::ExportRecord>> records;
    records.reserve(a.records.size());
    for (const answer::ExportRecord& record : a.records) {
        Offset<flatbuffers::Vector<std::uint32_t>> skipped;
        if (!record.skipped.empty()) skipped = builder.CreateVector(record.skipped);
        const auto payload = bytes(builder, record.payload);
        records.push_back(fb::CreateExportRecord(builder, record.position, record.stamp_ns, skipped, payload));
    }
    return fb::CreateExportAnswer(builder, builder.CreateVector(records), a.last_position, a.end).Union();
}

answer::Status read(const fb::StatusAnswer& t) {
    answer::Status a;
    a.version = view_of(t.version());
    a.epoch = t.epoch();
    a.now_ns = t.now_ns();
    a.started_ns = t.started_ns();
    a.last_stamp_ns = t.last_stamp_ns();
    if (const auto deadline = t.next_deadline_ns()) a.next_deadline_ns = *deadline;
    a.last_sequence = t.last_sequence();
    a.last_position = t.last_position();
    a.durable_position = t.durable_position();
    a.procedures = t.procedures();
    a.providers = t.providers();
    a.packages = t.packages();
    a.packages_open = t.packages_open();
    a.packages_waiting = t.packages_waiting();
    a.offers = t.offers();
    a.offers_live = t.offers_live();
    a.awards = t.awards();
    for (unsigned i = 0; t.figures() != nullptr && i < t.figures()->size(); ++i) {
        const fb::Figure& figure = *t.figures()->Get(i);
        a.figures.push_back({view_of(figure.name()), figure.value()});
    }
    return a;
}

answer::History read(const fb::HistoryAnswer& t) {
    answer::History a;
    for (unsigned i = 0; t.events() != nullptr && i < t.events()->size(); ++i) {
        const fb::HistoryEvent& event = *t.events()->Get(i);
        a.events.push_back({event.topic_sequence(), event.sequence(), bytes(event.body())});
    }
    a.complete = t.complete();
    a.next_after = t.next_after();
    a.epoch = t.epoch();
    a.last_topic_sequence = t.last_topic_sequence();
    a.last_sequence = t.last_sequence();
    return a;
}

answer::Export read(const fb::ExportAnswer& t) {
    answer::Export a;
    for (unsigned i = 0; t.records() != nullptr && i < t.records()->size(); ++i) {
        const fb::ExportRecord& record = *t.records()->Get(i);
        answer::ExportRecord& into = a.records.emplace_back();
        into.position = record.position();
        into.stamp_ns = record.stamp_ns();
        if (record.skipped() != nullptr) into.skipped.assign(record.skipped()->begin(), record.skipped()->end());
        into.payload = bytes(record.payload());
    }
    a.last_position = t.last_position();
    a.end = t.end();
    return a;
}

void keep(const Builder& builder, std::vector<std::byte>& buffer) {
    const auto* const first = reinterpret_cast<const std::byte*>(builder.GetBufferPointer());
    buffer.assign(first, first + builder.GetSize());
}

}  // namespace

std::span<const std::byte> AnswerWriter::write(std::uint64_t request_id, const Answer& answer) {
    Builder builder{1'024};
    const Offset<void> body = std::visit([&builder](const auto& a) { return write_body(builder, a); }, answer);
    fb::FinishAnswerBuffer(builder, fb::CreateAnswer(builder, request_id, 0, 0,
                                                     static_cast<fb::AnswerBody>(answer.index()), body));
    keep(builder, buffer_);
    return buffer_;
}

static_assert(static_cast<int>(fb::AnswerBody::StatusAnswer) == 1 &&
              static_cast<int>(fb::AnswerBody::HistoryAnswer) == 2 &&
              static_cast<int>(fb::AnswerBody::ExportAnswer) == 3 && std::variant_size_v<Answer> == 4);

std::span<const std::byte> AnswerWriter::refuse(std::uint64_t request_id, matching::Code code,
                                                std::string_view detail) {
    Builder builder{256};
    const std::string_view sentence = detail.empty() ? matching::code_sentence(code) : detail;
    const std::string_view name = matching::code_name(code);
    const auto code_text = builder.CreateString(name.data(), name.size());
    const auto detail_text = builder.CreateString(sentence.data(), sentence.size());
    fb::FinishAnswerBuffer(builder, fb::CreateAnswer(builder, request_id, code_text, detail_text));
    keep(builder, buffer_);
    return buffer_;
}

std::optional<std::string> AnswerReader::open(std::span<const std::byte> message) {
    request_id_ = 0;
    code_ = {};
    detail_ = {};
    answer_ = std::monostate{};
    const auto* const root = verified_copy<fb::Answer>(message, answer_identifier, buffer_);
    if (root == nullptr) return "the message is no sound " + std::string{answer_identifier} + " answer";
    request_id_ = root->request_id();
    code_ = view_of(root->code());
    detail_ = view_of(root->detail());
    if (const auto* const status = root->answer_as_StatusAnswer()) {
        answer_ = read(*status);
    } else if (const auto* const history = root->answer_as_HistoryAnswer()) {
        answer_ = read(*history);
    } else if (const auto* const exported = root->answer_as_ExportAnswer()) {
        answer_ = read(*exported);
    } else if (code_.empty()) {
        return "the answer has neither a code nor anything that this build knows";
    }
    return std::nullopt;
}

}  // namespace tiebreak::wire
