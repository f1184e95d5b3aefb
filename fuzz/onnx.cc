// SPDX-License-Identifier: Apache-2.0
// The bytes of an ONNX file, as users and uploads have them; then all that `estimate` does with it.
#include "formats/onnx/onnx.h"

#include "fuzz/estimate_all.h"
#include "fuzz/target.h"

namespace joulecast::fuzz {

void RunInput(std::string_view input) { EstimateGraph(ReadOnnxSkeleton(input, "model.onnx"), {}); }

}  // namespace joulecast::fuzz
