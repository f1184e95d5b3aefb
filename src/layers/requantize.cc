// SPDX-License-Identifier: Apache-2.0
// requantize -- a QuantizeLinear or DequantizeLinear beside an integer kernel, which scales its
// sums on their way out. Free: in between, tensors stay integers.
#include "layers/quantization.h"
#include "layers/view.h"

namespace joulecast {
namespace {

/// A DequantizeLinear hands the integers on; a QuantizeLinear has the type of its zero point.
std::optional<Lowered> Lower(const NodeView& node) {
  if (!node.context().is_requantization) return std::nullopt;
  Lowered lowered = LowerView(node, kRequantize, node.Input(0).shape);
  if (node.op() == "QuantizeLinear" && node.HasInput(2)) {
    lowered.outputs[0].dtype = node.Input(2).dtype;
  }
  return lowered;
}

constexpr std::string_view kOps[] = {"QuantizeLinear", "DequantizeLinear",
                                     "com.microsoft::QuantizeLinear",
                                     "com.microsoft::DequantizeLinear"};

}  // namespace

const LayerType kRequantize = {
    .name = "requantize",
    .summary = "a change of scale that an integer kernel does on its way",
    .example = "requantize elements=802816",
    .params = kViewParams,
    .ops = kOps,
    .is_free = true,
    .output_shape = ViewShape,
    .work = CountView,
    .lower = Lower};

}  // namespace joulecast
