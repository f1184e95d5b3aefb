// SPDX-License-Identifier: Apache-2.0
#include "fit/feature_columns.h"

#include <algorithm>
#include <array>

#include "dataset/formats/getzner2023_layers.h"

namespace joulecast {
namespace {

using Eigen::Index;
using Eigen::VectorXd;

std::string_view SideName(ParamKind kind, std::size_t side) {
  constexpr std::array<std::string_view, 3> kAxes = {"_depth", "_height", "_width"};
  constexpr std::array<std::string_view, 3> kBefore = {"_front", "_top", "_left"};
  constexpr std::array<std::string_view, 3> kAfter = {"_back", "_bottom", "_right"};
  const bool is_padding =
      kind == ParamKind::kPadding1d || kind == ParamKind::kPadding || kind == ParamKind::kPadding3d;
  const std::size_t axes = is_padding ? Slots(kind) / 2 : Slots(kind);
  const std::size_t axis = kAxes.size() - axes + side % axes;  // fewer axes are the last of them
  if (!is_padding) return kAxes[axis];
  return side < axes ? kBefore[axis] : kAfter[axis];
}

template <typename Value>
VectorXd ColumnOf(std::span<const LayerSpec> specs, Value value) {
  VectorXd column(static_cast<Index>(specs.size()));
  Index row = 0;
  for (const LayerSpec& spec : specs) column[row++] = static_cast<double>(value(spec));
  return column;
}

bool IsConstant(const VectorXd& values) {
  return values.size() == 0 || values.minCoeff() == values.maxCoeff();
}

/// The numbers of one parameter that differ from each other, each with its name.
std::vector<FeatureColumn> ColumnsOf(const Param& param, std::size_t slot,
                                     std::span<const LayerSpec> specs) {
  std::vector<FeatureColumn> columns;
  for (std::size_t side = 0; side < Slots(param.kind); ++side) {
    FeatureColumn column{.values = ColumnOf(specs, [&](auto& spec) { return spec[slot + side]; })};
    const bool is_known = std::any_of(columns.begin(), columns.end(), [&](const auto& other) {
      return other.values == column.values;
    });
    if (is_known) continue;
    column.name = std::string(param.name);
    if (Slots(param.kind) > 1) column.name += SideName(param.kind, side);
    columns.push_back(std::move(column));
  }
  if (columns.size() == 1) columns[0].name = std::string(param.name);
  return columns;
}

std::int64_t MacsOf(const LayerSpec& spec) {
  if (const auto theirs = AsGetznerLayer(spec)) return theirs->macs;
  const Work work = spec.CountWork();
  return work.macs + work.bias_adds;
}

}  // namespace

bool FeatureColumns::Has(FeatureKind kind) const {
  return std::any_of(columns.begin(), columns.end(),
                     [&](const FeatureColumn& column) { return column.kind == kind; });
}

Eigen::MatrixXd FeatureColumns::Matrix(const std::function<bool(FeatureKind)>& is_wanted) const {
  std::vector<const FeatureColumn*> wanted;
  for (const FeatureColumn& column : columns) {
    if (is_wanted(column.kind)) wanted.push_back(&column);
  }
  Eigen::MatrixXd matrix(columns.empty() ? 0 : columns[0].values.size(),
                         static_cast<Index>(wanted.size()));
  for (Index j = 0; j < matrix.cols(); ++j) {
    matrix.col(j) = wanted[static_cast<std::size_t>(j)]->values;
  }
  return matrix;
}

FeatureColumns MakeFeatureColumns(std::span<const LayerSpec> specs) {
  FeatureColumns features;
  if (specs.empty()) return features;
  std::size_t slot = 0;
  for (const Param& param : specs[0].type().params) {
    for (FeatureColumn& column : ColumnsOf(param, slot, specs)) {
      if (IsConstant(column.values)) {
        features.constant.push_back(column.name);
      } else {
        features.columns.push_back(std::move(column));
      }
    }
    slot += Slots(param.kind);
  }
  const std::size_t parameters = features.columns.size();
  for (std::size_t i = 0; i < parameters; ++i) {
    const FeatureColumn& column = features.columns[i];
    if (column.values.minCoeff() >= 0 && column.values.maxCoeff() <= 1) continue;  // a flag
    FeatureColumn log{.kind = FeatureKind::kLog,
                      .name = "log_" + column.name,
                      .values = column.values.array().log1p()};
    features.columns.push_back(std::move(log));
  }
  FeatureColumn macs{.kind = FeatureKind::kMacs, .name = "macs", .values = ColumnOf(specs, MacsOf)};
  if (IsConstant(macs.values)) {
    features.constant.push_back(macs.name);
  } else {
    features.columns.push_back(std::move(macs));
  }
  return features;
}

}  // namespace joulecast
