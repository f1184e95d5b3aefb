// SPDX-License-Identifier: Apache-2.0
#include "fit/shifted_folds.h"

#include <algorithm>
#include <set>

#include "base/statistics.h"

namespace joulecast {
namespace {

std::vector<double> EnergiesOf(const TypeRows& problem) {
  return {problem.energy.target.begin(), problem.energy.target.begin() + problem.own};
}

std::vector<double> MacsOf(const TypeRows& problem) {
  std::vector<double> macs;
  for (const LayerSpec* spec : problem.specs) {
    macs.push_back(static_cast<double>(spec->CountWork().macs));
  }
  return macs;
}

/// What shifted folds take for size. Where a residual is learned it is known before measuring:
/// rows chosen by what they cost would teach it a biased ratio.
std::vector<double> SizesOf(const TypeRows& problem) {
  return problem.with_residual ? MacsOf(problem) : EnergiesOf(problem);
}

}  // namespace

std::vector<std::vector<bool>> ShiftedFolds(const TypeRows& problem,
                                            std::span<const StatedRow> rows) {
  std::vector<std::vector<double>> keys = {SizesOf(problem)};
  const auto own = rows.size();
  for (std::size_t slot = 0; slot < SlotCount(problem.type); ++slot) {
    std::vector<double> values;
    for (const StatedRow& row : rows) {
      values.push_back(static_cast<double>(row.row->spec[slot]));
    }
    if (std::set<double>(values.begin(), values.end()).size() < kFolds) continue;
    if (std::find(keys.begin(), keys.end(), values) == keys.end()) keys.push_back(values);
  }
  std::vector<std::vector<bool>> folds;
  for (const std::vector<double>& key : keys) {
    const double low = Quantile(key, 0.2).value();
    const double high = Quantile(key, 0.8).value();
    std::vector<bool> smallest(own);
    std::vector<bool> largest(own);
    for (std::size_t i = 0; i < own; ++i) {
      smallest[i] = key[i] < low;
      largest[i] = key[i] > high;
    }
    for (const auto& fold : {smallest, largest}) {
      if (std::find(fold.begin(), fold.end(), true) != fold.end()) folds.push_back(fold);
    }
  }
  return folds;
}

}  // namespace joulecast
