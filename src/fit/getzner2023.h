// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <Eigen/Core>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "dataset/formats/getzner2023.h"
#include "fit/polynomial.h"
#include "fit/predictor_scores.h"
#include "fit/regression.h"
#include "fit/scaling.h"
#include "joulecast/units.h"

namespace joulecast {

/// Where a configuration of getzner2023 comes from.
enum class GetznerOrigin {
  kRandom,            ///< sampled layers: what the published predictors are fitted on
  kNetConfiguration,  ///< layers shaped as in real nets, at random batch sizes
  kNet,               ///< whole nets, and each of their layers alone
};

GetznerOrigin OriginOf(const GetznerRow& row);

/// "conv2d" of the module "Conv2d".
std::string LayerOf(const GetznerRow& row);

/// By the published cleaning: the counter did not wrap, and there is a positive energy.
bool IsKept(const GetznerRow& row);

/// One configuration: the mean of its kept repetitions.
struct GetznerSample {
  GetznerOrigin origin = GetznerOrigin::kRandom;
  std::string file;
  std::string layer;  ///< "conv2d", "relu", ...; "alexnet", "vgg" for whole nets
  double macs = 0;
  std::map<std::string, std::int64_t> params;  ///< as written: batch_size, image_size, ...
  std::string architecture;                    ///< "vgg11"; empty for random configurations
  int layer_idx = 0;                           ///< 0 for a whole net
  Joules energy;                               ///< of one forward pass
};

/// The published cleaning: rows whose counter wrapped and rows without a positive energy go, energy
/// is divided by the passes and averaged over what is left of each configuration. Configurations
/// stay in the order in which they first appear. Max pools of AlexNet and of the VGGs get the shape
/// that the files leave out.
std::vector<GetznerSample> AggregateGetzner(std::span<const GetznerRow> rows);

/// One predictor of the paper: which columns, how expanded, which regression, how well it did.
/// Some of them standardise the expanded columns, which leaves least squares where it is.
struct GetznerRecipe {
  std::string_view layer;
  bool params = false;  ///< the layer's parameters
  bool logs = false;    ///< log(1 + parameter), of each
  bool macs = false;
  int degree = 1;
  Products products = Products::kInteractions;
  bool lasso = false;  ///< alpha 1, run until it converges; else least squares
  PredictorScores published;

  /// "params+log+macs, degree 2"
  std::string Features() const;
  /// "OLS" or "Lasso"
  std::string Model() const { return lasso ? "Lasso" : "OLS"; }
};

/// The predictor that the paper settles on for each layer type (its table 2).
std::span<const GetznerRecipe> GetznerPredictors();

/// The feature sets that it compares (its table 6).
std::span<const GetznerRecipe> GetznerFeatureSets();

/// The names of a layer type's parameters, in the published order of columns.
/// Throws Error{kUsage} for a layer type that the paper does not predict.
std::span<const std::string_view> GetznerParameters(std::string_view layer);

/// Columns of a recipe before expansion, [samples, columns].
/// Throws Error{kInput} if a sample lacks one of the parameters.
Eigen::MatrixXd GetznerColumns(const GetznerRecipe& recipe, std::span<const GetznerSample> samples);

/// Joules of each sample.
Eigen::VectorXd GetznerTargets(std::span<const GetznerSample> samples);

/// A fitted recipe: the published baseline.
class GetznerPredictor {
 public:
  /// Throws Error{kInput} for fewer than two samples, or one that lacks a parameter.
  GetznerPredictor(const GetznerRecipe& recipe, std::span<const GetznerSample> train);

  /// Joules of one forward pass of each sample. A line with an intercept, so it may be negative.
  Eigen::VectorXd Predict(std::span<const GetznerSample> samples) const;

 private:
  GetznerRecipe recipe_;
  PolynomialTerms terms_;
  std::optional<MinMaxScale> target_scale_;
  LinearModel model_;
};

/// Seed of the published shuffles; the ablation has its own.
inline constexpr std::uint32_t kGetznerSeed = 1234;
inline constexpr std::uint32_t kGetznerAblationSeed = 1223;

/// The published protocol: 70/20/10 % of the shuffled samples, 10 folds within the 70 %, the test
/// on the last 10 %. Throws Error{kInput} for too few samples.
PredictorScores EvaluateGetzner(const GetznerRecipe& recipe,
                                std::span<const GetznerSample> samples);

}  // namespace joulecast
