// SPDX-License-Identifier: Apache-2.0
#include "measure/command_report.h"

#include <fmt/format.h>
#include <unistd.h>

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

RunReport MakeRun(MeterSet meters, const SumPlan& plan, const CommandRun& run,
                  const Baseline& baseline) {
  RunReport report{
      .end = run.end, .time = run.window.duration, .before = run.before, .after = run.after};
  for (std::size_t m = 0; m < meters.size(); ++m) {
    for (std::size_t d = 0; d < meters[m]->domains().size(); ++d) {
      report.rows.push_back(MakeRow(meters, {m, d}, run.window, baseline));
    }
  }
  report.rows.push_back(MakeSumRow(meters, plan, run.window, baseline));
  return report;
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

bool WasBusy(const std::vector<RunReport>& runs) {
  const auto half = 0.5 * std::thread::hardware_concurrency();
  return !runs.empty() && runs.front().before.load_average.value_or(0) > half;
}

std::vector<std::string> Notes(MeterSet meters, const SumPlan& plan, const CommandReport& report) {
  std::vector<std::string> notes;
  if (report.interrupted_by) {
    notes.push_back("interrupted by " + *report.interrupted_by + ": a partial result");
  }
  if (AnyModelled(meters)) {
    notes.emplace_back(
        "modelled: no counter stands behind it; `joulecast doctor` says what would have to change");
  }
  notes.emplace_back("meters count whole parts of the machine: all else that ran is included");
  if (WasBusy(report.runs)) {
    notes.push_back(fmt::format("the machine was busy already: load {:.2f} at the start",
                                *report.runs.front().before.load_average));
  }
  for (const std::string& left_out : plan.left_out) notes.push_back("not added: " + left_out);
  for (const RunReport& run : report.runs) {
    const auto& net = run.rows.back().net;
    if (net && *net < Joules()) {
      notes.emplace_back("net below zero: the machine was less at rest around the run than in it");
      break;
    }
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
  for (const auto& meter : meters) {
    report.sources.push_back(std::string(meter->name()) + ": " + meter->source());
  }
  for (const CommandRun& run : result.runs) {
    report.runs.push_back(MakeRun(meters, plan, run, result.baseline));
  }
  report.repeats = Summarize(report.runs);
  report.notes = Notes(meters, plan, report);
  return report;
}

}  // namespace joulecast
