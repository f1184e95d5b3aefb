// SPDX-License-Identifier: Apache-2.0
#include "measure/campaign/trial.h"

#include <memory>
#include <nlohmann/json.hpp>

#include "base/json_values.h"
#include "joulecast/error.h"
#include "joulecast/zoo.h"
#include "measure/turns.h"

namespace joulecast {
namespace {

/// A window without an energy is tried again.
constexpr std::size_t kMostWindows = 3;
constexpr std::int64_t kWarmUpRuns = 5;

/// A loaded item as the protocol runs it.
class ItemWorkload : public Workload {
 public:
  ItemWorkload(std::string name, std::unique_ptr<Runnable> runnable)
      : name_(std::move(name)), runnable_(std::move(runnable)) {}

  std::string name() const override { return name_; }
  void Run(std::int64_t times) override {
    for (std::int64_t i = 0; i < times; ++i) runnable_->Run();
  }
  void Synchronize() override { runnable_->Synchronize(); }

 private:
  std::string name_;
  std::unique_ptr<Runnable> runnable_;
};

Subject SubjectOf(const Item& item) {
  if (item.spec) return *item.spec;
  return Net(*BuildZooModel(item.model), {.batch = item.batch});
}

nlohmann::ordered_json EdgesJson(const DomainReading& start, const DomainReading& end) {
  const auto joules = [](const DomainReading& reading) {
    return reading.total ? std::optional(reading.total->value()) : std::nullopt;
  };
  return {{"start_j", OrNull<nlohmann::ordered_json>(joules(start))},
          {"end_j", OrNull<nlohmann::ordered_json>(joules(end))},
          {"start_raw", OrNull<nlohmann::ordered_json>(start.raw)},
          {"end_raw", OrNull<nlohmann::ordered_json>(end.raw)}};
}

}  // namespace

Trial TryItem(const Item& item, const Backend& backend, Session& session, const SumPlan& plan,
              Seconds window_length, const std::function<Conditions()>& conditions) {
  Trial trial;
  const Subject subject = SubjectOf(item);
  if (const auto obstacle = Obstacle(backend, subject)) {
    trial.skipped = *obstacle;
    return trial;
  }
  std::unique_ptr<Runnable> runnable;
  try {
    runnable = backend.Load(subject);
  } catch (const Error& error) {
    trial.skipped = error.what();
    return trial;
  }
  ItemWorkload workload(item.Text(), std::move(runnable));
  const ProtocolOptions options{
      .warm_up_runs = kWarmUpRuns, .fewest_repeats = 1, .most_repeats = kMostWindows};
  const ProtocolHooks hooks{
      .conditions = conditions,
      .on_repeat = [&](std::size_t, const Repeat& one) { trial.windows.push_back(one); }};
  Turns turns(workload, session, plan, window_length, options);
  do {
    turns.Take(hooks, 0);
  } while (!turns.finished() && !trial.windows.empty() && !trial.windows.back().rejected.empty());
  trial.failure =
      trial.windows.empty() ? std::move(turns).Result({}).reason : trial.windows.back().rejected;
  return trial;
}

std::string ReadingsJson(MeterSet meters, const MeasuredWindow& window) {
  nlohmann::ordered_json readings = nlohmann::ordered_json::array();
  for (std::size_t meter = 0; meter < meters.size(); ++meter) {
    const MeterWindow& part = window.meters[meter];
    for (std::size_t domain = 0; domain < part.domains.size(); ++domain) {
      nlohmann::ordered_json entry = {{"domain", Label(meters, {meter, domain})},
                                      {"time_s", part.duration().count()}};
      entry.update(EdgesJson(part.start.domains[domain], part.end.domains[domain]));
      if (!part.domains[domain].energy) entry["failure"] = part.domains[domain].failure;
      readings.push_back(std::move(entry));
    }
  }
  return readings.dump();
}

}  // namespace joulecast
