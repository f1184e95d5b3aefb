// SPDX-License-Identifier: Apache-2.0
#include "measure/campaign/measure_nets.h"

#include "base/statistics.h"
#include "base/text.h"
#include "joulecast/error.h"
#include "joulecast/zoo.h"
#include "measure/campaign/records.h"
#include "measure/campaign/trial.h"
#include "measure/clock.h"

namespace joulecast {
namespace {

std::vector<Item> ItemsOf(const std::vector<std::string>& models,
                          const std::vector<std::int64_t>& batches) {
  std::vector<Item> items;
  for (const std::string& model : models) {
    if (!BuildZooModel(model)) {
      throw Error(ErrorKind::kUsage,
                  "no network '" + Printable(model, 40) + "'; joulecast zoo lists them");
    }
    for (const std::int64_t batch : batches) {
      items.push_back({.block = "nets", .origin = "net-total", .model = model, .batch = batch});
    }
  }
  return items;
}

void AddTrial(Record& record, const Trial& trial) {
  ++record.repetitions;
  record.skipped = !trial.skipped.empty();
  record.reason = trial.skipped + trial.failure;
  if (!record.reason.empty()) return;
  const Repeat& repeat = *trial.repeat();
  const auto runs = static_cast<double>(repeat.runs);
  record.energies_j.push_back(repeat.sum.energy->value() / runs);
  record.times_s.push_back(repeat.window.duration.count() / runs);
}

MeasuredNet Result(const Item& item, const Record& record) {
  MeasuredNet net{.item = item, .reason = record.reason};
  if (record.energies_j.empty()) {
    if (net.reason.empty()) net.reason = "ended before it was measured";
    return net;
  }
  net.energy = Joules(*Median(record.energies_j));
  net.time = Seconds(*Median(record.times_s));
  net.spread = *StandardDeviation(record.energies_j) / *Mean(record.energies_j);
  return net;
}

}  // namespace

MeasuredNets MeasureNets(const std::vector<std::string>& models,
                         const std::vector<std::int64_t>& batches, Seconds window,
                         std::int64_t repetitions, const Bench& bench, const CollectHooks& hooks) {
  const std::vector<Item> items = ItemsOf(models, batches);
  Session session(bench.meters, bench.clock);
  const SumPlan plan = PlanSum(bench.meters);
  std::vector<Record> records(items.size());
  const auto start = bench.clock.Now();
  CampaignProgress progress;
  for (std::int64_t repetition = 0; repetition < repetitions; ++repetition) {
    for (std::size_t i = 0; i < items.size() && !hooks.stop(); ++i) {
      if (records[i].skipped) continue;
      progress.item = items[i].Text();
      progress.expected = items.size() * static_cast<std::size_t>(repetitions) - progress.done;
      hooks.progress(progress);
      const Trial trial = TryItem(items[i], bench.backend, session, plan, window, bench.conditions);
      AddTrial(records[i], trial);
      if (const Repeat* repeat = trial.repeat(); repeat != nullptr && repeat->sum.energy) {
        progress.spent += *repeat->sum.energy;
      }
      ++progress.done;
      progress.elapsed = bench.clock.Now() - start;
      progress.left = progress.elapsed / double(progress.done) * double(progress.expected - 1);
    }
  }
  MeasuredNets result{.evidence = plan.evidence};
  for (std::size_t i = 0; i < items.size(); ++i) {
    result.nets.push_back(Result(items[i], records[i]));
  }
  return result;
}

}  // namespace joulecast
