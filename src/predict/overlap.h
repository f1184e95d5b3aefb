// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>

#include "joulecast/layer.h"

namespace joulecast {

/// Compute C and traffic M that run at the same time cost (C^p + M^p)^(1/p). Each term's part of
/// that is its own cost times the expression's derivative, so that the parts add up to it.
struct OverlapFactors {
  double compute = 1;
  double traffic = 1;

  double Of(const Term& term) const {
    return term.overlap == Overlap::kCompute   ? compute
           : term.overlap == Overlap::kTraffic ? traffic
                                               : 1;
  }
};

/// `costs` has one number per term; all factors are 1 where p is 1 or a side is absent.
OverlapFactors FactorsOf(std::span<const Term> terms, std::span<const double> costs, double p);

}  // namespace joulecast
