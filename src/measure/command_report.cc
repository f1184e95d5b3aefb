// SPDX-License-Identifier: Apache-2.0
#include "measure/command_report.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <thread>
#include <utility>

#include "base/statistics.h"
#include "base/text.h"

namespace joulecast {
namespace {

std::string HostName() {
  std::array<char, 256> name{};
  return ::gethostname(name.data(), name.size() - 1) == 0 ? name.data() : "";
}

EnergyRow MakeRow(MeterSet meters, DomainIndex index, const MeasuredWindow& window,
                  const Baseline& baseline) {
  const Meter& meter = *meters[index.meter];
  const Domain& domain = meter.domains()[index.domain];
  const MeterWindow& part = window.meters[index.meter];
  const DomainEnergy& used = part.domains[index.domain];
  const IdlePower idle = IdlePowerOf(domain, index.meter, index.domain, baseline);
  return {.meter = std::string(meter.name()),
          .domain = domain.name,
          .evidence = domain.evidence,
          .time = part.duration(),
          .energy = used.energy,
          .net = NetEnergy(used.energy, idle, part.duration()),
          .idle = idle.power,
          .idle_basis = idle.basis,
          .failure = used.failure,
          .net_is_missing = used.energy ? idle.reason : used.failure,
          .raw_start = part.start.domains[index.domain].raw,
          .raw_end = part.end.domains[index.domain].raw};
}

EnergyRow MakeSumRow(MeterSet meters, const SumPlan& plan, const MeasuredWindow& window,
                     const Baseline& baseline) {
  std::vector<std::string> labels;
  for (const DomainIndex index : plan.domains) labels.push_back(Label(meters, index));
  const EnergySum sum = Sum(meters, plan, window, baseline);
  return {.meter = "sum",
          .domain = Join(labels, "+"),
          .evidence = plan.evidence,
          .time = window.duration,
          .energy = sum.energy,
          .net = sum.net,
          .failure = sum.failure,
          .net_is_missing = sum.net_is_missing};
}

std::vector<EnergyRow> MakeRows(MeterSet meters, const SumPlan& plan, const MeasuredWindow& window,
                                const Baseline& baseline) {
  std::vector<EnergyRow> rows;
  for (std::size_t m = 0; m < meters.size(); ++m) {
    for (std::size_t d = 0; d < meters[m]->domains().size(); ++d) {
      rows.push_back(MakeRow(meters, {m, d}, window, baseline));
    }
  }
  rows.push_back(MakeSumRow(meters, plan, window, baseline));
  return rows;
}

RunReport MakeRun(MeterSet meters, const SumPlan& plan, const CommandRun& run,
                  const Baseline& baseline) {
  RunReport report;
  report.time = run.window.duration;
  report.before = run.before;
  report.after = run.after;
  report.rows = MakeRows(meters, plan, run.window, baseline);
  report.end = run.end;
  return report;
}

std::vector<std::string> SourcesOf(MeterSet meters) {
  std::vector<std::string> sources;
  for (const auto& meter : meters) {
    sources.push_back(std::string(meter->name()) + ": " + meter->source());
  }
  return sources;
}

std::optional<RepeatSummary> Summarize(const std::vector<RunReport>& runs) {
  std::vector<double> energies_j;
  for (const RunReport& run : runs) {
    if (run.rows.back().energy) energies_j.push_back(run.rows.back().energy->value());
  }
  if (runs.size() < 2 || energies_j.empty()) return std::nullopt;
  RepeatSummary summary{.mean = Joules(*Mean(energies_j)), .runs = energies_j.size()};
  summary.relative_standard_error = RelativeStandardError(energies_j);
  return summary;
}

bool AnyModelled(MeterSet meters) {
  for (const auto& meter : meters) {
    for (const Domain& domain : meter->domains()) {
      if (domain.evidence == Evidence::kModelled) return true;
    }
  }
  return false;
}

bool WasBusy(const Conditions& before) {
  const auto half = 0.5 * std::thread::hardware_concurrency();
  return before.load_average.value_or(0) > half;
}

bool IsBelowIdle(const WindowReport& window) {
  const auto& net = window.rows.back().net;
  return net && *net < Joules();
}

/// Of windows of these meters, `first` before all others.
std::vector<std::string> Notes(MeterSet meters, const SumPlan& plan, const WindowReport* first,
                               bool any_below_idle) {
  std::vector<std::string> notes;
  if (AnyModelled(meters)) {
    notes.emplace_back(
        "modelled: no counter stands behind it; `joulecast doctor` says what would have to change");
  }
  notes.emplace_back("meters count whole parts of the machine: all else that ran is included");
  if (first != nullptr && WasBusy(first->before)) {
    notes.push_back(fmt::format("the machine was busy already: load {:.2f} at the start",
                                *first->before.load_average));
  }
  for (const std::string& left_out : plan.left_out) notes.push_back("not added: " + left_out);
  if (any_below_idle) {
    notes.emplace_back("net below zero: the machine was less at rest around the run than in it");
  }
  return notes;
}

}  // namespace

std::optional<Watts> EnergyRow::power() const {
  if (!energy || time <= Seconds::zero()) return std::nullopt;
  return *energy / time;
}

CommandReport MakeReport(MeterSet meters, const CommandRequest& request,
                         const CommandResult& result, std::string software) {
  CommandReport report{.words = request.words,
                       .host = HostName(),
                       .software = std::move(software),
                       .started = result.started,
                       .exit_code = result.exit_code()};
  const SumPlan plan = PlanSum(meters);
  if (result.interrupted_by) report.interrupted_by = SignalName(*result.interrupted_by);
  report.sources = SourcesOf(meters);
  for (const CommandRun& run : result.runs) {
    report.runs.push_back(MakeRun(meters, plan, run, result.baseline));
  }
  report.repeats = Summarize(report.runs);
  report.notes = Notes(meters, plan, report.runs.empty() ? nullptr : &report.runs.front(),
                       std::ranges::any_of(report.runs, IsBelowIdle));
  if (report.interrupted_by) {
    report.notes.insert(report.notes.begin(),
                        "interrupted by " + *report.interrupted_by + ": a partial result");
  }
  return report;
}

BlockReport MakeReport(MeterSet meters, const Block& block, std::string software) {
  const SumPlan plan = PlanSum(meters);
  BlockReport report{.host = HostName(),
                     .software = std::move(software),
                     .started = block.started,
                     .sources = SourcesOf(meters),
                     .window = {.time = block.window.duration,
                                .before = block.before,
                                .after = block.after,
                                .rows = MakeRows(meters, plan, block.window, block.baseline)}};
  report.notes = Notes(meters, plan, &report.window, IsBelowIdle(report.window));
  return report;
}

}  // namespace joulecast
