#include <type_traits>

#include "wire/checked_table.hpp"
#include "wire/query.hpp"
#include "wire/schema/query_generated.h"
#include "wire/topics.hpp"
#include "wire/verified.hpp"

namespace tiebreak::wire {
namespace {

using matching::Code;

// The request id of a query that is otherwise not sound; 0 if it can't be had.
std::uint64_t salvage_request_id(std::span<const std::byte> message) {
    const Bytes bytes{message};
    CheckedTable query;
    std::uint64_t request_id = 0;
    const std::size_t root = bytes.follow(0);
    if (root == 0 || !query.open(bytes, root)) return 0;
    return query.scalar(fb::Query::VT_REQUEST_ID, request_id) == Field::present ? request_id : 0;
}

std::optional<Refusal> read(const fb::Query& message, Query& query) {
    if (message.query_type() == fb::QueryBody::NONE) return Refusal{Code::malformed, "query is required"};
    if (message.query_type() > fb::QueryBody::MAX) {
        return Refusal{Code::unsupported, "query is of kind number " +
                                              std::to_string(static_cast<int>(message.query_type())) +
                                              ", which this daemon does not know"};
    }
    if (message.query() == nullptr) return Refusal{Code::malformed, "query is required"};
    if (message.query_as_Status() != nullptr) {
        query = query::Status{};
    } else if (const fb::Export* given = message.query_as_Export()) {
        query = query::Export{given->after_position(), given->bytes_max()};
    } else if (const fb::History* asked = message.query_as_History()) {
        const std::string_view topic = view_of(asked->topic());
        if (!is_topic(topic)) {
            return Refusal{Code::malformed,
                           "topic must be all/, award/, package/ID/, zone/ID/ or provider/ID/, with its last '/'"};
        }
        query = query::History{std::string{topic}, asked->after_sequence(), asked->limit()};
    }
    return std::nullopt;
}

}  // namespace

std::span<const std::byte> QueryWriter::write(std::uint64_t request_id, const Query& query) {
    flatbuffers::FlatBufferBuilder builder{256};
    flatbuffers::Offset<void> body;
    if (const auto* const history = std::get_if<query::History>(&query)) {
        const auto topic = builder.CreateString(history->topic);
        body = fb::CreateHistory(builder, topic, history->after_sequence, history->limit).Union();
    } else if (const auto* const exported = std::get_if<query::Export>(&query)) {
        body = fb::CreateExport(builder, exported->after_position, exported->bytes_max).Union();
    } else {
        body = fb::CreateStatus(builder).Union();
    }
    const auto kind = static_cast<fb::QueryBody>(query.index() + 1);
    fb::FinishQueryBuffer(builder, fb::CreateQuery(builder, request_id, kind, body));
    const auto* const bytes = reinterpret_cast<const std::byte*>(builder.GetBufferPointer());
    buffer_.assign(bytes, bytes + builder.GetSize());
    return buffer_;
}

static_assert(std::is_same_v<std::variant_alternative_t<0, Query>, query::Status> &&
              static_cast<int>(fb::QueryBody::Status) == 1 && static_cast<int>(fb::QueryBody::History) == 2 &&
              static_cast<int>(fb::QueryBody::Export) == 3 && std::variant_size_v<Query> == 3);

std::optional<Refusal> QueryReader::open(std::span<const std::byte> message) {
    request_id_ = 0;
    query_ = query::Status{};
    switch (kind_of(message)) {
        case MessageKind::query: break;
        case MessageKind::wrong_version:
            return Refusal{Code::wrong_version, "the message is " + std::string{identifier_of(message)} +
                                                    "; this daemon speaks " + std::string{query_identifier}};
        default: return Refusal{Code::malformed, "the message is no query: it does not carry the identifier " +
                                                     std::string{query_identifier} + " at byte 4"};
    }
    const auto* const root = verified_copy<fb::Query>(message, query_identifier, buffer_);
    if (root == nullptr) {
        request_id_ = salvage_request_id(message);
        return Refusal{Code::malformed, "the query is damaged: FlatBuffers' Verifier refuses it"};
    }
    request_id_ = root->request_id();
    return read(*root, query_);
}

}  // namespace tiebreak::wire
