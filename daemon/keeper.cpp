#include "daemon/keeper.hpp"

#include <chrono>
#include <utility>

#include "daemon/log.hpp"

namespace tiebreak::daemon {
namespace {

constexpr std::chrono::seconds interval{1};

}  // namespace

Keeper::Keeper(SignOfLife& sign, Clock& clock, Metrics& metrics) : sign_(sign), clock_(clock), metrics_(metrics) {}

void Keeper::run() {
    std::unique_lock lock(mutex_);
    while (!wake_.wait_for(lock, interval, [this] { return finish_; })) {
        lock.unlock();
        look();
        lock.lock();
    }
}

void Keeper::finish() noexcept {
    {
        const std::scoped_lock lock(mutex_);
        finish_ = true;
    }
    wake_.notify_one();
}

void Keeper::look() {
    // Where nothing can run out, nobody has to know how long it was down.
    if (metrics_.loop.next_deadline_ns.get() != 0) give_sign();
}

void Keeper::give_sign() {
    const auto error = sign_.live(clock_.wall_ns());
    (error ? metrics_.keeper.signs_of_life_failed : metrics_.keeper.signs_of_life).add();
    if (std::exchange(sign_fails_, bool{error}) == bool{error}) return;
    if (error) {
        log::warning("the sign of life can't be written (" + error.message() + "): an outage would count from the one before");
    } else {
        log::info("the sign of life can be written again");
    }
}

}  // namespace tiebreak::daemon
