// SPDX-License-Identifier: Apache-2.0
#include "measure/protocol.h"

#include <algorithm>
#include <utility>

#include "measure/probe.h"
#include "measure/turns.h"

namespace joulecast {
namespace {

/// Enough for ten updates of the slowest counters, NVML's.
constexpr Seconds kLongestProbe{1.0};

Seconds ProbedWindowLength(MeterSet meters, Clock& clock) {
  std::vector<MeterProbe> probes;
  for (const auto& meter : meters) probes.push_back(ProbeTicks(*meter, clock, kLongestProbe));
  return WindowLength(meters, probes);
}

/// One window of each workload that is not finished, by turns, until all are or the caller stops.
void TakeTurns(std::span<Turns> all, const ProtocolHooks& hooks) {
  bool goes_on = true;
  while (goes_on) {
    goes_on = false;
    for (std::size_t i = 0; i < all.size(); ++i) {
      if (all[i].finished()) continue;
      if (hooks.stop && hooks.stop()) return;
      all[i].Take(hooks, i);
      goes_on = true;
    }
  }
}

}  // namespace

std::string_view Name(Outcome outcome) {
  switch (outcome) {
    case Outcome::kSettled:
      return "settled";
    case Outcome::kScattered:
      return "scattered";
    case Outcome::kFailed:
      return "failed";
    case Outcome::kStopped:
      break;
  }
  return "stopped";
}

ProtocolResult Measure(MeterSet meters, std::span<const std::unique_ptr<Workload>> workloads,
                       const ProtocolOptions& options, Clock& clock, const ProtocolHooks& hooks) {
  Session session(meters, clock);
  ProtocolResult result{.plan = PlanSum(meters),
                        .window_length = ProbedWindowLength(meters, clock)};
  std::vector<Turns> all;
  for (const auto& workload : workloads) {
    all.emplace_back(*workload, session, result.plan, result.window_length, options);
  }
  const auto idle = [&] {
    return MeasureIdle(session, options.idle, [&](Seconds time) { clock.Sleep(time); });
  };
  if (options.idle > Seconds::zero()) result.baseline.before = idle();
  TakeTurns(all, hooks);
  if (options.idle > Seconds::zero()) result.baseline.after = idle();
  for (Turns& one : all) result.workloads.push_back(std::move(one).Result(result.baseline));
  return result;
}

}  // namespace joulecast
