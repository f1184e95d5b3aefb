// SPDX-License-Identifier: Apache-2.0
#include <memory>

#include "cli/model_options.h"
#include "formats/load_model.h"
#include "joulecast/report.h"
#include "request/model_request.h"

namespace joulecast {
namespace {

struct Options {
  std::string model;
  ModelRequest input;
  std::string format;
};

int Run(const Options& options) {
  const LayeredModel model = options.input.LayersOf(LoadModel(options.model), options.model);
  for (const std::string& warning : model.warnings) Warn(warning);
  if (options.format == "json") {
    Print(LayersJson(model));
  } else if (options.format == "csv") {
    Print(LayersCsv(model));
  } else {
    Print(LayersText(model));
  }
  return kDone;
}

}  // namespace

void AddLayers(CLI::App& command, Action& action) {
  const auto options = std::make_shared<Options>();
  command
      .add_option("model", options->model,
                  "A name of the zoo, or the path of an ONNX file or of a\n"
                  "language model's config.json")
      ->required()
      ->type_name("MODEL");
  AddParameters(command, options->input.Parameters());
  AddFormat(command, options->format, {"text", "json", "csv"});
  command.footer(
      "Examples:\n"
      "  joulecast layers resnet50\n"
      "  joulecast layers model.onnx --batch 4 --format json\n"
      "MACs count multiply-accumulates without bias, as torchvision and fvcore do;\n"
      "macs_with_bias adds one per result of a layer with bias, as getzner2023 does.\n"
      "1 MAC = 2 FLOPs.");
  action = [options] { return Run(*options); };
}

}  // namespace joulecast
