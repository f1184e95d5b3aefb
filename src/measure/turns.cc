// SPDX-License-Identifier: Apache-2.0
#include "measure/turns.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <exception>
#include <utility>

#include "base/statistics.h"
#include "measure/guard.h"

namespace joulecast {
namespace {

/// A meter that fails so often in a row will not come back.
constexpr std::size_t kHopeless = 3;
/// Windows are planned longer than needed by this much, since runs do not all take the same time.
constexpr double kReserve = 1.1;
/// What a run is taken for where the clock does not see it.
constexpr Seconds kShortestRun(1e-9);

std::vector<double> EnergiesPerRun(const std::vector<Repeat>& repeats) {
  std::vector<double> energies_j;
  for (const Repeat& repeat : repeats) {
    if (!repeat.rejected.empty()) continue;
    energies_j.push_back(repeat.sum.energy->value() / static_cast<double>(repeat.runs));
  }
  return energies_j;
}

}  // namespace

Turns::Turns(Workload& workload, Session& session, const SumPlan& plan, Seconds window_length,
             const ProtocolOptions& options)
    : workload_(workload),
      session_(session),
      plan_(plan),
      window_length_(window_length),
      options_(options) {
  result_.name = workload.name();
}

void Turns::RunOnce(std::int64_t times) {
  workload_.Run(times);
  workload_.Synchronize();
}

void Turns::WarmUp() {
  Clock& clock = session_.clock();
  const auto started = clock.Now();
  Seconds fastest = Seconds::max();
  for (std::int64_t run = 0; run < std::max<std::int64_t>(options_.warm_up_runs, 1); ++run) {
    const auto before = clock.Now();
    RunOnce(1);
    fastest = std::min<Seconds>(fastest, clock.Now() - before);
    if (clock.Now() - started >= 2 * window_length_) break;
  }
  // What is shorter than a microsecond was mostly the clock: the first window tells better.
  pace_ = std::max(fastest, Seconds(1e-6));
}

std::int64_t Turns::FillWindow() {
  Clock& clock = session_.clock();
  const auto started = clock.Now();
  std::int64_t runs = 0;
  for (Seconds passed{0}; passed < window_length_; passed = clock.Now() - started) {
    if (runs > 0) pace_ = std::max(passed / runs, kShortestRun);
    const double more = std::ceil(kReserve * ((window_length_ - passed) / *pace_));
    RunOnce(static_cast<std::int64_t>(more));
    runs += static_cast<std::int64_t>(more);
  }
  return runs;
}

Repeat Turns::MeasureWindow(const ProtocolHooks& hooks) {
  Repeat repeat{.before = hooks.conditions()};
  RunOnce(1);  // what other workloads pushed out of caches and pools comes back
  session_.Start();
  {
    const Guard guard(session_, kReserve * window_length_);
    repeat.runs = FillWindow();
    repeat.window = session_.Stop();
  }
  repeat.after = hooks.conditions();
  repeat.sum = Sum(session_.meters(), plan_, repeat.window, {});
  if (!repeat.sum.energy) repeat.rejected = repeat.sum.failure;
  return repeat;
}

void Turns::Take(const ProtocolHooks& hooks, std::size_t index) {
  try {
    if (!pace_) WarmUp();
    if (options_.cool_down > Seconds::zero()) session_.clock().Sleep(options_.cool_down);
    result_.repeats.push_back(MeasureWindow(hooks));
  } catch (const std::exception& error) {
    result_.outcome = Outcome::kFailed;
    result_.reason = error.what();
    finished_ = true;
    return;
  }
  const Repeat& repeat = result_.repeats.back();
  if (hooks.on_repeat) hooks.on_repeat(index, repeat);
  Decide();
}

void Turns::Decide() {
  const Repeat& latest = result_.repeats.back();
  rejected_in_a_row_ = latest.sum.energy ? 0 : rejected_in_a_row_ + 1;
  const std::vector<double> energies_j = EnergiesPerRun(result_.repeats);
  const auto error = RelativeStandardError(energies_j);
  if (rejected_in_a_row_ == kHopeless) {
    result_.outcome = Outcome::kFailed;
    result_.reason = fmt::format("{} windows in a row: {}", kHopeless, latest.rejected);
  } else if (energies_j.size() >= options_.fewest_repeats && error &&
             *error <= options_.relative_error) {
    result_.outcome = Outcome::kSettled;
  } else if (result_.repeats.size() >= options_.most_repeats) {
    result_.outcome = energies_j.empty() ? Outcome::kFailed : Outcome::kScattered;
    result_.reason =
        fmt::format("{} windows, of which {} count", result_.repeats.size(), energies_j.size());
    if (error) result_.reason += fmt::format("; standard error {:.2g} % of the mean", 100 * *error);
  } else {
    return;
  }
  finished_ = true;
}

WorkloadResult Turns::Result(const Baseline& baseline) && {
  std::vector<double> nets_j;
  std::vector<double> times_s;
  for (Repeat& repeat : result_.repeats) {
    repeat.sum = Sum(session_.meters(), plan_, repeat.window, baseline);
    if (!repeat.rejected.empty()) continue;
    const auto runs = static_cast<double>(repeat.runs);
    times_s.push_back(repeat.window.duration.count() / runs);
    if (repeat.sum.net) nets_j.push_back(repeat.sum.net->value() / runs);
  }
  const std::vector<double> energies_j = EnergiesPerRun(result_.repeats);
  if (const auto mean = Mean(energies_j)) result_.energy = Joules(*mean);
  if (const auto mean = Mean(times_s)) result_.time = Seconds(*mean);
  if (!nets_j.empty() && nets_j.size() == energies_j.size()) result_.net = Joules(*Mean(nets_j));
  result_.relative_standard_error = RelativeStandardError(energies_j);
  if (!finished_) result_.reason = "stopped before it was settled";
  return std::move(result_);
}

}  // namespace joulecast
