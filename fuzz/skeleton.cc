// SPDX-License-Identifier: Apache-2.0
// The bytes of an ONNX file in pieces, as an upload comes: what is kept of it must mean the same.
#include "formats/onnx/skeleton.h"

#include <algorithm>
#include <optional>
#include <string>

#include "formats/onnx/onnx.h"
#include "fuzz/estimate_all.h"
#include "fuzz/target.h"
#include "joulecast/layer.h"
#include "joulecast/report.h"

namespace joulecast::fuzz {
namespace {

/// The model's layers, or nullopt if it is refused or has more nodes than are looked at.
std::optional<std::string> LayersOf(std::string_view file) {
  std::optional<std::string> layers;
  Try([&] {
    const Graph graph = ReadOnnxSkeleton(file, "model.onnx");
    if (graph.nodes.size() <= kMostNodes) layers = LayersJson(Resolve(graph, {}));
  });
  return layers;
}

/// Pieces of 1, 3, 7, ... 127 bytes: every kind of field is cut somewhere.
std::string Filtered(std::string_view file) {
  onnx::SkeletonFilter filter("model.onnx");
  for (std::size_t at = 0, length = 1; at < file.size();
       at += length, length = length % 64 * 2 + 1) {
    filter.Take(std::as_bytes(std::span(file.substr(at, length))));
  }
  return filter.Finish();
}

}  // namespace

void RunInput(std::string_view input) {
  std::optional<std::string> skeleton;
  Try([&] { skeleton = Filtered(input); });
  const auto layers = LayersOf(input);
  if (skeleton && layers) {
    Promise(LayersOf(*skeleton) == layers, "what is kept of a model means the same");
  }
}

}  // namespace joulecast::fuzz
