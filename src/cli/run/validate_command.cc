// SPDX-License-Identifier: Apache-2.0
#include <memory>

#include "base/text.h"
#include "cli/app.h"
#include "cli/output_options.h"
#include "cli/progress.h"
#include "cli/run/bench_options.h"
#include "cli/run/collect_report.h"
#include "cli/run/stop_signals.h"
#include "cli/run/validation.h"
#include "joulecast/error.h"
#include "measure/clock.h"

namespace joulecast {
namespace {

struct Options {
  std::string profile;
  NetRequest nets{.models = {"alexnet", "vgg16", "resnet18", "mobilenet_v2"}, .batches = {1, 4, 8}};
  double window_s = 1;
  BenchOptions bench;
  OutputOptions output;
};

int Run(Options& options) {
  options.output.Check();
  StopSignals signals;
  const Profile profile = LoadProfile(options.profile);
  const auto meters = options.bench.meters.Open();
  BenchOptions bench_options = options.bench;
  bench_options.fusion = profile.fusion;  // nets run as they are forecast
  const auto backend = bench_options.OpenBackend();
  SteadyClock clock;
  const Bench bench{.backend = *backend, .meters = meters, .clock = clock, .conditions = [] {
                      return ReadConditions();
                    }};
  Validation validation;
  {
    Progress line;
    const CollectHooks hooks{
        .stop = [&] { return signals.Came(); },
        .progress = [&](const CampaignProgress& progress) { line.Show(ProgressText(progress)); }};
    options.nets.window = Seconds(options.window_s);
    validation = Validate(profile, MeasureNets(options.nets, bench, hooks));
  }
  options.output.Write(options.output.format == "json"   ? ValidationJson(validation)
                       : options.output.format == "html" ? ValidationHtml(validation)
                                                         : ValidationText(validation));
  if (!signals.Came()) return kDone;
  Warn(std::string("ended by ") + signals.name() + ": the report has what was measured until then");
  return signals.exit_code();
}

}  // namespace

void AddValidate(CLI::App& command, Action& action) {
  const auto options = std::make_shared<Options>();
  command.add_option("profile", options->profile, "A device name or the path of a profile")
      ->required()
      ->type_name("PROFILE");
  command.add_option("--nets", options->nets.models, "Networks of the zoo")
      ->delimiter(',')
      ->type_name("NAME,...")
      ->capture_default_str();
  command.add_option("--batches", options->nets.batches, "Batch sizes of each")
      ->delimiter(',')
      ->check(CLI::Range(1, 65536))
      ->type_name("N,...")
      ->capture_default_str();
  command.add_option("--window-s", options->window_s, "Least time of one repetition")
      ->type_name("SECONDS")
      ->check(CLI::Range(0.001, 3600.0))
      ->capture_default_str();
  command.add_option("--repeat", options->nets.repetitions, "Repetitions of each, by turns")
      ->type_name("N")
      ->check(CLI::Range(1, 1000))
      ->capture_default_str();
  command.add_flag("--layers", options->nets.layers_alone,
                   "Measure each of their layers alone, too: it takes some thirty times as long");
  options->bench.AddTo(command);
  options->output.AddTo(command, {"text", "json", "html"});
  command.footer(
      "Examples:\n"
      "  joulecast validate mine.json\n"
      "  joulecast validate mine.json --layers --repeat 4 --window-s 0.2\n"
      "  joulecast validate mine.json --nets resnet50 --batches 1,16 --format html -o check.html");
  action = [options] { return Run(*options); };
}

}  // namespace joulecast
