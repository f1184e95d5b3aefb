// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <map>
#include <memory>

#include "base/text.h"
#include "cli/model_options.h"
#include "cli/output_options.h"
#include "formats/load_model.h"
#include "joulecast/error.h"
#include "joulecast/estimate.h"
#include "report/comparison.h"
#include "request/footprint_request.h"
#include "request/model_request.h"

namespace joulecast {
namespace {

struct Options {
  std::vector<std::string> models;
  std::vector<std::string> batches;
  std::vector<std::string> devices;
  std::vector<std::string> accuracies;
  ModelRequest input;
  FootprintRequest footprint;
  OutputOptions output;
};

/// "resnet50=76.1", of a model that is compared.
std::map<std::string, double> ReadAccuracies(const Options& options) {
  std::map<std::string, double> accuracies;
  for (const std::string& text : options.accuracies) {
    const auto fail = [&](const std::string& why) {
      throw Error(ErrorKind::kUsage, "--accuracy " + Printable(text, 80) + ": " + why +
                                         "; write MODEL=PERCENT, such as resnet50=76.1");
    };
    const std::size_t equals = text.find_last_of('=');
    if (equals == std::string::npos || equals == 0) fail("there is no model before a '='");
    const std::string model = text.substr(0, equals);
    if (std::find(options.models.begin(), options.models.end(), model) == options.models.end()) {
      fail("no such model is compared");
    }
    const auto percent = ParseDouble(std::string_view(text).substr(equals + 1));
    if (!percent || !(*percent >= 0 && *percent <= 100)) fail("that is no per cent from 0 to 100");
    if (!accuracies.emplace(model, *percent).second) fail("it is given twice");
  }
  return accuracies;
}

std::vector<std::optional<std::int64_t>> BatchesOf(const Options& options) {
  std::vector<std::optional<std::int64_t>> batches;
  for (const std::string& text : options.batches) {
    batches.push_back(ParseInt(text));
    if (batches.back()) continue;
    throw Error(ErrorKind::kUsage, "--batch " + Printable(text, 40) +
                                       ": not a whole number of samples; write --batch 8, or "
                                       "--batch 1,8 for several");
  }
  if (batches.empty()) batches.push_back(std::nullopt);
  return batches;
}

int Run(Options& options) {
  options.output.Check();
  const auto accuracies = ReadAccuracies(options);
  const auto batches = BatchesOf(options);
  Comparison comparison;
  for (const std::string& device : options.devices) {
    comparison.profiles.push_back(LoadProfile(device));
  }
  for (const std::string& model : options.models) {
    const auto accuracy = accuracies.find(model);
    for (const auto batch : batches) {
      options.input.batch = batch;
      const LayeredModel layers = options.input.LayersOf(LoadModel(model), model);
      for (std::size_t i = 0; i < comparison.profiles.size(); ++i) {
        ComparedEstimate entry{.estimate = EstimateModel(layers, Predictor(comparison.profiles[i])),
                               .profile = i};
        if (accuracy != accuracies.end()) entry.accuracy_percent = accuracy->second;
        Estimate& estimate = entry.estimate;
        estimate.footprint = options.footprint.Of(estimate.energy, estimate.time);
        for (const std::string& warning : estimate.warnings) Warn(model + ": " + warning);
        comparison.entries.push_back(std::move(entry));
      }
    }
  }
  const std::string& format = options.output.format;
  options.output.Write(format == "json"   ? CompareJson(comparison)
                       : format == "csv"  ? CompareCsv(comparison)
                       : format == "html" ? CompareHtml(comparison)
                                          : CompareText(comparison));
  return kDone;
}

}  // namespace

void AddCompare(CLI::App& command, Action& action) {
  const auto options = std::make_shared<Options>();
  options->devices = {DefaultDevice()};
  command.add_option("model", options->models, "Names of the zoo or paths of ONNX files")
      ->required()
      ->type_name("MODEL...");
  command
      .add_option("--batch", options->batches,
                  "Samples per inference; several, as 1,8, are compared too")
      ->delimiter(',')
      ->type_name("N,...");
  auto parameters = options->input.Parameters();
  std::erase_if(parameters, [](const Parameter& each) { return each.name == "batch"; });
  AddParameters(command, parameters);
  command
      .add_option("--device", options->devices,
                  "Devices by name (see `joulecast devices`) or the paths of profiles; several are "
                  "compared too")
      ->delimiter(',')
      ->type_name("NAME,...")
      ->capture_default_str();
  command
      .add_option("--accuracy", options->accuracies,
                  "What a model scores, in per cent, to weigh its energy against; may be repeated")
      ->type_name("MODEL=PERCENT")
      ->expected(1)
      ->take_all();
  AddParameters(command, options->footprint.Parameters());
  options->output.AddTo(command, {"text", "json", "csv", "html"});
  command.footer(
      "Examples:\n"
      "  joulecast compare alexnet vgg11 vgg16 --batch 8\n"
      "  joulecast compare mine.onnx resnet50 --format csv\n"
      "  joulecast compare resnet50 --batch 1,8,64 --region FR\n"
      "  joulecast compare resnet50 vgg16 --accuracy resnet50=76.1 --accuracy vgg16=71.6 --open");
  action = [options] { return Run(*options); };
}

}  // namespace joulecast
