// SPDX-License-Identifier: Apache-2.0
#include <memory>

#include "cli/model_options.h"
#include "formats/load_model.h"
#include "joulecast/estimate.h"
#include "report/report.h"
#include "request/footprint_request.h"
#include "request/model_request.h"

namespace joulecast {
namespace {

struct Options {
  std::vector<std::string> models;
  ModelRequest input;
  DeviceOption device;
  FootprintRequest footprint;
  std::string format;
};

int Run(const Options& options) {
  const Profile profile = LoadProfile(options.device.device);
  const Predictor predictor(profile);
  std::vector<Estimate> estimates;
  for (const std::string& model : options.models) {
    estimates.push_back(EstimateModel(options.input.LayersOf(LoadModel(model), model), predictor));
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
  AddParameters(command, options->input.Parameters());
  options->device.AddTo(command);
  AddParameters(command, options->footprint.Parameters());
  AddFormat(command, options->format, {"text", "json", "csv"});
  command.footer(
      "Examples:\n"
      "  joulecast compare alexnet vgg11 vgg16 --batch 8\n"
      "  joulecast compare mine.onnx resnet50 --format csv");
  action = [options] { return Run(*options); };
}

}  // namespace joulecast
