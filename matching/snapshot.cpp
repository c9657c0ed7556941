// The whole state as bytes, and back. What can be derived (indexes, deadlines, rank orders, shared lists) is made anew.
#include <map>
#include <unordered_map>

#include "matching/archive.hpp"
#include "matching/engine_state.hpp"

namespace tiebreak::matching {

// The last value of every enum that is kept. Each is unsigned and counts from 0.
constexpr StageKind last_word(StageKind) { return StageKind::confirm; }
constexpr CloseRule last_word(CloseRule) { return CloseRule::first_offer; }
constexpr CriterionKind last_word(CriterionKind) { return CriterionKind::citizen_choice; }
constexpr AlternativeCondition last_word(AlternativeCondition) { return AlternativeCondition::top_up; }
constexpr ApprovalBefore last_word(ApprovalBefore) { return ApprovalBefore::opening; }
constexpr Requirement last_word(Requirement) { return Requirement::price; }
constexpr CloseCause last_word(CloseCause) { return CloseCause::first_offer; }
constexpr Phase last_word(Phase) { return Phase::cancelled; }
constexpr OfferState last_word(OfferState) { return OfferState::left_out; }
constexpr Answer last_word(Answer) { return Answer::declined; }

// Every field of every value that is kept. A field that is added to a value is added here, and the format's number raised.
template <typename Archive>
void fields(Archive& ar, Audience& a) {
    archive(ar, a.roles, a.zone, a.scheme, a.confirmed);
}
template <typename Archive>
void fields(Archive& ar, Stage& s) {
    archive(ar, s.name, s.audience, s.kind, s.window_ns, s.windows, s.close);
}
template <typename Archive>
void fields(Archive& ar, Criterion& c) {
    archive(ar, c.kind, c.from_ns, c.until_ns, c.choice_window_ns, c.alternative);
}
template <typename Archive>
void fields(Archive& ar, Approval& a) {
    archive(ar, a.role, a.over_pence, a.before);
}
template <typename Archive>
void fields(Archive& ar, RatingRule& r) {
    archive(ar, r.baseline_ns, r.before, r.after);
}
template <typename Archive>
void fields(Archive& ar, Obligation& o) {
    archive(ar, o.role, o.min_offered, o.min_awarded);
}
template <typename Archive>
void fields(Archive& ar, Membership& m) {
    archive(ar, m.role, m.zone, m.scheme);
}
template <typename Archive>
void fields(Archive& ar, Rating& r) {
    archive(ar, r.source, r.date_ns, r.score);
}

namespace command {

template <typename Archive>
void fields(Archive& ar, Procedure& p) {
    archive(ar, p.id, p.title, p.source, p.stages, p.ranking, p.approvals, p.requires_, p.rating_rule, p.obligations);
}
template <typename Archive>
void fields(Archive& ar, Provider& p) {
    archive(ar, p.id, p.name, p.memberships, p.services, p.capabilities, p.quality, p.ratings, p.feedback, p.cqc,
            p.suspended, p.vacancies);
}
template <typename Archive>
void fields(Archive& ar, Package& p) {
    archive(ar, p.id, p.procedure, p.zone, p.service, p.scheme, p.needs, p.urgency, p.window_ns, p.value_pence,
            p.start_from_ns, p.start_by_ns, p.direct_payment, p.standard_fee_pence);
}

}  // namespace command

namespace {

constexpr std::uint32_t snapshot_format = 1;

}  // namespace

// The lists of invited providers, each once however many packages share it. Told apart by what they say, not by where
// they lie, so that an engine that was loaded saves the same bytes as one that was not.
class Engine::State::InvitedTable {
public:
    using Guests = std::vector<std::pair<ProviderIndex, std::uint32_t>>;

    explicit InvitedTable(const Providers& providers) : providers_(providers) {}

    void refer(ByteWriter& out, const std::shared_ptr<const Invited>& invited) {
        std::uint32_t number = invited == nullptr ? no_index : number_of(*invited);
        archive(out, number);
    }
    void refer(ByteReader& in, std::shared_ptr<const Invited>& invited) {
        std::uint32_t number = no_index;
        archive(in, number);
        if (number == no_index) return;
        if (number >= lists_.size()) return in.fail();
        invited = lists_[number];
    }

    // After the packages are written: the lists that they refer to.
    void save(ByteWriter& out) { archive(out, guests_); }
    void load(ByteReader& in) {
        archive(in, guests_);
        for (const Guests& guests : guests_) {
            std::vector<Invited::Guest> list;
            for (const auto& [provider, role] : guests) {
                if (provider >= providers_.size()) return in.fail();
                list.push_back({provider, role, providers_.id(provider)});
            }
            lists_.push_back(std::make_shared<const Invited>(std::move(list)));
        }
    }

private:
    std::uint32_t number_of(const Invited& invited) {
        const auto [known, is_new] = by_place_.try_emplace(&invited, 0);
        if (!is_new) return known->second;
        Guests guests;
        for (Seat seat = 0; seat < invited.size(); ++seat)
            guests.emplace_back(invited.at(seat).provider, invited.at(seat).role);
        const auto next = static_cast<std::uint32_t>(guests_.size());
        const auto [same, is_first] = by_content_.try_emplace(guests, next);
        if (is_first) guests_.push_back(std::move(guests));
        return known->second = same->second;
    }

