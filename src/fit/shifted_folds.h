// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <vector>

#include "fit/observation.h"
#include "fit/type_rows.h"

namespace joulecast {

/// Folds that resemble the shift from random layers to those of real networks: the smallest and
/// the largest fifth by size and by each parameter. `rows` are the problem's own; each fold says
/// of each of them whether it is tested.
std::vector<std::vector<bool>> ShiftedFolds(const TypeRows& problem,
                                            std::span<const StatedRow> rows);

}  // namespace joulecast
