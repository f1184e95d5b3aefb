// SPDX-License-Identifier: Apache-2.0
// instancenorm -- each channel of each sample by its own mean and variance; scale and shift per
// channel.
#include "layers/norm.h"

namespace joulecast {
namespace {

std::optional<Lowered> Lower(const NodeView& node) {
  const TensorInfo& x = node.InputOfRank(0, 2);
  if (ElementCount(node.Input(1).shape) != x.shape[1]) {
    node.Fail("scale " + ToString(node.Input(1).shape) + " does not fit the input " +
              ToString(x.shape));
  }
  return LowerNorm(node, NormBehind(node, kInstanceNorm, 2), 1, 2);
}

constexpr std::string_view kOps[] = {"InstanceNormalization"};

}  // namespace

const LayerType kInstanceNorm =
    Norm("instancenorm", "instance normalisation: each channel by its own mean and variance",
         "instancenorm batch=8 rows=64 length=65536 weights=128", kOps, Lower);

}  // namespace joulecast
