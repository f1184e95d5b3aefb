// SPDX-License-Identifier: Apache-2.0
// optimizer -- one update of trained numbers by their gradients: w = w - rate f(gradient, states),
// written over the numbers and their states.
#include "base/checked.h"
#include "layers/node_view.h"
#include "layers/stream.h"

namespace joulecast {
namespace {

enum Slot : std::size_t { kElements, kStates, kType };

constexpr Param kParams[] = {
    {.name = "elements"},
    // Running means of each: none of plain SGD, one of SGD with momentum, two of Adam and AdamW
    {.name = "states", .min = 0, .default_value = 1},
    {.name = "dtype", .kind = ParamKind::kDType, .default_value = std::int64_t(DType::kF32)},
};

Shape OutputShape(const LayerSpec& s) { return {s[kElements]}; }

/// Elementwise: no MACs.
Work CountWork(const LayerSpec& s) {
  const auto bytes = [&](std::int64_t tensors) {
    return BytesOf(CheckedProduct({tensors, s[kElements]}), s[kType]);
  };
  return {.input_bytes = bytes(1 + s[kStates]),
          .output_bytes = bytes(1 + s[kStates]),
          .weight_bytes = bytes(1)};
}

/// ONNX's own: rate and step count, then as many tensors as are trained, their gradients, and each
/// kind of state. New numbers and states come out.
std::optional<Lowered> Lower(const NodeView& node) {
  const std::int64_t states = node.op() == "Momentum" ? 1 : 2;
  const auto given = static_cast<std::int64_t>(node.input_count());
  const std::int64_t tensors = (given - 2) / (2 + states);
  if (tensors < 1 || given != 2 + tensors * (2 + states)) {
    node.Fail("its " + std::to_string(given) + " inputs are no numbers, gradients and states");
  }
  std::int64_t elements = 0;
  std::vector<TensorInfo> outputs;
  for (std::int64_t i = 0; i < tensors * (1 + states); ++i) {
    const std::int64_t place = i < tensors ? i : i + tensors;  // gradients do not come out
    outputs.push_back(node.Input(static_cast<std::size_t>(2 + place)));
    outputs.back().is_constant = false;
    outputs.back().constant.reset();
    if (i < tensors) elements = CheckedSum({elements, ElementCount(outputs.back().shape)});
  }
  LayerSpec spec(kOptimizer);
  spec.Set(kElements, elements)
      .Set(kStates, states)
      .Set(kType, static_cast<std::int64_t>(outputs[0].dtype));
  Lowered lowered = LowerTo(node, spec);
  lowered.outputs = std::move(outputs);
  return lowered;
}

constexpr std::string_view kOps[] = {"ai.onnx.preview.training::Momentum",
                                     "ai.onnx.preview.training::Adam"};

}  // namespace

const LayerType kOptimizer = {.name = "optimizer",
                              .summary = "one update of trained numbers by their gradients",
                              .example = "optimizer elements=2359296 states=1",
                              .params = kParams,
                              .ops = kOps,
                              .output_shape = OutputShape,
                              .work = CountWork,
                              .lower = Lower,
                              .terms = kStreamTermList,
                              .amounts = MeasureOnePass,
                              .backward = nullptr,
                              .relative = ReluOfEqualBytes,
                              .read_amounts = ReadStream};

}  // namespace joulecast
