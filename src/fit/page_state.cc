// SPDX-License-Identifier: Apache-2.0
#include "fit/page_state.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <set>

#include "base/statistics.h"
#include "fit/type_rows.h"

namespace joulecast {
namespace {

/// A source must be this much better under another state before it is believed.
constexpr double kClearlyBetter = 0.9;

/// Another source's rows may make held-out forecasts of the best one this much worse.
constexpr double kNotWorse = 1.1;

/// ... or miss by this much (percent): rows without noise, such as modelled ones, agree perfectly
/// with themselves, and a multiple of nothing would leave out every other source.
constexpr double kCloseEnough = 1;

/// A row is in another state than its source if it misses by more than this (log-ratio), and by so
/// many times what is usual ...
constexpr double kMisses = 0.2;
constexpr double kMissesOfMedian = 3;
/// ... and by less than this part of that in the other state.
constexpr double kFits = 0.5;

constexpr int kRounds = 3;

/// Thresholds that are tried, as multiples of the device's own.
constexpr std::array kFactors = {1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 8.0, 16.0, 32.0, 64.0, 128.0};

std::vector<double> Amounts(const LayerType& type, const Observation& row, DeviceTraits traits,
                            double threshold) {
  std::vector<double> amounts(type.terms.size());
  traits.large_buffer_bytes = threshold;
  type.amounts(row.spec, traits, amounts);
  return amounts;
}

/// Whether fresh pages matter to any of the rows.
bool DependsOnPages(const LayerType& type, std::span<const StatedRow> rows,
                    const DeviceTraits& traits) {
  if (traits.large_buffer_bytes <= 0) return false;
  return std::any_of(rows.begin(), rows.end(), [&](const StatedRow& row) {
    return Amounts(type, *row.row, traits, traits.large_buffer_bytes) !=
           Amounts(type, *row.row, traits, 0);
  });
}

double CvError(const LayerType& type, std::span<const StatedRow> rows,
               std::span<const Observation> reads, const DeviceTraits& traits) {
  const TypeRows problem = MakeTypeRows(type, rows, reads, traits);
  return MeanRelativeError(CrossForecast(problem, 1), problem);
}

void SetState(std::vector<StatedRow>& rows, double threshold) {
  for (StatedRow& row : rows) row.large_buffer_bytes = threshold;
}

/// The threshold under which a source's rows agree best with each other.
void FindThreshold(const LayerType& type, SourceRows& source, std::span<const Observation> reads,
                   const DeviceTraits& traits) {
  double least = CvError(type, source.rows, reads, traits);
  const double as_usual = least;
  for (const double factor : kFactors) {
    std::vector<StatedRow> tried = source.rows;
    SetState(tried, factor * traits.large_buffer_bytes);
    const double error = CvError(type, tried, reads, traits);
    if (error >= least || error >= kClearlyBetter * as_usual) continue;
    least = error;
    source.large_buffer_bytes = factor * traits.large_buffer_bytes;
  }
  SetState(source.rows, source.large_buffer_bytes);
}

/// Between "always reused" and "always fresh" allocators flip by chance; the two differ so much
/// that a row's own energy tells its state.
void FindRowsInOtherState(const LayerType& type, SourceRows& source,
                          std::span<const Observation> reads, const DeviceTraits& traits) {
  for (int round = 0; round < kRounds; ++round) {
    const TypeRows problem = MakeTypeRows(type, source.rows, reads, traits);
    const TermModel model = FitTerms(type.terms, problem.energy, 1);
    const auto miss = [&](const StatedRow& row, double threshold) {
      const std::vector<double> amounts = Amounts(type, *row.row, traits, threshold);
      double joules = 0;
      for (std::size_t i = 0; i < amounts.size(); ++i) joules += amounts[i] * model.coefficients[i];
      return std::abs(std::log(std::max(joules, 1e-300) / row.row->energy.value()));
    };
    std::vector<double> misses;
    for (const StatedRow& row : source.rows) misses.push_back(miss(row, row.large_buffer_bytes));
    const double most = std::max(kMisses, kMissesOfMedian * Median(misses).value());
    for (std::size_t i = 0; i < source.rows.size(); ++i) {
      StatedRow& row = source.rows[i];
      const double now = misses[i];
      if (now <= most) continue;
      for (const double factor : kFactors) {
        const double threshold = factor * traits.large_buffer_bytes;
        if (miss(row, threshold) < kFits * now) row.large_buffer_bytes = threshold;
      }
      if (miss(row, 0) < kFits * now) row.large_buffer_bytes = 0;
    }
  }
  for (const StatedRow& row : source.rows) {
    source.in_other_state += row.large_buffer_bytes != source.large_buffer_bytes ? 1 : 0;
  }
}

/// Held-out error of one source's rows when another source's are trained on too.
double ErrorBeside(const LayerType& type, const SourceRows& source, const SourceRows& other,
                   std::span<const Observation> reads, const DeviceTraits& traits) {
  std::vector<StatedRow> all = source.rows;
  all.insert(all.end(), other.rows.begin(), other.rows.end());
  const TypeRows problem = MakeTypeRows(type, all, reads, traits);
  const auto own = static_cast<Eigen::Index>(source.rows.size());
  const Eigen::VectorXd forecast = CrossForecast(problem, 1);
  return (forecast.head(own).array() / problem.energy.target.head(own).array() - 1).abs().mean();
}

/// The most consistent source is kept; another one is left out if training on it makes forecasts
/// of the kept one worse: then the two were measured in states that the terms cannot tell apart.
void LeaveOutContradictions(const LayerType& type, std::vector<SourceRows>& sources,
                            std::span<const Observation> reads, const DeviceTraits& traits) {
  const SourceRows* best = nullptr;
  for (const SourceRows& source : sources) {
    if (!IsJudged(type, source)) continue;
    if (best == nullptr || source.cv_mape_percent < best->cv_mape_percent) best = &source;
  }
  for (SourceRows& source : sources) {
    if (best == nullptr || &source == best || !IsJudged(type, source)) continue;
    const double beside = 100 * ErrorBeside(type, *best, source, reads, traits);
    source.used = beside <= std::max(kCloseEnough, kNotWorse * best->cv_mape_percent);
  }
}

}  // namespace

std::vector<double> OtherPageStates(std::span<const SourceRows> sources,
                                    const DeviceTraits& traits) {
  std::set<double> states;
  for (const SourceRows& source : sources) states.insert(source.large_buffer_bytes);
  if (states.count(traits.large_buffer_bytes) > 0) return {};
  return {states.begin(), states.end()};
}

std::size_t FewestRows(const LayerType& type) { return 2 * type.terms.size(); }

bool IsJudged(const LayerType& type, const SourceRows& source) {
  return CountConfigurations(source.rows) >= 2 * FewestRows(type);
}

std::vector<SourceRows> ReadSources(const LayerType& type, std::span<const Observation> rows,
                                    std::span<const Observation> reads,
                                    const DeviceTraits& traits) {
  std::map<std::string, std::vector<StatedRow>> by_source;
  for (const Observation& row : rows) {
    by_source[row.source].push_back({&row, traits.large_buffer_bytes});
  }
  std::vector<SourceRows> sources;
  for (auto& [name, own] : by_source) {
    SourceRows source{
        .source = name, .rows = std::move(own), .large_buffer_bytes = traits.large_buffer_bytes};
    if (IsJudged(type, source)) {
      if (DependsOnPages(type, source.rows, traits)) {
        FindThreshold(type, source, reads, traits);
        FindRowsInOtherState(type, source, reads, traits);
      }
      source.cv_mape_percent = 100 * CvError(type, source.rows, reads, traits);
    }
    sources.push_back(std::move(source));
  }
  LeaveOutContradictions(type, sources, reads, traits);
  return sources;
}

}  // namespace joulecast
