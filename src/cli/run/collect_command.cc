// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <cmath>
#include <memory>

#include "base/text.h"
#include "cli/app.h"
#include "cli/output_options.h"
#include "cli/progress.h"
#include "cli/run/bench_options.h"
#include "cli/run/collect_report.h"
#include "cli/run/stop_signals.h"
#include "fit/design.h"
#include "fit/device_traits.h"
#include "joulecast/error.h"
#include "measure/campaign/collect.h"
#include "measure/campaign/duration.h"
#include "measure/campaign/identity.h"
#include "measure/campaign/lock.h"
#include "measure/clock.h"

namespace joulecast {
namespace {

struct Options {
  std::string campaign;
  std::string output;
  std::string shard = "1/1";
  std::string budget;
  std::string device_name;
  bool dry_run = false;
  BenchOptions bench;
  OutputOptions report;
};

/// "90s", "15m", "2h".
std::optional<Seconds> ReadBudget(const std::string& text) {
  if (text.empty()) return std::nullopt;
  const auto number = ParseDouble(std::string_view(text).substr(0, text.size() - 1));
  const double unit = text.back() == 's'   ? 1
                      : text.back() == 'm' ? 60
                      : text.back() == 'h' ? 3600
                                           : 0;
  if (number && unit > 0 && *number > 0 && std::isfinite(*number)) return Seconds(*number * unit);
  throw Error(ErrorKind::kUsage, "--time-budget " + Printable(text, 40) +
                                     ": write a number with s, m or h, such as 15m");
}

std::vector<std::size_t> ChooseNext(const DeviceTraits& traits,
                                    std::span<const MeasuredLayer> measured,
                                    std::span<const LayerSpec> candidates, std::size_t count) {
  if (candidates.empty()) return {};
  std::vector<Observation> rows;
  for (const MeasuredLayer& each : measured) {
    rows.push_back({.spec = each.spec, .energy = each.energy, .time = each.time});
  }
  return ChooseUncertain(candidates.front().type(), rows, candidates, traits, count);
}

int DryRun(const Campaign& campaign, const Plan& plan, const Options& options) {
  const auto backend = options.bench.OpenBackend();
  SteadyClock clock;
  const Duration duration = ExpectedDuration(campaign, plan, *backend, clock);
  options.report.Write(options.report.format == "json" ? DryRunJson(plan, duration)
                                                       : DryRunText(plan, duration));
  return kDone;
}

int Run(Options& options) {
  StopSignals signals;
  options.report.Check();
  if (options.dry_run && options.report.format == "html") {
    throw Error(ErrorKind::kUsage, "--dry-run has no report as HTML: use --format text or json");
  }
  const Campaign campaign = Campaign::Read(options.campaign);
  const Shard shard = Shard::Parse(options.shard);
  const auto budget = ReadBudget(options.budget);
  const Plan plan = MakePlan(campaign, shard);
  if (options.dry_run) return DryRun(campaign, plan, options);
  if (options.output.empty()) {
    throw Error(ErrorKind::kUsage, "collect needs -o DATASET, the file to collect into");
  }
  const auto meters = options.bench.meters.Open();
  const auto backend = options.bench.OpenBackend();
  const CampaignLock lock(options.output);
  Dataset dataset = Dataset::OpenOrCreate(options.output);
  SteadyClock clock;
  const Identity identity{
      .device = DescribeDevice(backend->description(), options.device_name),
      .run = DescribeRun(campaign, shard, meters, "joulecast " JOULECAST_VERSION)};
  DeviceTraits traits = TraitsOfCpu(identity.device.cpu, identity.device.host_facts);
  AddTraitsOfSoftware(identity.device.software, traits);
  const Bench bench{.backend = *backend, .meters = meters, .clock = clock, .conditions = [] {
                      return ReadConditions();
                    }};
  const CollectReport report = [&] {
    Progress line;  // gone before the report is written
    const CollectHooks hooks{
        .choose = [&](auto measured, auto candidates,
                      auto count) { return ChooseNext(traits, measured, candidates, count); },
        .stop = [&] { return signals.Came(); },
        .progress = [&](const CampaignProgress& progress) { line.Show(ProgressText(progress)); }};
    return Collect(campaign, plan, dataset, identity, bench, budget, hooks);
  }();
  options.report.Write(options.report.format == "json"   ? ReportJson(report, options.output)
                       : options.report.format == "html" ? ReportHtml(report, options.output)
                                                         : ReportText(report, options.output));
  if (!signals.Came()) return kDone;
  Warn(std::string("ended by ") + signals.name() +
       "; what was measured is stored, the same command goes on from there");
  return signals.exit_code();
}

}  // namespace

void AddCollect(CLI::App& command, Action& action) {
  const auto options = std::make_shared<Options>();
  command.add_option("campaign", options->campaign, "What to measure: see docs/campaigns.md")
      ->required()
      ->type_name("CAMPAIGN.toml");
  command.add_option("-o,--output", options->output, "The dataset; made if there is none")
      ->type_name("FILE");
  command
      .add_option("--time-budget", options->budget,
                  "End in time, with a fair sample of the campaign: 90s, 15m, 2h")
      ->type_name("TIME");
  command.add_flag("--dry-run", options->dry_run, "Say how long it takes, and measure nothing");
  command
      .add_option("--shard", options->shard,
                  "This host's part, such as 2/8; merge the datasets of all parts afterwards")
      ->type_name("I/N");
  command
      .add_option("--device-name", options->device_name,
                  "What the dataset calls this machine; the processor's name if not given")
      ->type_name("NAME");
  options->bench.AddTo(command);
  command
      .add_option_function<std::string>(
          "--fusion",
          [options](const std::string& name) { options->bench.fusion = *FusionFromName(name); },
          "What nets fuse: none, as eager PyTorch runs them, or conv-bn: batch\n"
          "normalisations folded into convolutions beforehand")
      ->type_name("WHAT")
      ->check(CLI::IsMember({"none", "conv-bn"}));
  options->report.AddTo(command, {"text", "json", "html"}, "--report");
  command.footer(
      "Examples:\n"
      "  joulecast collect campaigns/quick.toml -o mine.db --time-budget 15m\n"
      "  joulecast collect campaigns/nets.toml -o mine.db --dry-run\n"
      "  joulecast collect campaigns/quick.toml -o mine.db --format html --report quick.html\n"
      "  joulecast fit mine.db --origin random -o mine.json");
  action = [options] { return Run(*options); };
}

}  // namespace joulecast
