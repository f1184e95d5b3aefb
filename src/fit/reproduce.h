// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/statistics.h"
#include "fit/ablation_range.h"
#include "fit/predictor_scores.h"
#include "joulecast/units.h"

namespace joulecast {

/// Rows of one layer type, before and after the published cleaning.
struct DatasetCount {
  std::string layer;  ///< "net" for whole nets and their layers
  std::size_t rows = 0;
  std::size_t kept = 0;
  std::size_t configurations = 0;
  std::optional<std::size_t> published_kept;
  std::optional<std::size_t> published_configurations;
};

struct PredictorRow {
  std::string layer;
  std::string features;
  std::string model;
  PredictorScores ours;
  PredictorScores published;
};

struct Ablation {
  std::size_t subsets = 0;
  AblationRange with_macs;
  AblationRange without_macs;
};

/// Predictions against measurements in real nets. The paper's scores are on all its nets.
struct NetScores {
  Scores ours;
  std::optional<std::size_t> published_n;
  std::optional<double> published_r2;
  std::optional<double> published_mape_percent;
};

struct NetReport {
  std::map<std::string, NetScores> layers;  ///< by layer type
  NetScores totals;
  std::map<std::string, NetScores> by_net;
};

struct ReproduceReport {
  std::vector<DatasetCount> datasets;
  std::vector<std::string> missing_files;
  std::vector<std::string> notes;  ///< what could not be computed, and what does not compare

  std::vector<PredictorRow> table2;
  std::vector<PredictorRow> table6;
  std::optional<Ablation> ablation;
  std::optional<NetReport> nets;
  std::optional<NetReport> a3;  ///< with the net configurations among the training data

  /// Per cent of a net's measured energy by layer type, over all its batches.
  std::map<std::string, std::map<std::string, double>> shares;
  std::map<std::string, std::map<std::string, double>> published_shares;
  std::optional<Scores> additivity;  ///< measured layer sums against measured nets

  struct Timing {
    Seconds read{0};
    Seconds ablation{0};
    Seconds lasso{0};
    Seconds rest{0};
  } timing;
};

struct ReproduceOptions {
  bool with_lasso = true;  ///< the four Lasso rows of table 6 take almost all the time
  std::function<void(std::string_view)> progress = {};  ///< is told each step before it begins
};

/// Runs the published protocol of getzner2023 (arXiv 2304.00897) on whichever of its files DIR
/// holds. Parts without their files are absent and noted.
/// Throws Error{kInput} if there are no such files, or one is not what it claims to be.
ReproduceReport ReproduceGetzner2023(const std::filesystem::path& dir,
                                     const ReproduceOptions& options);

/// Tables for a terminal of 80 columns, the published number beside ours.
std::string ReproduceText(const ReproduceReport& report);

/// The same as one page of HTML that needs nothing else.
std::string ReproduceHtml(const ReproduceReport& report);

/// The same as one JSON object; published numbers are in `published` objects beside ours.
std::string ReproduceJson(const ReproduceReport& report);

}  // namespace joulecast
