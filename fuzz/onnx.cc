// SPDX-License-Identifier: Apache-2.0
// The bytes of an ONNX file, as users and uploads have them; then all that `estimate` does with it.
#include "formats/onnx/onnx.h"

#include "fuzz/estimate_all.h"
#include "fuzz/target.h"

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace joulecast::fuzz;
  Try([&] { EstimateGraph(joulecast::ReadOnnxSkeleton(Text(data, size), "model.onnx"), {}); });
  return 0;
}
