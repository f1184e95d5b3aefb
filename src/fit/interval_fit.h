// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <Eigen/Core>
#include <span>

#include "fit/observation.h"
#include "fit/type_rows.h"
#include "joulecast/profile.h"

namespace joulecast {

/// Share of measurements that intervals are fitted to contain.
inline constexpr double kIntervalLevel = 0.9;

/// Ranges of the parameters of `rows`, of which there is at least one.
Support SupportOf(const LayerType& type, std::span<const StatedRow> rows);

/// A line over distances: `scale` at none, `per_distance` more for each unit of it up to `until`;
/// past that in proportion to 1 + distance, as ScaleAt (predict/support.h) has it.
struct ScoreLine {
  double scale = 0;
  double per_distance = 0;
  double until = 0;
};

/// The line that a share `level` of the scores lies below, whatever their distance: quantile
/// regression (least pinball loss) with a slope of at least zero, up to one of six quantiles of
/// the distances above zero. `scores` are not empty.
ScoreLine FitScoreLine(std::span<const double> scores, std::span<const double> distances,
                       double level);

/// The same over the scores of `plain` rows, which resemble those trained on, and behind them of
/// shifted folds' rows. At no distance it is not below what shifted rows there need, if they are at
/// least 100: a net's layers lie among rows of another kind, too, but plain rows outnumber such.
ScoreLine FitIntervalLine(std::span<const double> scores, std::span<const double> distances,
                          std::size_t plain, double level);

/// How wrong forecasts of a type may be, from held-out rows. `held_out` are forecasts of the own
/// rows, `rows`, by fits that have not seen them.
IntervalModel FitInterval(const TypeRows& problem, const TermModel& model,
                          const Eigen::VectorXd& held_out, std::span<const StatedRow> rows);

}  // namespace joulecast
