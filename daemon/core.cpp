#include "daemon/core.hpp"

#include <span>
#include <string>
#include <utility>

#include "daemon/log.hpp"
#include "daemon/recovery.hpp"

namespace tiebreak::daemon {

Core::Core(const Config& config, Disk& disk, Clock& clock, CommitListener& listener)
    : Core(config, disk, clock, listener, Seams{}) {}

Core::Core(const Config& config, Disk& disk, Clock& clock, CommitListener& listener, Seams seams)
    : config_(config), disk_(disk), clock_(clock), time_(clock), listener_(listener), seams_(std::move(seams)), passage_(config.limits) {}

Core::~Core() { close(); }

void Core::close() {
    keeper_.reset();
    snapshots_.reset();
    turn_.reset();
    archive_.reset();
    processor_.reset();
    sign_.reset();
    journal_.reset();
    opened_.reset();
}

std::optional<StartFailure> Core::open() {
    JournalOptions options;
    options.segment_bytes = config_.segment_bytes;
    // The longest record: the longest request with every command but one skipped (command_record.hpp).
    options.payload_bytes_max = config_.limits.message_bytes_max + 4 * (1 + config_.limits.batch_commands_max);
    options.buffer_bytes_max = config_.journal_buffer_bytes_max;
    options.disk_free_bytes_min = config_.disk_free_bytes_min;
    options.first_position_needed = 0;  // recovery sees what a snapshot makes dispensable
    options.on_segment_sealed = [this] {
        if (snapshots_) snapshots_->on_segment_sealed();
    };
    options.random = seams_.random;
    auto journal = Journal::open(disk_, config_.data, options);
    if (!journal) return failure_of(journal.error());
    for (const std::string& remark : (*journal)->remarks()) log::info(remark);
    opened_ = std::move(*journal);
    return std::nullopt;
}

std::optional<StartFailure> Core::recover() {
    epoch_ = opened_->epoch();
    feed_.emplace(epoch_, metrics_, config_.deadline_events_wait_for);
    history_.emplace(epoch_, config_.limits.history_bytes_max);
    const auto recovered =
        daemon::recover(*opened_, engine_, *feed_, history_log_, *history_, config_.limits.history_bytes_max, seams_.recovery_reads_on);
    if (!recovered) return failure_of(recovered.error());
    for (const std::string& remark : recovered->remarks) log::warning(remark);
    snapshot_position_ = recovered->snapshot_position;
    snapshot_bytes_ = recovered->snapshot_bytes;
    log::info("recovered " + std::to_string(recovered->commands) + " commands from " + config_.data.string() +
              (snapshot_position_ == 0 ? "" : ", those up to record " + std::to_string(snapshot_position_) + " from a snapshot"));
    first_stamp_ns_ = recovered->first_stamp_ns;
    passage_.durable_position.store(recovered->last_position, std::memory_order_seq_cst);
    metrics_.loop.last_stamp_ns.set(static_cast<std::uint64_t>(engine_.now()));

    auto commit = GroupCommit::open(std::move(opened_), listener_);
    if (!commit) return failure_of(commit.error());
    journal_ = std::move(*commit);
    if (!recovered->has_genesis) {
        if (!journal_->append(RecordKind::genesis, clock_.wall_ns(), std::span<const std::byte>{})) {
            return StartFailure{exit_disk, "the journal takes no record"};
        }
    }
    auto sign = SignOfLife::open(disk_, config_.data);
    if (!sign) return failure_of(sign.error());
    sign_.emplace(std::move(*sign));
    for (const std::string& remark : sign_->remarks()) log::warning(remark);
    return std::nullopt;
}

std::optional<StartFailure> Core::bridge() {
    const OutageOptions options{config_.outage, config_.limits, config_.ceiling_ms * 1'000'000};
    const auto report = daemon::bridge_outage({engine_, *feed_, history_log_, *history_, *journal_, *sign_}, options,
                                              first_stamp_ns_, time_.wall_ns());
    if (!report) return failure_of(report.error());
    first_stamp_ns_ = report->first_stamp_ns;
    standing_ceiling_ns_ = report->ceiling_ns;
    metrics_.keeper.outage_ns.set(static_cast<std::uint64_t>(report->outage.until_ns - report->outage.from_ns));
    metrics_.keeper.outage_windows_extended.set(report->extended);
    for (const std::string& line : report->lines()) log::info(line);
    time_.begin_at(first_stamp_ns_, config_.clock_behind_max_ms * 1'000'000);
    return std::nullopt;
}

void Core::serve(FeedOutlet& outlet) {
    feed_->send_to(&outlet);
    ceiling_.emplace(config_.ceiling_ms * 1'000'000, standing_ceiling_ns_);
    processor_.emplace(Processor::Options{config_.limits, config_.clock_behind_max_ms * 1'000'000}, engine_, *feed_,
                       *journal_, *ceiling_, clock_, metrics_);
    processor_->publish_sizes();
    if (log::is_on(log::Level::info)) {
        event_log_.emplace(log::is_on(log::Level::debug), passage_, metrics_, log::write);
        history_->watch([this](std::uint64_t sequence, std::span<const std::byte> body) { event_log_->take(sequence, body); });
    }
    archive_.emplace(ArchiveOptions{config_.limits, epoch_, time_.wall_ns(), seams_.archive_waits, event_log_ ? &*event_log_ : nullptr}, *history_,
                     history_log_, *journal_, passage_, bell_, time_, metrics_);
    turn_.emplace(config_.spin_us * 1'000, engine_, *processor_, *feed_, history_log_, passage_, bell_, *ceiling_, time_,
                  metrics_);
    const auto deadline_ns = engine_.next_deadline();
    metrics_.loop.next_deadline_ns.set(deadline_ns ? static_cast<std::uint64_t>(*deadline_ns) : 0);
    keeper_.emplace(KeeperOptions{config_.clock_behind_max_ms * 1'000'000, config_.data, config_.disk_free_bytes_min, config_.segment_bytes},
                    disk_, *sign_, time_, metrics_);
    snapshots_.emplace(journal_->journal(),
                       SnapshotOptions{config_.limits.snapshot_after_bytes, config_.old_segments, config_.limits.history_bytes_max,
                                       config_.disk_free_bytes_min, seams_.between_removals},
                       snapshot_position_, snapshot_bytes_, static_cast<SnapshotKeeper::Listener&>(*this), metrics_);
}

void Core::on_snapshot_news(const std::string& sentence) { log::info(sentence); }
void Core::on_snapshot_trouble(const std::string& sentence) { log::warning(sentence); }
void Core::on_snapshot_fault(const Fault& fault) { journal_->fail(fault); }

void Core::finish() {
    const matching::Instant next_ns = engine_.now() + 1;
    (void)journal_->append(RecordKind::ceiling, next_ns, std::span<const std::byte>{});
    journal_->flush_and_stop();
    feed_->on_durable(passage_.durable_position.load(std::memory_order_seq_cst));
    // Of a clean stop it is known to the moment. After a fault the disk is left alone.
    if (!journal_->fault() && !sign_->live(time_.wall_ns())) (void)sign_->sync();
}

}  // namespace tiebreak::daemon
