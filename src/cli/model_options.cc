// SPDX-License-Identifier: Apache-2.0
#include "cli/model_options.h"

#include "base/text.h"
#include "joulecast/error.h"
#include "joulecast/model.h"

namespace joulecast {
namespace {

/// "input=1x3x224x224" or "seq=128".
void ReadShape(const std::string& text, InputBinding& binding) {
  const std::size_t equals = text.find_last_of('=');
  const auto fail = [&](const std::string& why) {
    throw Error(ErrorKind::kUsage, "--shape " + Printable(text, 80) + ": " + why +
                                       "; write --shape input=1x3x224x224 or --shape seq=128");
  };
  if (equals == std::string::npos || equals == 0) fail("there is no name before a '='");
  Shape shape;
  for (const std::string_view part : Split(std::string_view(text).substr(equals + 1), 'x')) {
    const auto extent = ParseInt(part);
    if (!extent) fail("'" + Printable(part, 40) + "' is not a number");
    shape.push_back(*extent);
  }
  if (!binding.shapes.emplace(text.substr(0, equals), shape).second) fail("it is given twice");
}

/// CLI11 would clamp a number that is too large.
std::string CheckBatch(const std::string& text) {
  return ParseInt(text) ? "" : "'" + Printable(text, 40) + "' is not a whole number of samples";
}

}  // namespace

void ModelOptions::AddTo(CLI::App& command) {
  command.add_option("--batch", batch, "Samples per inference; 1 where the model leaves it open")
      ->type_name("N")
      ->check(CheckBatch);
  command
      .add_option("--shape", shapes,
                  "Binds a whole input or one symbolic dimension; may be repeated")
      ->type_name("NAME=1x3x224x224")
      ->expected(1)
      ->take_all();
  command
      .add_option("--dtype", dtype,
                  "Element type of weights and activations in place of the model's own")
      ->type_name("TYPE")
      ->check(CLI::IsMember({"f64", "f32", "f16", "bf16"}));
}

void ModelOptions::SetType(Graph& graph) const {
  if (!dtype.empty()) SetFloatType(graph, *DTypeFromName(dtype));
}

LayeredModel ModelOptions::Load(const std::string& name_or_path) const {
  InputBinding binding{.batch = batch};
  for (const std::string& shape : shapes) ReadShape(shape, binding);
  Graph graph = LoadModel(name_or_path);
  SetType(graph);
  try {
    return Resolve(graph, binding);
  } catch (const Error& error) {
    throw Error(error.kind(), Printable(name_or_path, 100) + ": " + error.what());
  }
}

void DeviceOption::AddTo(CLI::App& command) {
  command
      .add_option("--device", device,
                  "Device by name (see `joulecast devices`) or the path of a profile")
      ->type_name("NAME")
      ->capture_default_str();
}

void AddFormat(CLI::App& command, std::string& format, std::vector<std::string> formats) {
  format = formats.front();
  command.add_option("--format", format, "How to print: " + Join(formats, ", "))
      ->type_name("FORMAT")
      ->check(CLI::IsMember(formats))
      ->capture_default_str();
}

}  // namespace joulecast
