// SPDX-License-Identifier: Apache-2.0
// trainingonly -- weights that an inference does not touch, such as an auxiliary classifier's.
// Free: they are parameters of the model, and no work.
#include "base/checked.h"
#include "layers/node_view.h"

namespace joulecast {
namespace {

enum Slot : std::size_t { kCount, kType };

constexpr Param kParams[] = {
    {.name = "params"},
    {.name = "dtype", .kind = ParamKind::kDType, .default_value = std::int64_t(DType::kF32)},
};

Shape OutputShape(const LayerSpec& s) { return {s[kCount]}; }

Work CountWork(const LayerSpec& s) { return {.params = s[kCount]}; }

std::optional<Lowered> Lower(const NodeView& node) {
  std::int64_t params = 0;
  for (std::size_t i = 0; i < node.input_count(); ++i) {
    params = CheckedSum({params, ElementCount(node.Input(i).shape)});
  }
  LayerSpec spec(kTrainingOnly);
  spec.Set(kCount, params).Set(kType, static_cast<std::int64_t>(node.Input(0).dtype));
  return LowerTo(node, spec);
}

constexpr std::string_view kOps[] = {"TrainingOnly"};

}  // namespace

const LayerType kTrainingOnly = {.name = "trainingonly",
                                 .summary = "weights that only training uses; no work",
                                 .example = "trainingonly params=3326696",
                                 .params = kParams,
                                 .ops = kOps,
                                 .is_free = true,
                                 .output_shape = OutputShape,
                                 .work = CountWork,
                                 .lower = Lower};

}  // namespace joulecast
