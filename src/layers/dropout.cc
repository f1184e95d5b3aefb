// SPDX-License-Identifier: Apache-2.0
// dropout -- y = x. Free: it drops nothing at inference. In training y = mask x / (1 - p), with a
// random mask of a byte an element.
#include "base/checked.h"
#include "layers/view.h"

namespace joulecast {
namespace {

std::optional<Lowered> Lower(const NodeView& node) {
  const Shape& shape = node.Input(0).shape;
  Lowered lowered = LowerView(node, kDropout, shape);
  lowered.outputs.push_back({.dtype = DType::kBool, .shape = shape});  // the mask
  return lowered;
}

std::int64_t MaskBytes(const LayerSpec& s) { return ElementCount(ViewShape(s)); }
std::int64_t Bytes(const LayerSpec& s) { return BytesOf(MaskBytes(s), s[DTypeSlot(s.type())]); }

Work CountTraining(const LayerSpec& s) {
  return {.input_bytes = Bytes(s), .output_bytes = CheckedSum({Bytes(s), MaskBytes(s)})};
}

Work CountBackward(const LayerSpec& s, bool /*input_grad*/) {
  return {.input_bytes = CheckedSum({Bytes(s), MaskBytes(s)}), .output_bytes = Bytes(s)};
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
                            .lower = Lower,
                            .backward = CountBackward,
                            .training = CountTraining};

}  // namespace joulecast
