// SPDX-License-Identifier: Apache-2.0
#include <memory>

#include "cli/model_options.h"
#include "cli/output_options.h"
#include "joulecast/error.h"
#include "joulecast/report.h"
#include "report/numbers.h"
#include "request/estimate_request.h"

namespace joulecast {
namespace {

struct Options {
  std::string model;
  EstimateRequest request;
  DeviceOption device;
  OutputOptions output;
  std::string sort = "order";
  std::optional<double> budget_j;
};

int CheckBudget(Joules energy, const std::optional<double>& budget_j) {
  if (!budget_j || energy.value() <= *budget_j) return kDone;
  Warn("over budget: " + Human(energy) + " forecast, " + Human(Joules(*budget_j)) +
       " allowed by --budget-j");
  return kCheckFailed;
}

void WriteEstimate(const Estimate& estimate, const Profile& profile, const Options& options) {
  const std::string& format = options.output.format;
  const auto order = options.sort == "energy" ? LayerOrder::kEnergy : LayerOrder::kExecution;
  options.output.Write(format == "json"   ? EstimateJson(estimate, profile)
                       : format == "csv"  ? EstimateCsv(estimate)
                       : format == "html" ? EstimateHtml(estimate, profile)
                                          : EstimateText(estimate, profile, order));
}

void WriteEstimate(const GenerationEstimate& estimate, const Profile& profile,
                   const Options& options) {
  const std::string& format = options.output.format;
  if (format == "csv") {
    throw Error(ErrorKind::kUsage,
                "--format csv lists the layers of one pass: add --phase prefill "
                "or --phase decode");
  }
  options.output.Write(format == "json"   ? GenerationJson(estimate, profile)
                       : format == "html" ? GenerationHtml(estimate, profile)
                                          : GenerationText(estimate, profile));
}

void WriteEstimate(const TrainingEstimate& estimate, const Profile& profile,
                   const Options& options) {
  const std::string& format = options.output.format;
  options.output.Write(format == "json"   ? TrainingJson(estimate, profile)
                       : format == "csv"  ? EstimateCsv(estimate.one)
                       : format == "html" ? TrainingHtml(estimate, profile)
                                          : TrainingText(estimate, profile));
}

int Run(Options& options) {
  options.output.Check();
  const Profile profile = LoadProfile(options.device.device);
  const EstimateAnswer answer = AnswerEstimate(LoadAnyModel(options.model), options.model,
                                               options.request, Predictor(profile));
  for (const std::string& warning : answer.warnings) Warn(warning);
  std::visit([&](const auto& estimate) { WriteEstimate(estimate, profile, options); },
             answer.estimate);
  return CheckBudget(answer.energy(), options.budget_j);
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
  AddParameters(command, options->request.Parameters());
  options->device.AddTo(command);
  options->output.AddTo(command, {"text", "json", "csv", "html"});
  command.add_option("--sort", options->sort, "Layers in the text: by order or by energy")
      ->type_name("KEY")
      ->check(CLI::IsMember({"order", "energy"}))
      ->capture_default_str();
  command
      .add_option("--budget-j", options->budget_j,
                  "Exit with 1 if the forecast is above so many joules: of an\n"
                  "inference; with --train, of all that is asked for")
      ->type_name("JOULES")
      ->check(CLI::NonNegativeNumber);
  command.footer(
      "Examples:\n"
      "  joulecast estimate vgg16 --batch 8\n"
      "  joulecast estimate model.onnx --shape input=1x3x320x320 --sort energy\n"
      "  joulecast estimate model.onnx --format json --budget-j 2.5\n"
      "  joulecast estimate resnet50 --format html -o report.html\n"
      "  joulecast estimate resnet50 --open\n"
      "  joulecast estimate resnet50 --region FR --pue 1.3 --inferences-per-day 1e6\n"
      "  joulecast estimate Llama-2-7b/config.json --prompt 512 --generate 128\n"
      "  joulecast estimate resnet50 --batch 32 --train --dataset-size 1281167 --epochs 90\n"
      "Exit codes: 0 done, 1 over budget, 2 bad usage, 3 bad input, 4 no device.\n"
      "MACs count multiply-accumulates without bias; 1 MAC = 2 FLOPs.");
  action = [options] { return Run(*options); };
}

}  // namespace joulecast
