// Watches the events that one command causes, for its reply, and passes them on.
#pragma once

#include <variant>

#include "matching/events.hpp"
#include "wire/reply.hpp"

namespace tiebreak::daemon {

class ReplyCollector final : public matching::EventSink {
public:
    ReplyCollector(matching::EventSink& next, matching::Instant stamp_ns) noexcept : next_(next) {
        reply_.arrival_ns = stamp_ns;
    }

    void on_event(const matching::Event& event) override {
        if (reply_.sequence == 0) note_first(event);
        next_.on_event(event);
    }

    // No event: the command changed nothing, and was accepted.
    [[nodiscard]] const wire::CommandReply& reply() const noexcept { return reply_; }

private:
    // The first event is the command's own answer; what follows from it comes after.
    void note_first(const matching::Event& event) {
        reply_.sequence = event.sequence;
        if (const auto* rejected = std::get_if<matching::event::Rejected>(&event.body)) {
            reply_.code = rejected->code;  // its sentence is the code's own
        } else if (const auto* accepted = std::get_if<matching::event::OfferAccepted>(&event.body)) {
            reply_.duplicate = accepted->duplicate;
            reply_.withdrawn = accepted->withdrawn;
            if (accepted->duplicate) reply_.first_arrival_ns = accepted->arrival_ns;
        }
    }

    matching::EventSink& next_;
    wire::CommandReply reply_;
};

}  // namespace tiebreak::daemon
