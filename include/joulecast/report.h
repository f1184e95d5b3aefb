// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string>

#include "joulecast/estimate.h"
#include "joulecast/generation.h"
#include "joulecast/training.h"

namespace joulecast {

enum class LayerOrder { kExecution, kEnergy };

/// For people, within 80 columns.
std::string EstimateText(const Estimate& estimate, const Profile& profile, LayerOrder order);
std::string LayersText(const LayeredModel& model);
std::string DevicesText(std::span<const Profile> profiles);

std::string GenerationText(const GenerationEstimate& estimate, const Profile& profile);
std::string TrainingText(const TrainingEstimate& estimate, const Profile& profile);

/// For programs: UTF-8 JSON, ends with a line break.
std::string EstimateJson(const Estimate& estimate, const Profile& profile);
std::string GenerationJson(const GenerationEstimate& estimate, const Profile& profile);
std::string TrainingJson(const TrainingEstimate& estimate, const Profile& profile);
std::string LayersJson(const LayeredModel& model);
std::string DevicesJson(std::span<const Profile> profiles);

/// For spreadsheets: a header with units in its names, then a line per layer.
std::string EstimateCsv(const Estimate& estimate);
std::string LayersCsv(const LayeredModel& model);

/// For people who look: one self-contained page. Throws Error{kDevice} in a build without Node.
std::string EstimateHtml(const Estimate& estimate, const Profile& profile);
std::string GenerationHtml(const GenerationEstimate& estimate, const Profile& profile);
std::string TrainingHtml(const TrainingEstimate& estimate, const Profile& profile);

}  // namespace joulecast
