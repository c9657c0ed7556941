#include "wire/reply.hpp"
#include "wire/schema/reply_generated.h"
#include "wire/verified.hpp"

namespace tiebreak::wire {

std::optional<std::string> ReplyReader::open(std::span<const std::byte> message) {
    request_id_ = 0;
    code_ = {};
    detail_ = {};
    replies_.clear();
    const auto* const reply = verified_copy<fb::Reply>(message, reply_identifier, buffer_);
    if (reply == nullptr) return "the message is no sound " + std::string{reply_identifier} + " reply";
    request_id_ = reply->request_id();
    code_ = view_of(reply->code());
    detail_ = view_of(reply->detail());
    if (reply->replies() == nullptr) return std::nullopt;
    replies_.reserve(reply->replies()->size());
    for (const fb::CommandReply* one : *reply->replies()) {
        CommandReplyView view;
        view.arrival_ns = one->arrival_ns();
        view.sequence = one->sequence();
        view.code = view_of(one->code());
        view.detail = view_of(one->detail());
        view.duplicate = one->duplicate();
        view.withdrawn = one->withdrawn();
        if (const auto first = one->first_arrival_ns()) view.first_arrival_ns = *first;
        replies_.push_back(view);
    }
    return std::nullopt;
}

}  // namespace tiebreak::wire
