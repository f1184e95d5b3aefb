// SPDX-License-Identifier: Apache-2.0
// J. Getzner, B. Charpentier, S. Guennemann, "Accuracy is not the only metric that matters:
// estimating the energy consumption of deep learning models", arXiv 2304.00897.
#include "fit/getzner2023.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <cmath>
#include <utility>

#include "base/statistics.h"
#include "dataset/formats/getzner2023_nets.h"
#include "fit/split.h"
#include "joulecast/error.h"

namespace joulecast {
namespace {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;

constexpr std::array<std::string_view, 7> kConvParams = {
    "batch_size", "image_size", "kernel_size", "in_channels", "out_channels", "stride", "padding"};
constexpr std::array<std::string_view, 6> kPoolParams = {"batch_size",  "image_size", "kernel_size",
                                                         "in_channels", "stride",     "padding"};
constexpr std::array<std::string_view, 3> kLinearParams = {"batch_size", "input_size",
                                                           "output_size"};
constexpr std::array<std::string_view, 2> kActivationParams = {"batch_size", "input_size"};

constexpr auto kAll = Products::kAll;

/// Of Lasso's published test scores, those of the widest expansions are met only by a run that has
/// converged: up to 36,000 passes, where scikit-learn stops after 1000 unless told otherwise.
constexpr LassoOptions kLasso = {.alpha = 1.0, .tolerance = 1e-4, .max_iterations = 100'000};

// clang-format off
constexpr GetznerRecipe kPredictors[] = {
    {.layer = "conv2d", .macs = true,
     .published = {.cv_r2 = .994, .cv_r2_sd = .005, .test_r2 = .9977, .test_mse = 2.779e-5}},
    {.layer = "maxpool2d", .params = true, .logs = true, .macs = true, .degree = 2,
     .published = {.cv_r2 = .999, .test_r2 = .9995, .test_mse = 7.736e-7}},
    {.layer = "linear", .macs = true,
     .published = {.cv_r2 = .999, .test_r2 = .9992, .test_mse = 3.384e-5}},
    {.layer = "relu", .macs = true,
     .published = {.cv_r2 = .981, .cv_r2_sd = .005, .test_r2 = .9812, .test_mse = 8.998e-4}},
    {.layer = "sigmoid", .params = true, .degree = 2,
     .published = {.cv_r2 = .981, .cv_r2_sd = .008, .test_r2 = .9905, .test_mse = 7.538e-4}},
    {.layer = "tanh", .params = true, .degree = 2, .products = kAll,
     .published = {.cv_r2 = .976, .cv_r2_sd = .008, .test_r2 = .9761, .test_mse = 1.412e-3}},
    {.layer = "softmax", .params = true, .degree = 2,
     .published = {.cv_r2 = .989, .cv_r2_sd = .004, .test_r2 = .9913, .test_mse = 4.972e-4}},
};

constexpr GetznerRecipe kFeatureSets[] = {
    {.layer = "conv2d", .params = true, .degree = 4, .lasso = true, .published = {.test_r2 = .7097}},
    {.layer = "conv2d", .params = true, .logs = true, .degree = 3, .lasso = true,
     .published = {.test_r2 = .7954}},
    {.layer = "conv2d", .macs = true, .published = {.test_r2 = .9977}},
    {.layer = "conv2d", .params = true, .macs = true, .published = {.test_r2 = .9979}},
    {.layer = "conv2d", .params = true, .logs = true, .macs = true, .published = {.test_r2 = .9979}},
    {.layer = "maxpool2d", .params = true, .degree = 4, .lasso = true,
     .published = {.test_r2 = .4468}},
    {.layer = "maxpool2d", .params = true, .logs = true, .degree = 3, .lasso = true,
     .published = {.test_r2 = .8194}},
    {.layer = "maxpool2d", .macs = true, .published = {.test_r2 = .9797}},
    {.layer = "maxpool2d", .params = true, .macs = true, .degree = 2,
     .published = {.test_r2 = .9967}},
    {.layer = "maxpool2d", .params = true, .logs = true, .macs = true, .degree = 2,
     .published = {.test_r2 = .9995}},
    {.layer = "linear", .params = true, .degree = 3, .published = {.test_r2 = .9990}},
    {.layer = "linear", .params = true, .logs = true, .degree = 3, .published = {.test_r2 = .9995}},
    {.layer = "linear", .macs = true, .published = {.test_r2 = .9992}},
    {.layer = "linear", .params = true, .macs = true, .published = {.test_r2 = .9991}},
    {.layer = "linear", .params = true, .logs = true, .macs = true, .published = {.test_r2 = .9992}},
    {.layer = "relu", .params = true, .degree = 2, .published = {.test_r2 = .9812}},
    {.layer = "relu", .macs = true, .published = {.test_r2 = .9812}},
};
// clang-format on

/// The files name the MACs of a net's max pools but not their shapes. Those of the net's
/// definition are taken, where its MACs are those of the file.
void FillPoolShapes(std::vector<GetznerSample>& samples) {
  using Net = std::pair<std::string, std::int64_t>;  // and batch
  std::map<Net, std::vector<GetznerLeaf>> leaves;
  for (GetznerSample& sample : samples) {
    const auto batch = sample.params.find("batch_size");
    if (sample.origin != GetznerOrigin::kNet || sample.layer != "maxpool2d") continue;
    if (batch == sample.params.end() || sample.params.contains("kernel_size")) continue;
    const auto [known, is_new] = leaves.try_emplace({sample.architecture, batch->second});
    if (is_new) known->second = GetznerLeaves(sample.architecture, batch->second);
    const auto index = static_cast<std::size_t>(sample.layer_idx);
    if (index < 1 || index > known->second.size()) continue;
    const GetznerLayer& leaf = known->second[index - 1].layer;
    const bool is_confirmed =
        leaf.module == "MaxPool2d" && static_cast<double>(leaf.macs) == sample.macs;
    if (is_confirmed) sample.params = leaf.params;
  }
}

double Parameter(const GetznerSample& sample, std::string_view name) {
  const auto found = sample.params.find(std::string(name));
  if (found != sample.params.end()) return static_cast<double>(found->second);
  throw Error(ErrorKind::kInput, sample.file + ": a " + sample.layer + " layer" +
                                     (sample.architecture.empty() ? "" : " of ") +
                                     sample.architecture + " has no " + std::string(name) +
                                     ", which its predictor needs: exclude it");
}

LinearModel FitModel(const GetznerRecipe& recipe, const MatrixXd& x, const VectorXd& y) {
  return recipe.lasso ? FitLasso(x, y, kLasso).model : FitLeastSquares(x, y);
}

PolynomialTerms TermsOf(const GetznerRecipe& recipe) {
  const auto params = static_cast<int>(GetznerParameters(recipe.layer).size());
  const int columns =
      (recipe.params ? params : 0) + (recipe.logs ? params : 0) + (recipe.macs ? 1 : 0);
  return {columns, recipe.degree, recipe.products};
}

std::span<const double> View(const VectorXd& values) {
  return {values.data(), static_cast<std::size_t>(values.size())};
}

}  // namespace

GetznerOrigin OriginOf(const GetznerRow& row) {
  if (row.file.starts_with("architectures/")) return GetznerOrigin::kNet;
  const bool is_shaped_as_in_nets = row.file.find("architecture-configs") != std::string::npos;
  return is_shaped_as_in_nets ? GetznerOrigin::kNetConfiguration : GetznerOrigin::kRandom;
}

std::string LayerOf(const GetznerRow& row) {
  std::string layer = row.module;
  for (char& c : layer) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return layer;
}

bool IsKept(const GetznerRow& row) { return !row.counter_wrapped && row.energy().value() > 0; }

std::vector<GetznerSample> AggregateGetzner(std::span<const GetznerRow> rows) {
  std::vector<GetznerSample> samples;
  std::map<std::string, std::pair<std::size_t, int>> seen;  // sample, repetitions so far
  for (const GetznerRow& row : rows) {
    if (!IsKept(row)) continue;
    auto& [index, repetitions] =
        seen.try_emplace(row.Configuration(), samples.size(), 0).first->second;
    if (index == samples.size()) {
      samples.push_back({.origin = OriginOf(row),
                         .file = row.file,
                         .layer = LayerOf(row),
                         .macs = static_cast<double>(row.macs),
                         .params = row.params,
                         .architecture = row.architecture,
                         .layer_idx = row.layer_idx.value_or(0)});
    }
    ++repetitions;
    const Joules pass = (1.0 / static_cast<double>(row.passes)) * row.energy();
    Joules& mean = samples[index].energy;
    mean += (1.0 / repetitions) * (pass - mean);
  }
  FillPoolShapes(samples);
  return samples;
}

std::string GetznerRecipe::Features() const {
  std::string text;
  if (params) text = "params";
  if (logs) text += std::string(text.empty() ? "" : "+") + "log";
  if (macs) text += std::string(text.empty() ? "" : "+") + "macs";
  if (degree > 1) text += ", degree " + std::to_string(degree);
  return text;
}

std::span<const GetznerRecipe> GetznerPredictors() { return kPredictors; }
std::span<const GetznerRecipe> GetznerFeatureSets() { return kFeatureSets; }

std::span<const std::string_view> GetznerParameters(std::string_view layer) {
  if (layer == "conv2d") return kConvParams;
  if (layer == "maxpool2d") return kPoolParams;
  if (layer == "linear") return kLinearParams;
  for (const std::string_view activation : {"relu", "sigmoid", "tanh", "softmax"}) {
    if (layer == activation) return kActivationParams;
  }
  throw Error(ErrorKind::kUsage,
              "the getzner2023 predictors do not know the layer type '" + std::string(layer) +
                  "'; they know conv2d, maxpool2d, linear, relu, sigmoid, tanh and softmax");
}

MatrixXd GetznerColumns(const GetznerRecipe& recipe, std::span<const GetznerSample> samples) {
  const auto params = GetznerParameters(recipe.layer);
  const auto rows = static_cast<Index>(samples.size());
  MatrixXd x(rows, static_cast<Index>(2 * params.size() + 1));
  for (Index i = 0; i < rows; ++i) {
    const GetznerSample& sample = samples[static_cast<std::size_t>(i)];
    Index column = 0;
    if (recipe.params) {
      for (const auto name : params) x(i, column++) = Parameter(sample, name);
    }
    if (recipe.logs) {
      for (const auto name : params) x(i, column++) = std::log1p(Parameter(sample, name));
    }
    if (recipe.macs) x(i, column++) = sample.macs;
  }
  const auto count =
      params.size() * ((recipe.params ? 1 : 0) + (recipe.logs ? 1 : 0)) + (recipe.macs ? 1 : 0);
  return x.leftCols(static_cast<Index>(count));
}

VectorXd GetznerTargets(std::span<const GetznerSample> samples) {
  VectorXd y(static_cast<Index>(samples.size()));
  for (std::size_t i = 0; i < samples.size(); ++i) {
    y[static_cast<Index>(i)] = samples[i].energy.value();
  }
  return y;
}

GetznerPredictor::GetznerPredictor(const GetznerRecipe& recipe,
                                   std::span<const GetznerSample> train)
    : recipe_(recipe), terms_(TermsOf(recipe)) {
  const VectorXd y = GetznerTargets(train);
  target_scale_.emplace(y);
  const MatrixXd x = terms_.Expand(GetznerColumns(recipe, train));
  model_ = FitModel(recipe, x, target_scale_->Scale(y));
}

VectorXd GetznerPredictor::Predict(std::span<const GetznerSample> samples) const {
  const MatrixXd x = terms_.Expand(GetznerColumns(recipe_, samples));
  return target_scale_->Restore(model_.Predict(x));
}

PredictorScores EvaluateGetzner(const GetznerRecipe& recipe,
                                std::span<const GetznerSample> samples) {
  const Split3 split = SplitShuffled(samples.size(), kGetznerSeed);
  const MatrixXd x = TermsOf(recipe).Expand(GetznerColumns(recipe, samples));
  const VectorXd y = GetznerTargets(samples);
  const MinMaxScale scale(y(split.train));
  const MatrixXd train_x = x(split.train, Eigen::all);
  const VectorXd train_y = scale.Scale(y(split.train));
  const auto fit = [&](const MatrixXd& fold_x, const VectorXd& fold_y) {
    return FitModel(recipe, fold_x, fold_y);
  };
  const auto folds = CrossValidatedR2(train_x, train_y, 10, fit);
  const VectorXd predicted = fit(train_x, train_y).Predict(x(split.test, Eigen::all));
  const VectorXd measured = scale.Scale(y(split.test));
  const VectorXd measured_j = y(split.test);
  const VectorXd predicted_j = scale.Restore(predicted);
  return {.cv_r2 = Mean(folds),
          .cv_r2_sd = StandardDeviation(folds),
          .test_r2 = R2(View(measured), View(predicted)),
          .test_mse = MeanSquaredError(View(measured), View(predicted)),
          .mape_percent = Score(View(measured_j), View(predicted_j)).mape_percent};
}

}  // namespace joulecast
