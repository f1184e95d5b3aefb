// SPDX-License-Identifier: Apache-2.0
#include "layers/backward.h"

#include "base/checked.h"
#include "layers/move.h"

namespace joulecast {
namespace {

LayerSpec MoveSpec(const LayerType& type, std::int64_t in, std::int64_t out, std::int64_t indices,
                   std::int64_t dtype) {
  LayerSpec spec(type);
  spec.Set(kMoveIn, in).Set(kMoveOut, out).Set(kMoveIndices, indices).Set(kMoveType, dtype);
  return spec;
}

}  // namespace

Work BackwardOfFunction(const LayerSpec& forward, bool input_grad) {
  const Work work = forward.CountWork();
  const std::int64_t factors = (input_grad ? 1 : 0) + (work.params > 0 || input_grad ? 1 : 0);
  const std::int64_t gradients = BytesOf(work.params, forward[DTypeSlot(forward.type())]);
  return {.macs = CheckedProduct({factors, work.macs}),
          .bias_adds = work.bias_adds,
          .input_bytes = CheckedSum({work.output_bytes, work.input_bytes}),
          .output_bytes = input_grad ? work.input_bytes : 0,
          .weight_bytes = CheckedSum({input_grad ? work.weight_bytes : 0, gradients})};
}

Work BackwardOfMove(const LayerSpec& forward, bool /*input_grad*/) {
  const Work work = forward.CountWork();
  return {.input_bytes = work.output_bytes, .output_bytes = work.input_bytes};
}

std::optional<LayerSpec> GradientOfView(const LayerSpec& view, std::int64_t operand_elements,
                                        std::int64_t parts) {
  const std::int64_t seen = ElementCount(view.OutputShape());
  const std::int64_t dtype = view[DTypeSlot(view.type())];
  if (seen < operand_elements) return MoveSpec(kPad, seen, operand_elements, 0, dtype);
  if (seen > operand_elements) return MoveSpec(kReduce, seen, operand_elements, 0, dtype);
  if (parts < 2) return std::nullopt;
  LayerSpec joined(kConcat);
  joined.Set(joined.SlotOf("elements"), seen)
      .Set(joined.SlotOf("parts"), parts)
      .Set(joined.SlotOf("dtype"), dtype);
  return joined;
}

LayerSpec GradientOfRows(const LayerSpec& forward, std::int64_t elements, std::int64_t rows,
                         std::int64_t operand_elements) {
  return MoveSpec(kScatter, elements, operand_elements, rows, forward[DTypeSlot(forward.type())]);
}

}  // namespace joulecast