    const Providers& providers_;
    std::unordered_map<const Invited*, std::uint32_t> by_place_;  // looked up only, never gone through
    std::map<Guests, std::uint32_t> by_content_;
    std::vector<Guests> guests_;
    std::vector<std::shared_ptr<const Invited>> lists_;
};

void Engine::State::save_providers(ByteWriter& out) {
    std::uint64_t count = providers_.size();
    archive(out, count);
    for (ProviderIndex i = 0; i < count; ++i) archive(out, providers_.at(i).content, providers_.at(i).revision);
}

void Engine::State::load_providers(ByteReader& in) {
    std::uint64_t count = 0;
    archive(in, count);
    for (std::uint64_t i = 0; i < count && in.ok(); ++i) {
        command::Provider content;
        std::uint64_t revision = 0;
        archive(in, content, revision);
        const auto put = providers_.put(content);
        if (put.provider != i) return in.fail();
        providers_.at(put.provider).revision = revision;
    }
}

void Engine::State::save_offers(ByteWriter& out) {
    std::uint64_t count = offers_.size();
    archive(out, count);
    for (OfferIndex i = 0; i < count; ++i) {
        OfferRecord& record = offers_.at(i);
        std::string id{record.id()};
        std::optional<std::string> landlord;
        if (const auto text = offers_.landlord(record)) landlord = *text;
        archive(out, id, landlord, record.arrival_ns, record.start_ns, record.price_pence, record.package,
                record.provider, record.supersedes, record.stage, record.state);
    }
}

void Engine::State::load_offers(ByteReader& in) {
    std::uint64_t count = 0;
    archive(in, count);
    std::string id;
    for (std::uint64_t i = 0; i < count && in.ok(); ++i) {
        OfferRecord record;
        std::optional<std::string> landlord;
        archive(in, id, landlord, record.arrival_ns, record.start_ns, record.price_pence, record.package,
                record.provider, record.supersedes, record.stage, record.state);
        if (!in.ok() || record.provider >= providers_.size() || id.size() > OfferRecord::id_bytes_max) return in.fail();
        offers_.add(providers_.at(record.provider), IdIndex::hash_of(id), id, landlord, record);
    }
}

template <typename Archive>
void Engine::State::archive_package(Archive& ar, PackageRecord& package, InvitedTable& invited) {
    archive(ar, package.stage, package.phase, package.any_refused, package.opened_ns, package.deadline_ns, package.book);
    invited.refer(ar, package.invited);

    Deciding& deciding = package.deciding;
    archive(ar, deciding.closed_ns, deciding.ranking, deciding.shortlist, deciding.chosen, deciding.refused,
            deciding.approval);

    std::uint64_t closed = package.closed.size();
    archive(ar, closed);
    for (std::uint64_t i = 0; i < closed && ar.ok(); ++i) {
        if constexpr (Archive::reading) package.closed.emplace_back();
        ClosedStage& stage = package.closed[i];
        archive(ar, stage.stage, stage.opened_ns, stage.cause, stage.offered, stage.refused, stage.holder);
        invited.refer(ar, stage.invited);
    }
}

void Engine::State::load_packages(ByteReader& in, InvitedTable& invited) {
    std::uint64_t count = 0;
    archive(in, count);
    for (std::uint64_t i = 0; i < count && in.ok(); ++i) {
        command::Package content;
        std::uint32_t revision = 0;
        archive(in, content, revision);
        if (!in.ok() || revision >= procedures_.revisions().size()) return in.fail();
        PackageRecord& package = add_package(content, *procedures_.revisions()[revision]);
        archive_package(in, package, invited);
        if (package.stage >= package.procedure->content.stages.size()) return in.fail();
        package.deciding.order = package.procedure->ranking.order_at(package.deciding.closed_ns);
        if (package.is_open()) open_.insert(package.index);
        if (package.is_open() || package.phase == Phase::choice) deadlines_.add(package.deadline_ns, package.index);
    }
}

template <typename Archive>
void Engine::State::archive_counters(Archive& ar) {
    archive(ar, now_ns_, sequence_, live_, waiting_, awards_);
}

void Engine::State::save(std::string& bytes) {
    ByteWriter out(bytes);
    std::uint32_t format = snapshot_format;
    archive(out, format);
    archive_counters(out);

    std::uint64_t revisions = procedures_.revisions().size();
    archive(out, revisions);
    for (const auto& revision : procedures_.revisions()) archive(out, revision->content);
    save_providers(out);
    save_offers(out);

    InvitedTable invited(providers_);
    std::string packages;  // after the lists that they refer to
    ByteWriter to_packages(packages);
    std::uint64_t count = packages_.size();
    archive(to_packages, count);
    for (std::size_t i = 0; i < count; ++i) {
        PackageRecord& package = packages_[i];
        std::uint32_t revision = package.procedure->number;
        archive(to_packages, package.content, revision);
        archive_package(to_packages, package, invited);
    }
    invited.save(out);
    out.bytes(packages.data(), packages.size());
}

bool Engine::State::load(std::string_view bytes) {
    ByteReader in(bytes);
    std::uint32_t format = 0;
    archive(in, format);
    if (format != snapshot_format) return false;
    archive_counters(in);

    std::uint64_t revisions = 0;
    archive(in, revisions);
    for (std::uint64_t i = 0; i < revisions && in.ok(); ++i) {
        command::Procedure content;
        archive(in, content);
        if (procedures_.put(content) == nullptr) return false;
    }
    load_providers(in);
    if (!in.ok()) return false;
    load_offers(in);
    if (!in.ok()) return false;
    InvitedTable invited(providers_);
    invited.load(in);
    if (!in.ok()) return false;
    load_packages(in, invited);
    if (!in.ok() || in.left() != 0) return false;
    end();
    return true;
}

}  // namespace tiebreak::matching
