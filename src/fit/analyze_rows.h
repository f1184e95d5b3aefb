// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <Eigen/Core>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "fit/feature_columns.h"
#include "fit/observation.h"

namespace joulecast {

/// Throws Error{kInput} for fewer than 30 rows: of these, tests would be left with hardly any.
void RequireEnoughRows(std::span<const Observation> rows, std::string_view what);

std::vector<LayerSpec> SpecsOf(std::span<const Observation> rows);

/// Joules of each row.
Eigen::VectorXd EnergiesOf(std::span<const Observation> rows);

/// Says which features are left out because no row varies them.
void NoteConstants(const FeatureColumns& features, std::vector<std::string>& notes);

}  // namespace joulecast
