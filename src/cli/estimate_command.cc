// SPDX-License-Identifier: Apache-2.0
#include <memory>

#include "cli/footprint_flags.h"
#include "cli/model_options.h"
#include "joulecast/estimate.h"
#include "report/numbers.h"
#include "report/report.h"

namespace joulecast {
namespace {

struct Options {
  std::string model;
  ModelOptions input;
  DeviceOption device;
  FootprintFlags footprint;
  std::string format;
  std::string sort = "order";
  std::optional<double> budget_j;
};

int Run(const Options& options) {
  const Profile profile = LoadProfile(options.device.device);
  const Predictor predictor(profile);
  Estimate estimate = EstimateModel(options.input.Load(options.model), predictor);
  options.footprint.ApplyTo(estimate);
  for (const std::string& warning : estimate.warnings) Warn(warning);
  if (options.format == "json") {
    Print(EstimateJson(estimate, profile));
  } else if (options.format == "csv") {
    Print(EstimateCsv(estimate));
  } else {
    const auto order = options.sort == "energy" ? LayerOrder::kEnergy : LayerOrder::kExecution;
    Print(EstimateText(estimate, profile, order));
  }
  if (!options.budget_j || estimate.energy.energy.value() <= *options.budget_j) return kDone;
  Warn("over budget: " + Human(estimate.energy.energy) + " forecast, " +
       Human(Joules(*options.budget_j)) + " allowed by --budget-j");
  return kCheckFailed;
}

}  // namespace

void AddEstimate(CLI::App& command, Action& action) {
  const auto options = std::make_shared<Options>();
  command.add_option("model", options->model, "A name of the zoo or the path of an ONNX file")
      ->required()
      ->type_name("MODEL");
  options->input.AddTo(command);
  options->device.AddTo(command);
  options->footprint.AddTo(command);
  AddFormat(command, options->format, {"text", "json", "csv"});
  command.add_option("--sort", options->sort, "Layers in the text: by order or by energy")
      ->type_name("KEY")
      ->check(CLI::IsMember({"order", "energy"}))
      ->capture_default_str();
  command
      .add_option("--budget-j", options->budget_j,
                  "Exit with 1 if the forecast is above so many joules per inference")
      ->type_name("JOULES")
      ->check(CLI::NonNegativeNumber);
  command.footer(
      "Examples:\n"
      "  joulecast estimate vgg16 --batch 8\n"
      "  joulecast estimate model.onnx --shape input=1x3x320x320 --sort energy\n"
      "  joulecast estimate model.onnx --format json --budget-j 2.5\n"
      "  joulecast estimate resnet50 --region FR --pue 1.3 --inferences-per-day 1e6\n"
      "Exit codes: 0 done, 1 over budget, 2 bad usage, 3 bad input, 4 no device.\n"
      "MACs count multiply-accumulates without bias; 1 MAC = 2 FLOPs.");
  action = [options] { return Run(*options); };
}

}  // namespace joulecast
