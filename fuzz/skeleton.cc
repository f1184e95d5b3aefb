// SPDX-License-Identifier: Apache-2.0
// The bytes of an ONNX file in pieces, as an upload comes: what is kept of it must mean the same.
#include "formats/onnx/skeleton.h"

#include <algorithm>
#include <optional>
#include <string>

#include "formats/onnx/onnx.h"
#include "fuzz/target.h"
#include "joulecast/layer.h"
#include "joulecast/report.h"

namespace joulecast::fuzz {
namespace {

/// The model's layers, or nullopt if it is refused.
std::optional<std::string> LayersOf(std::string_view file) {
  std::optional<std::string> layers;
  Try([&] { layers = LayersJson(Resolve(ReadOnnxSkeleton(file, "model.onnx"), {})); });
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
}  // namespace joulecast::fuzz

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace joulecast::fuzz;
  const std::string_view file = Text(data, size);
  std::optional<std::string> skeleton;
  Try([&] { skeleton = Filtered(file); });
  const auto layers = LayersOf(file);
  if (skeleton && layers) {
    Promise(LayersOf(*skeleton) == layers, "what is kept of a model means the same");
  }
  return 0;
}
