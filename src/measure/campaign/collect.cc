// SPDX-License-Identifier: Apache-2.0
#include "measure/campaign/collect.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>
#include <utility>

#include "base/statistics.h"
#include "base/text.h"
#include "joulecast/error.h"
#include "measure/campaign/records.h"
#include "measure/campaign/trial.h"
#include "measure/probe.h"
#include "measure/utc_time.h"

namespace joulecast {
namespace {

/// An open block is chosen in so many steps, each knowing what the one before it found.
constexpr std::size_t kSteps = 4;

/// How often a wait for the machine at rest looks whether it shall end.
constexpr Seconds kPatience{0.1};

/// One go of a campaign.
class Collector {
 public:
  Collector(const Campaign& campaign, const Plan& plan, Dataset& dataset, const Identity& identity,
            const Bench& bench, std::optional<Seconds> budget, const CollectHooks& hooks)
      : campaign_(campaign),
        plan_(plan),
        dataset_(dataset),
        identity_(identity),
        bench_(bench),
        budget_(budget),
        hooks_(hooks),
        session_(bench.meters, bench.clock),
        sum_(PlanSum(bench.meters)),
        items_(plan.items),
        started_(bench.clock.Now()) {}

  CollectReport Run();

 private:
  Seconds Elapsed() const { return bench_.clock.Now() - started_; }
  bool MustEnd();
  const Record& RecordOf(const Item& item) { return records_[item.Text()]; }
  bool IsOpen(const Record& record) const;
  std::size_t Expected();
  void Adopt(const OpenBlock& block);
  void AddDevice();
  void Begin();
  std::optional<Watts> MeasureRest();
  void TakeRound(std::int64_t round);
  void Fill(const OpenBlock& block);
  std::vector<LayerSpec> NextOf(const OpenBlock& block, std::size_t count);
  void MeasureItem(const Item& item);
  Measurement RowOf(const Item& item, const Trial& trial) const;
  void Store(const Measurement& row);
  void Tell(const std::string& item);
  void Summarise();

