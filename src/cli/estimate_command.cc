// SPDX-License-Identifier: Apache-2.0
#include <memory>

#include "cli/footprint_flags.h"
#include "cli/language_options.h"
#include "cli/model_options.h"
#include "joulecast/error.h"
#include "joulecast/generation.h"
#include "joulecast/model.h"
#include "joulecast/report.h"
#include "report/numbers.h"

namespace joulecast {
namespace {

struct Options {
  std::string model;
  LanguageOptions language;
  ModelOptions input;
  DeviceOption device;
  FootprintFlags footprint;
  std::string format;
  std::string sort = "order";
  std::optional<double> budget_j;
};

int CheckBudget(Joules energy, const std::optional<double>& budget_j) {
  if (!budget_j || energy.value() <= *budget_j) return kDone;
  Warn("over budget: " + Human(energy) + " forecast, " + Human(Joules(*budget_j)) +
       " allowed by --budget-j");
  return kCheckFailed;
}

void PrintEstimate(const Estimate& estimate, const Profile& profile, const Options& options) {
  if (options.format == "json") {
    Print(EstimateJson(estimate, profile));
  } else if (options.format == "csv") {
    Print(EstimateCsv(estimate));
  } else {
    const auto order = options.sort == "energy" ? LayerOrder::kEnergy : LayerOrder::kExecution;
    Print(EstimateText(estimate, profile, order));
  }
}

/// A request to a language model as a whole, or one pass of it layer by layer.
int RunLanguage(LanguageModel model, const Options& options) {
  if (!options.input.shapes.empty()) {
    throw Error(ErrorKind::kUsage, "--shape does not go with a language model; give --prompt");
  }
  const Profile profile = LoadProfile(options.device.device);
  options.input.SetType(model.prefill);
  if (model.decode) options.input.SetType(*model.decode);
  const GenerationRequest request = options.language.RequestOf(model, options.input.batch);
  GenerationEstimate estimate = EstimateGeneration(model, request, Predictor(profile));
  for (const std::string& warning : estimate.warnings) Warn(warning);
  if (const Estimate* pass = options.language.PassOf(estimate)) {
    PrintEstimate(*pass, profile, options);
    return CheckBudget(pass->energy.energy, options.budget_j);
  }
  if (options.format == "csv") {
    throw Error(ErrorKind::kUsage,
                "--format csv lists the layers of one pass: add --phase prefill "
                "or --phase decode");
  }
  estimate.footprint = options.footprint.Of(estimate.energy, estimate.time);
  Print(options.format == "json" ? GenerationJson(estimate, profile)
                                 : GenerationText(estimate, profile));
  return CheckBudget(estimate.energy.energy, options.budget_j);
}

int Run(const Options& options) {
  if (auto language = LoadLanguageModel(options.model)) {
    return RunLanguage(*std::move(language), options);
  }
  options.language.RefuseAny();
  const Profile profile = LoadProfile(options.device.device);
  const Predictor predictor(profile);
  Estimate estimate = EstimateModel(options.input.Load(options.model), predictor);
  estimate.footprint = options.footprint.Of(estimate.energy, estimate.time);
  for (const std::string& warning : estimate.warnings) Warn(warning);
  PrintEstimate(estimate, profile, options);
  return CheckBudget(estimate.energy.energy, options.budget_j);
}

}  // namespace

void AddEstimate(CLI::App& command, Action& action) {
  const auto options = std::make_shared<Options>();
  command
      .add_option("model", options->model,
                  "A name of the zoo, or the path of an ONNX file or of a\n"
                  "language model's config.json")
      ->required()
      ->type_name("MODEL");
  options->input.AddTo(command);
  options->language.AddTo(command);
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
      "  joulecast estimate Llama-2-7b/config.json --prompt 512 --generate 128\n"
      "Exit codes: 0 done, 1 over budget, 2 bad usage, 3 bad input, 4 no device.\n"
      "MACs count multiply-accumulates without bias; 1 MAC = 2 FLOPs.");
  action = [options] { return Run(*options); };
}

}  // namespace joulecast
