// SPDX-License-Identifier: Apache-2.0
#include "request/model_request.h"

#include "base/text.h"
#include "joulecast/error.h"

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

}  // namespace

std::vector<Parameter> ModelRequest::Parameters() {
  return {{.name = "batch",
           .value = "N",
           .summary = "Samples per inference; 1 where the model leaves it open",
           .target = &batch},
          {.name = "shape",
           .value = "NAME=1x3x224x224",
           .summary = "Binds a whole input or one symbolic dimension; may be repeated",
           .target = &shapes},
          {.name = "dtype",
           .value = "TYPE",
           .summary = "Element type of weights and activations in place of the model's own",
           .target = &dtype,
           .choices = {"f64", "f32", "f16", "bf16"}}};
}

void ModelRequest::SetType(Graph& graph) const {
  if (!dtype.empty()) SetFloatType(graph, DTypeFromName(dtype).value_or(DType::kUnknown));
}

LayeredModel ModelRequest::LayersOf(Graph graph, const std::string& shown) const {
  InputBinding binding{.batch = batch};
  for (const std::string& shape : shapes) ReadShape(shape, binding);
  SetType(graph);
  try {
    return Resolve(graph, binding);
  } catch (const Error& error) {
    throw Error(error.kind(), Printable(shown, 100) + ": " + error.what());
  }
}

}  // namespace joulecast
