// SPDX-License-Identifier: Apache-2.0
#include "measure/guard.h"

namespace joulecast {
namespace {

/// A window may take this much longer than expected without a guard.
constexpr double kMargin = 4;

bool IsNeeded(const Session& session, std::optional<Seconds> expected) {
  const auto due = session.NextDue();
  return due && (!expected || session.clock().Now() + kMargin * *expected > *due);
}

}  // namespace

Guard::Guard(Session& session, std::optional<Seconds> expected) : session_(session) {
  if (IsNeeded(session, expected)) thread_ = std::thread([this] { Loop(); });
}

Guard::~Guard() {
  if (!thread_.joinable()) return;
  {
    const std::lock_guard lock(mutex_);
    stop_ = true;
  }
  wake_.notify_one();
  thread_.join();
}

void Guard::Loop() {
  std::unique_lock lock(mutex_);
  while (!stop_) {
    const auto due = session_.NextDue();
    if (wake_.wait_until(lock, *due, [this] { return stop_; })) return;
    session_.ReadDue();
  }
}

}  // namespace joulecast
