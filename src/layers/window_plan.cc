// SPDX-License-Identifier: Apache-2.0
#include "layers/window_plan.h"

#include "base/checked.h"

namespace joulecast {

WindowPlan PlanWindows(const NodeView& node, std::size_t i) {
  const Shape& image = node.InputOfRank(i, 4).shape;
  const std::int64_t side = node.Int("window", 0);
  if (image.size() != 4 || side < 1) {
    node.Fail("cannot cut " + ToString(image) + " into windows of " + std::to_string(side));
  }
  WindowPlan plan{.image = image, .padded = image, .side = side, .windows = 1, .is_rolled = false};
  for (const std::size_t axis : {1, 2}) {
    const std::int64_t count = CheckedSum({image[axis], side - 1}) / side;
    plan.padded[axis] = CheckedProduct({count, side});
    plan.windows = CheckedProduct({plan.windows, count});
    plan.is_rolled = plan.is_rolled || (node.Int("shift", 0) > 0 && plan.padded[axis] > side);
  }
  if (plan.is_padded() && node.Int("pads", 0) == 0) {
    node.Fail("windows of " + std::to_string(side) + "x" + std::to_string(side) + " do not fit " +
              ToString(image) + "; choose an image whose sides they divide with --shape");
  }
  return plan;
}

}  // namespace joulecast
