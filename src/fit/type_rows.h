// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <Eigen/Core>
#include <span>
#include <vector>

#include "fit/observation.h"
#include "fit/residual_fit.h"
#include "fit/term_fit.h"
#include "joulecast/layer.h"

namespace joulecast {

inline constexpr std::size_t kFolds = 5;

/// The rows that one layer type is fitted to: its own first, then those of any type that do
/// nothing but read memory (LayerType::pure_read_bytes).
struct TypeRows {
  const LayerType& type;
  TermRows energy;
  Eigen::VectorXd time;
  Eigen::Index own = 0;
  std::vector<const LayerSpec*> specs = {};     ///< of the own rows
  std::vector<std::size_t> configuration = {};  ///< of the own rows, numbered from 0
  bool with_residual = false;  ///< whether fits learn a residual on top of the terms
};

/// Whether the rows were timed: all of them are, or none.
inline bool HasTimes(const TypeRows& rows) { return (rows.time.array() > 0).all(); }

/// How many different configurations the rows are of.
std::size_t CountConfigurations(std::span<const StatedRow> rows);

TypeRows MakeTypeRows(const LayerType& type, std::span<const StatedRow> rows,
                      std::span<const Observation> reads, const DeviceTraits& traits);

/// A residual of fitted terms, learned from the own rows among `chosen`.
Residual LearnResidual(const TypeRows& rows, const TermModel& energy, const TermModel& time,
                       std::vector<Eigen::Index> chosen, TreeChoice choice);

/// Forecasts of the tested own rows by a fit on all others.
Eigen::VectorXd HeldOut(const TypeRows& rows, const std::vector<bool>& tested, double exponent);

/// Forecast of each own row by the fit of the four folds that it is not in. Rows of one
/// configuration share a fold: a fit that has seen it in one session knows it in every other.
Eigen::VectorXd CrossForecast(const TypeRows& rows, double exponent);

/// Absolute relative errors of forecasts of the own rows.
Eigen::VectorXd RelativeErrors(const Eigen::VectorXd& forecast, const TypeRows& rows);

/// Their mean.
double MeanRelativeError(const Eigen::VectorXd& forecast, const TypeRows& rows);

}  // namespace joulecast
