// SPDX-License-Identifier: Apache-2.0
// groupnorm -- the channels of a sample in groups, each group by its own mean and variance; scale
// and shift per channel.
#include "layers/norm.h"

namespace joulecast {
namespace {

std::optional<Lowered> Lower(const NodeView& node) {
  const bool is_onnx = node.op() == "GroupNormalization";
  const TensorInfo& x = node.InputOfRank(0, 2);
  const bool channels_last = !is_onnx && node.Int("channels_last", 1) != 0;
  const std::int64_t channels = channels_last ? x.shape.back() : x.shape[1];
  const std::int64_t groups = node.Int(is_onnx ? "num_groups" : "groups", 0);
  if (groups < 1 || channels % groups != 0) {
    node.Fail(std::to_string(groups) + " groups do not divide the channels of the input " +
              ToString(x.shape));
  }
  LayerSpec spec = NormBehind(node, kGroupNorm, 1);
  spec.Set(kNormRows, groups).Set(kNormLength, spec[kNormLength] / groups);
  return LowerNorm(node, spec, 1, 2);
}

constexpr std::string_view kOps[] = {"GroupNormalization", "com.microsoft::GroupNorm"};

}  // namespace

const LayerType kGroupNorm =
    Norm("groupnorm", "group normalisation: groups of channels by their own mean and variance",
         "groupnorm batch=8 rows=32 length=31360 weights=640", kOps, Lower);

}  // namespace joulecast
