// SPDX-License-Identifier: Apache-2.0
#include "measure/session.h"

#include <algorithm>
#include <utility>

#include "joulecast/error.h"
#include "measure/liveness.h"

namespace joulecast {
namespace {

/// Half of what the meter bears: a reading that comes late still comes in time.
std::optional<Session::Time> DueTime(const Meter& meter, const Reading& latest) {
  const auto gap = meter.longest_gap();
  if (!gap) return std::nullopt;
  return latest.at + std::chrono::duration_cast<std::chrono::steady_clock::duration>(*gap / 2);
}

}  // namespace

Session::Session(MeterSet meters, Clock& clock)
    : meters_(meters), clock_(clock), start_(meters.size()), latest_(meters.size()) {
  if (meters.empty()) {
    throw Error(ErrorKind::kDevice, "no meter works here; see joulecast doctor");
  }
}

void Session::ReadInto(std::vector<Reading>& readings) {
  for (std::size_t i = 0; i < meters_.size(); ++i) meters_[i]->Read(readings[i]);
}

void Session::Start() {
  const std::lock_guard lock(mutex_);
  ReadInto(start_);
  latest_ = start_;
  started_ = clock_.Now();
}

std::optional<Session::Time> Session::NextDue() const {
  const std::lock_guard lock(mutex_);
  std::optional<Time> next;
  for (std::size_t i = 0; i < meters_.size(); ++i) {
    const auto due = DueTime(*meters_[i], latest_[i]);
    if (due) next = next ? std::min(*next, *due) : *due;
  }
  return next;
}

void Session::ReadDue() {
  const std::lock_guard lock(mutex_);
  for (std::size_t i = 0; i < meters_.size(); ++i) {
    const auto due = DueTime(*meters_[i], latest_[i]);
    if (due && *due <= clock_.Now()) meters_[i]->Read(latest_[i]);
  }
}

MeasuredWindow Session::Stop() {
  const std::lock_guard lock(mutex_);
  MeasuredWindow window{.duration = clock_.Now() - started_};
  ReadInto(latest_);
  for (std::size_t i = 0; i < meters_.size(); ++i) {
    window.meters.push_back(JudgeMeter(*meters_[i], start_[i], latest_[i]));
    RejectStopped(*meters_[i], window.meters.back(), clock_);
  }
  return window;
}

}  // namespace joulecast
