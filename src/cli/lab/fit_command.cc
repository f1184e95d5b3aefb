// SPDX-License-Identifier: Apache-2.0
#include <unistd.h>

#include <cstdio>
#include <memory>

#include "base/write_file.h"
#include "cli/lab/fit_totals.h"
#include "cli/lab/sample_options.h"
#include "cli/model_options.h"
#include "fit/device_traits.h"
#include "fit/fit_dataset.h"
#include "joulecast/error.h"

namespace joulecast {
namespace {

struct Options {
  std::string dataset;
  TotalsOptions totals;
  std::string output;
  SampleOptions samples;
  std::string name;
  std::string title;
  std::vector<std::string> traits;
  bool no_residual = false;
  std::string format;
};

/// A profile from whole models: nothing but the command line says what the device is.
int RunTotals(const Options& options) {
  if (options.name.empty()) {
    throw Error(ErrorKind::kUsage, "--totals needs --name NAME: the file names no device");
  }
  FitRequest request{.device = options.name,
                     .title = options.title.empty() ? options.name : options.title,
                     .traits = TraitsOfCpu({})};
  for (const std::string& trait : options.traits) SetTrait(request.traits, trait);
  request.provenance = {.kind = "measured",
                        .meter = options.totals.measured_by,
                        .hardware = request.title,
                        .fitted_by = "joulecast " JOULECAST_VERSION};
  return FitFromTotals(options.totals, request, options.output, options.format);
}

int Run(const Options& options) {
  if (options.dataset.empty() == options.totals.csv.empty()) {
    throw Error(ErrorKind::kUsage, "fit needs either a DATASET of layers or --totals CSV");
  }
  if (!options.totals.csv.empty()) return RunTotals(options);
  const bool show_progress = ::isatty(STDERR_FILENO) != 0;
  const DatasetFit request{.dataset = options.dataset,
                           .rows = options.samples.Filter(),
                           .name = options.name,
                           .title = options.title,
                           .traits = options.traits,
                           .allow_residual = !options.no_residual,
                           .fitted_by = "joulecast " JOULECAST_VERSION};
  const ProfileFit fit = FitDataset(request, [&](std::string_view type) {
    if (show_progress) std::fprintf(stderr, "\r\033[Kfitting %.*s", int(type.size()), type.data());
  });
  if (show_progress) std::fprintf(stderr, "\r\033[K");
  WriteFile(options.output, WriteProfile(fit.profile));
  Print(options.format == "json" ? FitJson(fit, options.output) : FitText(fit, options.output));
  return kDone;
}

}  // namespace

void AddFit(CLI::App& command, Action& action) {
  const auto options = std::make_shared<Options>();
  command.add_option("dataset", options->dataset, "A dataset of measured layers")
      ->type_name("DATASET");
  command.add_option("-o,--output", options->output, "The profile to write")
      ->required()
      ->type_name("PROFILE");
  options->samples.AddTo(command);
  command
      .add_option("--name", options->name, "Device name of the profile; the dataset's if not given")
      ->type_name("NAME");
  command.add_option("--title", options->title, "Device name for people")->type_name("TEXT");
  command.add_option("--trait", options->traits, "A device trait; may be repeated")
      ->type_name("NAME=VALUE")
      ->expected(1)
      ->take_all();
  options->totals.AddTo(command);
  AddFormat(command, options->format, {"text", "json"});
  command.add_flag("--no-residual", options->no_residual,
                   "No learned residuals: physical terms alone");
  command.footer(
      "Examples:\n"
      "  joulecast fit d.db --origin random -o my-machine.json\n"
      "  joulecast fit --totals measurements.csv --name my-board -o my-board.json\n"
      "  joulecast estimate vgg16 --device my-machine.json");
  action = [options] { return Run(*options); };
}

}  // namespace joulecast
