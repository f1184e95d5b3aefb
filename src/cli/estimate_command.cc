// SPDX-License-Identifier: Apache-2.0
#include <memory>

#include "cli/footprint_flags.h"
#include "cli/language_options.h"
#include "cli/model_options.h"
#include "cli/training_options.h"
#include "formats/huggingface/huggingface.h"
#include "joulecast/error.h"
#include "joulecast/generation.h"
#include "report/numbers.h"
#include "report/report.h"

namespace joulecast {
namespace {

struct Options {
  std::string model;
  LanguageOptions language;
  ModelOptions input;
  TrainingOptions training;
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

/// A training step and, where asked for, as many as an epoch or the whole training takes.
int PrintTraining(const Graph& graph, const LayeredModel& model, const Profile& profile,
                  const Options& options) {
  if (options.footprint.inferences_per_day) {
    throw Error(ErrorKind::kUsage,
                "--inferences-per-day does not go with --train: a training runs once");
  }
  TrainingEstimate estimate =
      EstimateTraining(graph, model, options.training.Request(), Predictor(profile));
  const TrainingRun longest = estimate.Longest();
  estimate.footprint = options.footprint.Of(longest.energy, longest.time);
  for (const std::string& warning : estimate.one.warnings) Warn(warning);
  if (options.format == "json") {
    Print(TrainingJson(estimate, profile));
  } else if (options.format == "text") {
    Print(TrainingText(estimate, profile));
  } else {
    PrintEstimate(estimate.one, profile, options);
  }
  return CheckBudget(longest.energy.energy, options.budget_j);
}

/// A training step of a language model: `--prompt` tokens of each of the batch's sequences.
int TrainLanguage(const LanguageModel& model, const Options& options) {
  if (model.TrainingPass() == nullptr) {
    throw Error(ErrorKind::kUsage, model.family +
                                       ": a config.json does not say what an encoder-decoder model "
                                       "is trained to answer; export it to ONNX and train that");
  }
  if (options.language.generate || !options.language.phase.empty()) {
    throw Error(ErrorKind::kUsage,
                "--generate and --phase do not go with --train: tokens are "
                "given, --prompt says how many to a sequence");
  }
  Graph graph = *model.TrainingPass();
  options.input.SetType(graph);
  const GenerationRequest request = options.language.RequestOf(model, options.input.batch);
  return PrintTraining(graph, Resolve(graph, PromptBinding(graph, request)),
                       LoadProfile(options.device.device), options);
}

/// A request to a language model as a whole, or one pass of it layer by layer.
int RunLanguage(LanguageModel model, const Options& options) {
  if (!options.input.shapes.empty()) {
    throw Error(ErrorKind::kUsage, "--shape does not go with a language model; give --prompt");
  }
  if (options.training.train) return TrainLanguage(model, options);
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
  if (options.training.train) {
    const auto [graph, model] = options.input.LoadWithGraph(options.model);
    return PrintTraining(graph, model, profile, options);
  }
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
  options->training.AddTo(command);
  options->device.AddTo(command);
  options->footprint.AddTo(command);
  AddFormat(command, options->format, {"text", "json", "csv"});
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
      "  joulecast estimate resnet50 --region FR --pue 1.3 --inferences-per-day 1e6\n"
      "  joulecast estimate Llama-2-7b/config.json --prompt 512 --generate 128\n"
      "  joulecast estimate resnet50 --batch 32 --train --dataset-size 1281167 --epochs 90\n"
      "Exit codes: 0 done, 1 over budget, 2 bad usage, 3 bad input, 4 no device.\n"
      "MACs count multiply-accumulates without bias; 1 MAC = 2 FLOPs.");
  action = [options] { return Run(*options); };
}

}  // namespace joulecast
