// SPDX-License-Identifier: Apache-2.0
#include <memory>

#include "cli/footprint_flags.h"
#include "cli/model_options.h"
#include "joulecast/estimate.h"
#include "joulecast/report.h"

namespace joulecast {
namespace {

struct Options {
  std::vector<std::string> models;
  ModelOptions input;
  DeviceOption device;
  FootprintFlags footprint;
  std::string format;
};

int Run(const Options& options) {
  const Profile profile = LoadProfile(options.device.device);
  const Predictor predictor(profile);
  std::vector<Estimate> estimates;
  for (const std::string& model : options.models) {
    estimates.push_back(EstimateModel(options.input.Load(model), predictor));
    Estimate& last = estimates.back();
    last.footprint = options.footprint.Of(last.energy, last.time);
    for (const std::string& warning : estimates.back().warnings) Warn(model + ": " + warning);
  }
  if (options.format == "json") {
    Print(CompareJson(estimates, profile));
  } else if (options.format == "csv") {
    Print(CompareCsv(estimates));
  } else {
    Print(CompareText(estimates, profile));
  }
  return kDone;
}

}  // namespace

void AddCompare(CLI::App& command, Action& action) {
  const auto options = std::make_shared<Options>();
  command.add_option("model", options->models, "Names of the zoo or paths of ONNX files")
      ->required()
      ->type_name("MODEL...");
  options->input.AddTo(command);
  options->device.AddTo(command);
  options->footprint.AddTo(command);
  AddFormat(command, options->format, {"text", "json", "csv"});
  command.footer(
      "Examples:\n"
      "  joulecast compare alexnet vgg11 vgg16 --batch 8\n"
      "  joulecast compare mine.onnx resnet50 --format csv");
  action = [options] { return Run(*options); };
}

}  // namespace joulecast
