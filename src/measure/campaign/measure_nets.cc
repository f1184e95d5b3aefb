// SPDX-License-Identifier: Apache-2.0
#include "measure/campaign/measure_nets.h"

#include "base/text.h"
#include "joulecast/error.h"
#include "joulecast/zoo.h"
#include "measure/campaign/records.h"
#include "measure/campaign/trial.h"
#include "measure/clock.h"

namespace joulecast {
namespace {

std::vector<Item> ItemsOf(const NetRequest& request) {
  for (const std::string& model : request.models) {
    if (BuildZooModel(model)) continue;
    throw Error(ErrorKind::kUsage,
                "no network '" + Printable(model, 40) + "'; joulecast zoo lists them");
  }
  std::vector<Item> items = ItemsOfNets(request.models, request.batches, request.layers_alone);
  LeaveOnce(items);
  return items;
}

void AddTrial(Record& record, const Trial& trial) {
  ++record.repetitions;
  record.skipped = !trial.skipped.empty();
  record.reason = trial.skipped + trial.failure;
  if (!record.reason.empty()) return;
  const Repeat& repeat = *trial.repeat();
  const auto runs = static_cast<double>(repeat.runs);
  record.measured.energies_j.push_back(repeat.sum.energy->value() / runs);
  record.measured.times_s.push_back(repeat.window.duration.count() / runs);
}

MeasuredItem Result(const Item& item, const Record& record) {
  MeasuredItem result{.item = item,
                      .energy = record.energy(),
                      .time = record.time(),
                      .spread = Spread(record.measured.energies_j),
                      .reason = record.reason};
  if (!result.energy && result.reason.empty()) result.reason = "ended before it was measured";
  return result;
}

}  // namespace

MeasuredNets MeasureNets(const NetRequest& request, const Bench& bench, const CollectHooks& hooks) {
  const std::vector<Item> items = ItemsOf(request);
  Session session(bench.meters, bench.clock);
  const SumPlan plan = PlanSum(bench.meters);
  std::vector<Record> records(items.size());
  const auto start = bench.clock.Now();
  CampaignProgress progress;
  for (std::int64_t repetition = 0; repetition < request.repetitions; ++repetition) {
    for (std::size_t i = 0; i < items.size() && !hooks.stop(); ++i) {
      if (records[i].skipped) continue;
      progress.item = items[i].Text();
      progress.expected =
          items.size() * static_cast<std::size_t>(request.repetitions) - progress.done;
      hooks.progress(progress);
      const Trial trial =
          TryItem(items[i], bench.backend, session, plan, request.window, bench.conditions);
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
    (items[i].spec ? result.layers : result.nets).push_back(Result(items[i], records[i]));
  }
  return result;
}

}  // namespace joulecast
