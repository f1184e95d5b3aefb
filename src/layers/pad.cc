// SPDX-License-Identifier: Apache-2.0
// pad -- a tensor copied into a larger one, or cut by negative padding.
#include "base/checked.h"
#include "layers/node_view.h"

namespace joulecast {
namespace {

enum Slot : std::size_t { kIn, kOut, kType };

constexpr Param kParams[] = {
    {.name = "in"},   // elements
    {.name = "out"},  // elements
    {.name = "dtype", .kind = ParamKind::kDType, .default_value = std::int64_t(DType::kF32)},
};

Shape OutputShape(const LayerSpec& s) { return {s[kOut]}; }

Work CountWork(const LayerSpec& s) {
  return {.input_bytes = BytesOf(s[kIn], s[kType]), .output_bytes = BytesOf(s[kOut], s[kType])};
}

/// `pads` holds what goes before each axis, then what goes behind; `axes` names them, else all.
std::optional<Lowered> Lower(const NodeView& node) {
  const TensorInfo& x = node.Input(0);
  const auto pads = node.IntsArgument("pads", 1);
  if (!pads) node.Fail("it has no pads");
  const auto axes = node.IntsArgument("axes", 3);
  const std::size_t count = axes ? axes->size() : x.shape.size();
  if (pads->size() != 2 * count) {
    node.Fail("its " + std::to_string(pads->size()) + " pads do not fit " + std::to_string(count) +
              " axes");
  }
  Shape shape = x.shape;
  for (std::size_t i = 0; i < count; ++i) {
    const std::size_t axis = axes ? node.Axis((*axes)[i], shape.size()) : i;
    shape[axis] = CheckedSum({shape[axis], (*pads)[i], (*pads)[count + i]});
  }
  LayerSpec spec(kPad);
  spec.Set(kIn, ElementCount(x.shape))
      .Set(kOut, ElementCount(shape))
      .Set(kType, static_cast<std::int64_t>(x.dtype));
  return LowerTo(node, spec, shape);
}

constexpr std::string_view kOps[] = {"Pad"};

}  // namespace

const LayerType kPad = {.name = "pad",
                        .summary = "a tensor copied into a larger one",
                        .example = "pad in=3211264 out=3326976",
                        .params = kParams,
                        .ops = kOps,
                        .output_shape = OutputShape,
                        .work = CountWork,
                        .lower = Lower};

}  // namespace joulecast
