// SPDX-License-Identifier: Apache-2.0
#include <memory>

#include "cli/model_options.h"
#include "formats/load_model.h"
#include "joulecast/error.h"
#include "joulecast/predict.h"
#include "report/explanation.h"
#include "request/model_request.h"

namespace joulecast {
namespace {

struct Options {
  std::string model;
  std::string layer;
  ModelRequest input;
  DeviceOption device;
  std::string format;
};

int Run(const Options& options) {
  if (options.model.empty() == options.layer.empty()) {
    throw Error(ErrorKind::kUsage, "give a model or --layer SPEC, one of the two");
  }
  const Profile profile = LoadProfile(options.device.device);
  const Predictor predictor(profile);
  Explanation explanation;
  if (options.layer.empty()) {
    explanation =
        ExplainModel(options.input.LayersOf(LoadModel(options.model), options.model), predictor);
  } else {
    explanation = ExplainLayer(LayerSpec::Parse(options.layer), predictor);
  }
  Print(options.format == "json" ? ExplanationJson(explanation, profile)
                                 : ExplanationText(explanation, profile));
  return kDone;
}

}  // namespace

void AddExplain(CLI::App& command, Action& action) {
  const auto options = std::make_shared<Options>();
  command.add_option("model", options->model, "A name of the zoo or the path of an ONNX file")
      ->type_name("MODEL");
  command.add_option("--layer", options->layer, "One layer by its specification")
      ->type_name("SPEC");
  AddParameters(command, options->input.Parameters());
  options->device.AddTo(command);
  AddFormat(command, options->format, {"text", "json"});
  std::string types;
  for (const LayerType* type : LayerCatalog()) {
    types += "  " + std::string(type->example) + "\n";
  }
  command.footer(
      "Examples:\n"
      "  joulecast explain vgg16 --batch 8\n"
      "  joulecast explain --layer \"conv2d batch=8 in=64 out=128 image=56 kernel=3\"\n"
      "Layer types, each with an example:\n" +
      types);
  action = [options] { return Run(*options); };
}

}  // namespace joulecast
