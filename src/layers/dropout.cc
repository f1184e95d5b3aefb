// SPDX-License-Identifier: Apache-2.0
// dropout -- y = x. Free: it drops nothing at inference.
#include "layers/view.h"

namespace joulecast {
namespace {

std::optional<Lowered> Lower(const NodeView& node) {
  const Shape& shape = node.Input(0).shape;
  Lowered lowered = LowerView(node, kDropout, shape);
  lowered.outputs.push_back({.dtype = DType::kBool, .shape = shape});  // the mask
  return lowered;
}

constexpr std::string_view kOps[] = {"Dropout"};

}  // namespace

const LayerType kDropout = {.name = "dropout",
                            .summary = "dropout, an identity at inference",
                            .example = "dropout elements=32768",
                            .params = kViewParams,
                            .ops = kOps,
                            .is_free = true,
                            .output_shape = ViewShape,
                            .work = CountView,
                            .lower = Lower};

}  // namespace joulecast