  const Campaign& campaign_;
  const Plan& plan_;
  Dataset& dataset_;
  Identity identity_;
  const Bench& bench_;
  std::optional<Seconds> budget_;
  const CollectHooks& hooks_;
  Session session_;
  SumPlan sum_;
  std::vector<Item> items_;  ///< of the plan, and what was chosen of its open blocks
  std::map<std::string, Record> records_;
  std::map<std::string, std::size_t> chosen_;  ///< configurations by open block
  std::chrono::steady_clock::time_point started_;
  Seconds window_{0};
  Seconds rest_{0};  ///< spent on idle windows
  bool begun_ = false;
  CollectReport report_;
};

CollectReport Collector::Run() {
  AddDevice();
  records_ = ReadRecords(dataset_, identity_.device.name);
  for (const auto& [text, record] : records_) {
    report_.found += static_cast<std::size_t>(record.repetitions);
  }
  for (const OpenBlock& block : plan_.open) Adopt(block);
  for (std::int64_t round = 1; round <= campaign_.repeats.most; ++round) {
    TakeRound(round);
    if (round > 1) continue;
    for (const OpenBlock& block : plan_.open) Fill(block);
  }
  if (begun_ && !hooks_.stop()) report_.idle_after = MeasureRest();
  Summarise();
  return std::move(report_);
}

bool Collector::MustEnd() {
  if (!report_.ended_by.empty()) return true;
  if (hooks_.stop()) {
    report_.ended_by = "stopped";
  } else if (budget_) {
    const Seconds one = report_.added == 0 ? window_ : (Elapsed() - rest_) / double(report_.added);
    if (Elapsed() + one + campaign_.repeats.idle > *budget_) report_.ended_by = "out of time";
  }
  return !report_.ended_by.empty();
}

/// Whether another repetition would tell more.
bool Collector::IsOpen(const Record& record) const {
  const Repeats& repeats = campaign_.repeats;
  if (record.skipped || record.repetitions >= repeats.most) return false;
  const auto counted = static_cast<std::int64_t>(record.measured.energies_j.size());
  const auto error = record.relative_error();
  return counted < repeats.fewest || (error && *error > repeats.relative_error);
}

std::size_t Collector::Expected() {
  const auto lacking = [&](const Record& record) -> std::size_t {
    if (!IsOpen(record)) return 0;
    return static_cast<std::size_t>(
        std::max<std::int64_t>(1, campaign_.repeats.fewest - record.repetitions));
  };
  std::size_t expected = 0;
  for (const Item& item : items_) expected += lacking(RecordOf(item));
  for (const OpenBlock& block : plan_.open) {
    expected += (block.configurations - std::min(block.configurations, chosen_[block.name])) *
                static_cast<std::size_t>(campaign_.repeats.fewest);
  }
  return expected;
}

/// What an earlier go chose of an open block.
void Collector::Adopt(const OpenBlock& block) {
  for (const LayerSpec& spec : block.candidates) {
    if (!records_.contains(spec.ToString())) continue;
    items_.push_back({.block = block.name, .origin = "random", .spec = spec});
    ++chosen_[block.name];
  }
}

void Collector::AddDevice() {
  if (dataset_.Add(identity_.device) != AddResult::kConflict) return;
  for (const Device& known : dataset_.Devices()) {
    if (known.name != identity_.device.name) continue;
    throw Error(ErrorKind::kUsage,
                "the dataset has rows of '" + known.name + "' with " + known.software + ", " +
                    known.host_facts + "; here it is " + identity_.device.software + ", " +
                    identity_.device.host_facts +
                    ": what differs is never mixed; give another dataset, or --device-name");
  }
}

std::optional<Watts> Collector::MeasureRest() {
  if (campaign_.repeats.idle <= Seconds::zero()) return std::nullopt;
  const MeasuredWindow window = MeasureIdle(session_, campaign_.repeats.idle, [&](Seconds time) {
    const auto end = bench_.clock.Now() + time;
    while (bench_.clock.Now() < end && !hooks_.stop()) {
      bench_.clock.Sleep(std::min(kPatience, Seconds(end - bench_.clock.Now())));
    }
  });
  rest_ += window.duration;
  const EnergySum energy = Sum(bench_.meters, sum_, window, {});
  if (!energy.energy) return std::nullopt;
  return *energy.energy / window.duration;
}

/// Before the first repetition; a go that finds nothing to do leaves the dataset as it is.
void Collector::Begin() {
  if (std::exchange(begun_, true)) return;
  window_ = campaign_.repeats.window;
  for (const auto& meter : bench_.meters) {
    for (const Domain& domain : meter->domains()) {
      if (domain.tick) window_ = std::max(window_, kTicksPerWindow * *domain.tick);
    }
  }
  report_.idle_before = MeasureRest();
  auto facts = nlohmann::ordered_json::parse(identity_.run.facts);
  facts["window_s"] = window_.count();
  facts["idle_power_w"] = nullptr;
  if (report_.idle_before) facts["idle_power_w"] = report_.idle_before->value();
  identity_.run.facts = facts.dump();
  dataset_.Add(identity_.run);
}

void Collector::TakeRound(std::int64_t round) {
  std::vector<Item> open;
  for (const Item& item : items_) {
    const Record& record = RecordOf(item);
    if (record.repetitions < round && IsOpen(record)) open.push_back(item);
  }
  // Another order each time: what drifts must not meet the same neighbours again.
  if (round > 1) Random(campaign_.seed, "round " + std::to_string(round)).Shuffle(open);
  for (const Item& item : open) {
    if (MustEnd()) return;
    MeasureItem(item);
  }
}

std::vector<LayerSpec> Collector::NextOf(const OpenBlock& block, std::size_t count) {
  std::vector<LayerSpec> candidates;
  for (const LayerSpec& spec : block.candidates) {
    if (!records_.contains(spec.ToString())) candidates.push_back(spec);
  }
  std::vector<MeasuredLayer> measured;
  for (const Item& item : items_) {
    const Record& record = RecordOf(item);
    if (!item.spec || &item.spec->type() != block.type || !record.energy()) continue;
    measured.push_back({*item.spec, *record.energy(), *record.time()});
  }
  std::vector<LayerSpec> next;
  for (const std::size_t index : hooks_.choose(measured, candidates, count)) {
    next.push_back(candidates[index]);
  }
  return next;
}

void Collector::Fill(const OpenBlock& block) {
  const std::size_t step = (block.configurations + kSteps - 1) / kSteps;
  while (chosen_[block.name] < block.configurations && !MustEnd()) {
    const std::size_t lacking = block.configurations - chosen_[block.name];
    const std::vector<LayerSpec> next = NextOf(block, std::min(step, lacking));
    if (next.empty()) return;
    for (const LayerSpec& spec : next) {
      if (MustEnd()) return;
      items_.push_back({.block = block.name, .origin = "random", .spec = spec});
      ++chosen_[block.name];
      MeasureItem(items_.back());
    }
  }
}

void Collector::MeasureItem(const Item& item) {
  Begin();
  if (MustEnd()) return;
  Tell(item.Text());
  const Trial trial = TryItem(item, bench_.backend, session_, sum_, window_, bench_.conditions);
  for (const Repeat& window : trial.windows) {
    if (window.sum.energy) report_.spent += *window.sum.energy;
    if (!window.rejected.empty()) ++report_.rejected[window.rejected];
  }
  Store(RowOf(item, trial));
  Tell(item.Text());
}

Measurement Collector::RowOf(const Item& item, const Trial& trial) const {
  const auto record = records_.find(item.Text());
  Measurement row;
  row.repetition = 1 + (record == records_.end() ? 0 : record->second.repetitions);
  row.device = identity_.device.name;
  row.key = KeyOf(row.device, item.Text(), row.repetition);
  row.source = campaign_.name;
  row.run = identity_.run.name;
  row.origin = item.origin;
  if (item.spec) row.spec = item.spec->ToString();
  row.model = item.model;
  row.architecture = item.architecture;
  row.batch = item.batch;
  row.tag = Name(sum_.evidence);
  std::set<std::string> meters;
  for (const DomainIndex& index : sum_.domains) {
    meters.emplace(bench_.meters[index.meter]->name());
  }
  row.meter = Join(std::vector<std::string>(meters.begin(), meters.end()), "+");
  row.started = UtcTime();
  row.idle_power = report_.idle_before;
  if (!trial.skipped.empty()) row.reason = std::string(kSkipped) + trial.skipped;
  if (!trial.failure.empty()) row.reason = trial.failure;
  if (const Repeat* repeat = trial.repeat()) {
    row.passes = repeat->runs;
    row.time = repeat->window.duration;
    if (!row.reason) row.energy = repeat->sum.energy;
    row.load_before = repeat->before.load_average;
    row.load_after = repeat->after.load_average;
    row.temperature_before_c = repeat->before.cpu_temperature_c;
    row.temperature_after_c = repeat->after.cpu_temperature_c;
    row.readings = ReadingsJson(bench_.meters, repeat->window);
  }
  return row;
}

void Collector::Store(const Measurement& row) {
  dataset_.Add(row);
  ++report_.added;
  AddTo(records_[TextOf(row)], row);
}

void Collector::Tell(const std::string& item) {
  CampaignProgress progress{.done = report_.added,
                            .expected = Expected(),
                            .elapsed = Elapsed(),
                            .spent = report_.spent,
                            .item = item};
  if (progress.done > 0) {
    progress.left = (progress.elapsed - rest_) / double(progress.done) * double(progress.expected);
    if (budget_) progress.left = std::min(*progress.left, *budget_ - progress.elapsed);
  }
  hooks_.progress(progress);
}

double DeviationPercent(const std::vector<double>& values) {
  return 100 * *StandardDeviation(values) / *Mean(values);
}

void Collector::Summarise() {
  std::vector<double> energy_percent;
  std::vector<double> time_percent;
  for (const Item& item : items_) {
    const Record& record = RecordOf(item);
    if (record.skipped) {
      ++report_.skipped[record.reason.substr(kSkipped.size())];
    } else if (IsOpen(record)) {
      ++report_.unfinished;
    } else if (record.relative_error().value_or(1) <= campaign_.repeats.relative_error) {
      ++report_.settled;
    } else {
      ++report_.scattered;
    }
    if (record.measured.energies_j.size() < 2) continue;
    energy_percent.push_back(DeviationPercent(record.measured.energies_j));
    time_percent.push_back(DeviationPercent(record.measured.times_s));
  }
  report_.evidence = sum_.evidence;
  report_.planned = plan_.size();
  report_.unfinished += report_.planned - std::min(report_.planned, items_.size());
  report_.additivity = CheckAdditivity(items_, records_);
  report_.noise_energy_percent = Median(energy_percent);
  report_.noise_time_percent = Median(time_percent);
  if (report_.ended_by.empty()) {
    for (const auto& [why, count] : RejectOddPower(dataset_, identity_.device.name)) {
      report_.rejected[why] += count;
    }
  }
  report_.elapsed = Elapsed();
}

}  // namespace

CollectReport Collect(const Campaign& campaign, const Plan& plan, Dataset& dataset,
                      const Identity& identity, const Bench& bench, std::optional<Seconds> budget,
                      const CollectHooks& hooks) {
  return Collector(campaign, plan, dataset, identity, bench, budget, hooks).Run();
}

}  // namespace joulecast
