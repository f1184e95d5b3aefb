// SPDX-License-Identifier: Apache-2.0
#include "backends/torch/move_twin.h"

#include "joulecast/error.h"

namespace joulecast {

void CheckMove(const LayerSpec& spec, bool fits) {
  if (fits) return;
  throw Error(ErrorKind::kInput, spec.ToString() +
                                     ": cannot run alone: such numbers of elements belong to no " +
                                     "simple shapes; measure it in its network");
}

std::vector<Operand> EqualMoveOperands(const LayerSpec& spec) {
  CheckMove(spec, spec[kMoveIn] == spec[kMoveOut] && spec[kMoveIndices] == 0);
  return {{.shape = {spec[kMoveIn]}}};
}

}  // namespace joulecast
