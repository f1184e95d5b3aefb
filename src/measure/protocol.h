// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "measure/conditions.h"
#include "measure/energy_sum.h"
#include "measure/idle.h"

namespace joulecast {

/// Something that can be run again and again: a layer, a network.
class Workload {
 public:
  virtual ~Workload() = default;
  virtual std::string name() const = 0;
  /// Starts so many runs, one after the other. What it throws makes this workload a failed one.
  virtual void Run(std::int64_t times) = 0;
  /// Returns once all started runs are done: a device may still be at work when `Run` returns.
  virtual void Synchronize() = 0;
};

struct ProtocolOptions {
  std::int64_t warm_up_runs = 10;  ///< fewer if they take longer than two windows
  /// Repeats end once the standard error of the mean energy is this part of the mean.
  double relative_error = 0.01;
  std::size_t fewest_repeats = 3;
  std::size_t most_repeats = 30;
  Seconds idle{0};       ///< of the windows at rest before and after all; zero: none
  Seconds cool_down{0};  ///< pause before each window
};

/// One window of one workload.
struct Repeat {
  std::int64_t runs = 0;
  MeasuredWindow window;
  EnergySum sum;  ///< net of it is known only at the end, with the idle window after
  Conditions before;
  Conditions after;
  std::string rejected;  ///< why it does not count; empty if it does
};

/// Written to disk: never rename.
enum class Outcome {
  kSettled,    ///< "settled": as precise as was asked for
  kScattered,  ///< "scattered": measured as often as allowed, and less precise than asked for
  kFailed,     ///< "failed": it threw, or its windows have no energy
  kStopped,    ///< "stopped": the caller asked for the end before that
};
std::string_view Name(Outcome outcome);

struct WorkloadResult {
  std::string name;
  Outcome outcome = Outcome::kStopped;
  std::string reason;  ///< why it is not settled
  std::vector<Repeat> repeats;
  // Of one run, over the repeats that count.
  std::optional<Joules> energy;
  std::optional<Joules> net;
  std::optional<Seconds> time;
  std::optional<double> relative_standard_error;  ///< of `energy`; needs two repeats
};

struct ProtocolResult {
  SumPlan plan;
  Seconds window_length{0};
  Baseline baseline;
  std::vector<WorkloadResult> workloads;  ///< as they were given
};

/// What a caller may watch and decide while it lasts.
struct ProtocolHooks {
  std::function<Conditions()> conditions = [] { return ReadConditions(); };
  /// After each window, so that nothing measured is lost; the index is the workload's.
  std::function<void(std::size_t index, const Repeat& repeat)> on_repeat;
  /// Asked before each window; true ends everything with what there is.
  std::function<bool()> stop;
};

/// Measures workloads by turns, so that what drifts (heat, clocks, neighbours) meets all of them.
/// Each is warmed up, then has windows of as many runs as the meters' ticks need, until its mean
/// is precise or there were enough. Throws Error{kDevice} if there is no meter.
ProtocolResult Measure(MeterSet meters, std::span<const std::unique_ptr<Workload>> workloads,
                       const ProtocolOptions& options, Clock& clock,
                       const ProtocolHooks& hooks = {});

}  // namespace joulecast
