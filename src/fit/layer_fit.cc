// SPDX-License-Identifier: Apache-2.0
#include "fit/layer_fit.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <map>
#include <numeric>
#include <random>
#include <set>

#include "fit/nnls.h"
#include "fit/residual_fit.h"
#include "fit/term_fit.h"
#include "joulecast/error.h"

namespace joulecast {
namespace {

using Rows = std::vector<Eigen::Index>;

constexpr std::size_t kFolds = 5;

/// Exponents of the overlap of compute and traffic that cross-validation chooses from.
constexpr std::array kOverlapExponents = {1.0, 1.2, 1.4, 1.6, 1.8, 2.0};

/// A source must be this much better under another page state before it is believed.
constexpr double kClearlyBetter = 0.9;

/// A source whose own rows contradict each other this much more than the best one's is left out.
constexpr double kMuchWorse = 2.0;

/// Rows that only read memory count, together, as much as this share of a type's own rows.
constexpr double kReadsShare = 0.07;

constexpr double kLeastHalfWidth = 0.01;

/// A residual makes a profile a hundred times larger and no reader understands it: it must take
/// away a quarter of the held-out error, and more than repeated measurements differ anyway.
constexpr double kResidualPays = 0.75;
constexpr double kResidualGain = 0.02;

/// A fit's rows: the type's own first, then those that only read.
struct Problem {
  const LayerType& type;
  TermRows energy;
  Eigen::VectorXd time;
  Eigen::Index own = 0;
  std::vector<const LayerSpec*> specs = {};  ///< of the type's own rows
  bool with_residual = false;
};

std::vector<std::size_t> ShuffledFolds(std::size_t count) {
  std::vector<std::size_t> fold(count);
  for (std::size_t i = 0; i < count; ++i) fold[i] = i % kFolds;
  std::mt19937 random(1);
  for (std::size_t i = count; i > 1; --i) std::swap(fold[i - 1], fold[random() % i]);
  return fold;
}

Problem MakeProblem(const LayerType& type, std::span<const Observation* const> rows,
                    std::span<const DeviceTraits> traits, std::span<const Observation> reads) {
  std::vector<std::pair<double, const Observation*>> readers;
  if (type.read_amounts != nullptr) {
    for (const Observation& read : reads) {
      const auto bytes_of = read.spec.type().pure_read_bytes;
      const auto bytes = bytes_of == nullptr ? std::nullopt : bytes_of(read.spec);
      if (bytes) readers.emplace_back(*bytes, &read);
    }
  }
  const auto own = static_cast<Eigen::Index>(rows.size());
  const auto all = own + static_cast<Eigen::Index>(readers.size());
  const auto terms = static_cast<Eigen::Index>(type.terms.size());
  Problem problem{.type = type, .own = own};
  problem.energy = {Eigen::MatrixXd::Zero(all, terms), Eigen::VectorXd(all),
                    Eigen::VectorXd::Ones(all)};
  problem.time = Eigen::VectorXd(all);
  std::vector<double> amounts(type.terms.size());
  for (Eigen::Index i = 0; i < all; ++i) {
    const auto at = static_cast<std::size_t>(i);
    const Observation& row = i < own ? *rows[at] : *readers[at - rows.size()].second;
    std::fill(amounts.begin(), amounts.end(), 0.0);
    if (i < own) {
      problem.specs.push_back(&row.spec);
      type.amounts(row.spec, traits[at], amounts);
    } else {
      type.read_amounts(readers[at - rows.size()].first, traits.front(), amounts);
      problem.energy.weight[i] =
          kReadsShare * static_cast<double>(own) / static_cast<double>(readers.size());
    }
    problem.energy.amounts.row(i) = Eigen::Map<const Eigen::RowVectorXd>(amounts.data(), terms);
    problem.energy.target[i] = row.energy.value();
    problem.time[i] = row.time.count();
  }
  return problem;
}

std::vector<const LayerSpec*> SpecsOf(const Problem& problem, const Rows& rows) {
  std::vector<const LayerSpec*> specs;
  for (const Eigen::Index row : rows) specs.push_back(problem.specs[static_cast<std::size_t>(row)]);
  return specs;
}

/// A residual of a fitted model, learned from the type's own rows among `rows`.
Residual LearnResidual(const Problem& problem, const TermModel& model, Rows rows) {
  std::erase_if(rows, [&](Eigen::Index row) { return row >= problem.own; });
  return FitResidual(SpecsOf(problem, rows),
                     TermCosts(problem.type.terms, model, problem.energy.amounts(rows, Eigen::all)),
                     problem.energy.target(rows));
}

/// Forecasts of the tested rows by a fit on all others.
Eigen::VectorXd HeldOut(const Problem& problem, const std::vector<bool>& tested, double exponent) {
  Rows train;
  Rows test;
  for (Eigen::Index i = 0; i < problem.energy.count(); ++i) {
    (i < problem.own && tested[static_cast<std::size_t>(i)] ? test : train).push_back(i);
  }
  const TermModel model = FitTerms(problem.type.terms, problem.energy.Subset(train), exponent);
  const Eigen::MatrixXd costs =
      TermCosts(problem.type.terms, model, problem.energy.amounts(test, Eigen::all));
  Eigen::VectorXd forecast = costs.rowwise().sum();
  if (problem.with_residual) {
    const Residual residual = LearnResidual(problem, model, train);
    forecast.array() *= ResidualFactors(residual, SpecsOf(problem, test), costs).array();
  }
  return forecast;
}

/// Forecast of each own row by the fit of the four folds that it is not in.
Eigen::VectorXd CrossForecast(const Problem& problem, double exponent) {
  const auto own = static_cast<std::size_t>(problem.own);
  const std::vector<std::size_t> fold = ShuffledFolds(own);
  Eigen::VectorXd forecast(problem.own);
  for (std::size_t k = 0; k < kFolds; ++k) {
    std::vector<bool> tested(own);
    for (std::size_t i = 0; i < own; ++i) tested[i] = fold[i] == k;
    const Eigen::VectorXd part = HeldOut(problem, tested, exponent);
    Eigen::Index next = 0;
    for (std::size_t i = 0; i < own; ++i) {
      if (tested[i]) forecast[static_cast<Eigen::Index>(i)] = part[next++];
    }
  }
  return forecast;
}

double MeanRelativeError(const Eigen::VectorXd& forecast, const Problem& problem) {
  return (forecast.array() / problem.energy.target.head(problem.own).array() - 1).abs().mean();
}

double BestExponent(const Problem& problem) {
  const auto& terms = problem.type.terms;
  const auto has = [&](Overlap kind) {
    return std::any_of(terms.begin(), terms.end(),
                       [&](const Term& term) { return term.overlap == kind; });
  };
  if (!has(Overlap::kCompute) || !has(Overlap::kTraffic)) return 1;
  double best = 1;
  double least = std::numeric_limits<double>::infinity();
  for (const double exponent : kOverlapExponents) {
    const double error = MeanRelativeError(CrossForecast(problem, exponent), problem);
    if (error < least) {
      least = error;
      best = exponent;
    }
  }
  return best;
}

/// Whether fresh pages matter to a type at all.
bool DependsOnPages(const LayerType& type, std::span<const Observation* const> rows,
                    const DeviceTraits& traits) {
  if (traits.large_buffer_bytes <= 0) return false;
  DeviceTraits never = traits;
  never.large_buffer_bytes = 0;
  std::vector<double> with(type.terms.size());
  std::vector<double> without(type.terms.size());
  return std::any_of(rows.begin(), rows.end(), [&](const Observation* row) {
    type.amounts(row->spec, traits, with);
    type.amounts(row->spec, never, without);
    return with != without;
  });
}

/// Which allocations of a session were fresh pages depends on its allocator's history, not on the
/// device: the threshold that fits the session's own rows best is taken.
SourceState FindPageState(const LayerType& type, const std::string& source,
                          std::span<const Observation* const> rows,
                          std::span<const Observation> reads, const DeviceTraits& traits) {
  SourceState state{.source = source,
                    .rows = static_cast<std::int64_t>(rows.size()),
                    .large_buffer_bytes = traits.large_buffer_bytes};
  const auto error_at = [&](double threshold) {
    DeviceTraits tried = traits;
    tried.large_buffer_bytes = threshold;
    const Problem problem =
        MakeProblem(type, rows, std::vector<DeviceTraits>(rows.size(), tried), reads);
    return MeanRelativeError(CrossForecast(problem, 1), problem);
  };
  double least = error_at(traits.large_buffer_bytes);
  if (DependsOnPages(type, rows, traits)) {
    const double as_usual = least;
    for (const double factor : {2.0, 3.0, 4.0, 5.0, 6.0, 8.0, 16.0, 32.0, 64.0, 128.0}) {
      const double error = error_at(factor * traits.large_buffer_bytes);
      if (error < least && error < kClearlyBetter * as_usual) {
        least = error;
        state.large_buffer_bytes = factor * traits.large_buffer_bytes;
      }
    }
  }
  state.cv_mape_percent = 100 * least;
  return state;
}

std::vector<SourceState> FindPageStates(const LayerType& type, std::span<const Observation> rows,
                                        std::span<const Observation> reads,
                                        const DeviceTraits& traits) {
  std::map<std::string, std::vector<const Observation*>> by_source;
  for (const Observation& row : rows) by_source[row.source].push_back(&row);
  std::vector<SourceState> states;
  double least = std::numeric_limits<double>::infinity();
  for (const auto& [source, own] : by_source) {
    const bool enough = static_cast<std::int64_t>(own.size()) >= 2 * FewestRows(type);
    states.push_back(enough ? FindPageState(type, source, own, reads, traits)
                            : SourceState{source, static_cast<std::int64_t>(own.size()),
                                          traits.large_buffer_bytes});
    if (enough) least = std::min(least, states.back().cv_mape_percent);
  }
  for (SourceState& state : states) state.used = state.cv_mape_percent <= kMuchWorse * least;
  return states;
}

double Quantile(std::vector<double> values, double level) {
  const auto rank = static_cast<std::size_t>(level * static_cast<double>(values.size() - 1) + 0.5);
  const auto at = values.begin() + static_cast<std::ptrdiff_t>(rank);
  std::nth_element(values.begin(), at, values.end());
  return *at;
}

/// Folds that resemble the shift from random layers to those of real networks: the smallest and
/// the largest fifth by size and by each parameter.
std::vector<std::vector<bool>> ShiftedFolds(const Problem& problem, std::vector<double> sizes,
                                            std::span<const Observation* const> rows) {
  std::vector<std::vector<double>> keys = {std::move(sizes)};
  const auto own = rows.size();
  for (std::size_t slot = 0; slot < SlotCount(problem.type); ++slot) {
    std::vector<double> values;
    for (const Observation* row : rows) values.push_back(static_cast<double>(row->spec[slot]));
    if (std::set<double>(values.begin(), values.end()).size() < kFolds) continue;
    if (std::find(keys.begin(), keys.end(), values) == keys.end()) keys.push_back(values);
  }
  std::vector<std::vector<bool>> folds;
  for (const std::vector<double>& key : keys) {
    const double low = Quantile(key, 0.2);
    const double high = Quantile(key, 0.8);
    std::vector<bool> smallest(own);
    std::vector<bool> largest(own);
    for (std::size_t i = 0; i < own; ++i) {
      smallest[i] = key[i] < low;
      largest[i] = key[i] > high;
    }
    for (const auto& fold : {smallest, largest}) {
      if (std::find(fold.begin(), fold.end(), true) != fold.end()) folds.push_back(fold);
    }
  }
  return folds;
}

/// Mean relative error over all rows of all shifted folds.
double ShiftedError(const Problem& problem, double exponent,
                    std::span<const std::vector<bool>> folds) {
  double sum = 0;
  double count = 0;
  for (const std::vector<bool>& fold : folds) {
    const Eigen::VectorXd forecast = HeldOut(problem, fold, exponent);
    Eigen::Index next = 0;
    for (std::size_t i = 0; i < fold.size(); ++i) {
      if (!fold[i]) continue;
      const double target = problem.energy.target[static_cast<Eigen::Index>(i)];
      sum += std::abs(forecast[next++] / target - 1);
      ++count;
    }
  }
  return count > 0 ? sum / count : 0;
}

std::vector<double> EnergiesOf(const Problem& problem) {
  return {problem.energy.target.begin(), problem.energy.target.begin() + problem.own};
}

/// Whether a residual makes forecasts of held-out rows clearly better, and those of rows unlike
/// the training ones not worse.
bool ResidualPays(Problem problem, double exponent, std::span<const Observation* const> rows) {
  if (rows.size() < kFewestResidualRows) return false;
  // By MACs, not by energy: rows chosen by what they cost would teach a biased ratio.
  std::vector<double> macs;
  for (const LayerSpec* spec : problem.specs) {
    macs.push_back(static_cast<double>(spec->CountWork().macs));
  }
  const auto folds = ShiftedFolds(problem, macs, rows);
  const double plain = MeanRelativeError(CrossForecast(problem, exponent), problem);
  const double shifted = ShiftedError(problem, exponent, folds);
  problem.with_residual = true;
  const double learned = MeanRelativeError(CrossForecast(problem, exponent), problem);
  return learned <= std::min(kResidualPays * plain, plain - kResidualGain) &&
         ShiftedError(problem, exponent, folds) <= shifted;
}

double LogError(double forecast, double measured) {
  return std::abs(std::log(std::max(forecast, 1e-300) / measured));
}

/// Shares of the terms in each own row's forecast [rows, terms].
Eigen::MatrixXd SharesOf(const Problem& problem, const TermModel& model) {
  Eigen::MatrixXd costs =
      TermCosts(problem.type.terms, model, problem.energy.amounts.topRows(problem.own));
  const Eigen::VectorXd total = costs.rowwise().sum().cwiseMax(1e-300);
  costs.array().colwise() /= total.array();
  return costs;
}

/// Uncertainty by term from plain held-out rows; its scale from plain and shifted ones alike.
IntervalModel FitInterval(const Problem& problem, const TermModel& model,
                          const Eigen::VectorXd& held_out, std::span<const Observation* const> rows,
                          double level) {
  const Eigen::MatrixXd shares = SharesOf(problem, model);
  Eigen::VectorXd error(problem.own);
  for (Eigen::Index i = 0; i < problem.own; ++i) {
    error[i] = LogError(held_out[i], problem.energy.target[i]);
  }
  const Eigen::VectorXd uncertainty = SolveNonNegative(shares, error);
  IntervalModel interval{.uncertainty = {uncertainty.begin(), uncertainty.end()},
                         .floor = kLeastHalfWidth};
  const auto score = [&](Eigen::Index row, double log_error) {
    return log_error / std::max(interval.floor, shares.row(row).dot(uncertainty));
  };
  std::vector<double> plain;
  for (Eigen::Index i = 0; i < problem.own; ++i) plain.push_back(score(i, error[i]));
  std::vector<double> shifted;
  for (const std::vector<bool>& fold : ShiftedFolds(problem, EnergiesOf(problem), rows)) {
    const Eigen::VectorXd forecast = HeldOut(problem, fold, model.overlap_exponent);
    Eigen::Index next = 0;
    for (std::size_t i = 0; i < fold.size(); ++i) {
      if (!fold[i]) continue;
      const auto row = static_cast<Eigen::Index>(i);
      shifted.push_back(score(row, LogError(forecast[next++], problem.energy.target[row])));
    }
  }
  const double of_plain = Quantile(plain, level);
  interval.scale = shifted.empty() ? of_plain : 0.5 * (of_plain + Quantile(shifted, level));
  return interval;
}

Support SupportOf(const LayerType& type, std::span<const Observation* const> rows) {
  Support support;
  for (std::size_t slot = 0; slot < SlotCount(type); ++slot) {
    const auto [least, most] = std::minmax_element(
        rows.begin(), rows.end(),
        [&](const Observation* a, const Observation* b) { return a->spec[slot] < b->spec[slot]; });
    support.least.push_back((*least)->spec[slot]);
    support.most.push_back((*most)->spec[slot]);
  }
  return support;
}

/// Rows that spend most on the same term and are of the same fifth by energy.
std::vector<std::size_t> GroupsOf(const Problem& problem, const TermModel& model) {
  const Eigen::MatrixXd shares = SharesOf(problem, model);
  std::vector<double> energy(problem.energy.target.begin(),
                             problem.energy.target.begin() + problem.own);
  std::array<double, kFolds - 1> edges{};
  for (std::size_t i = 0; i < edges.size(); ++i) {
    edges[i] = Quantile(energy, static_cast<double>(i + 1) / kFolds);
  }
  std::vector<std::size_t> groups;
  for (Eigen::Index row = 0; row < problem.own; ++row) {
    Eigen::Index dominant = 0;
    shares.row(row).maxCoeff(&dominant);
    const auto fifth = std::count_if(edges.begin(), edges.end(), [&](double edge) {
      return energy[static_cast<std::size_t>(row)] > edge;
    });
    groups.push_back(static_cast<std::size_t>(dominant) * kFolds + static_cast<std::size_t>(fifth));
  }
  return groups;
}

}  // namespace

std::int64_t FewestRows(const LayerType& type) {
  return 2 * static_cast<std::int64_t>(type.terms.size());
}

LayerFit FitLayer(const LayerType& type, std::span<const Observation> rows,
                  std::span<const Observation> reads, const DeviceTraits& traits, double level,
                  bool allow_residual) {
  const auto too_few = [&](std::size_t count, const char* what) {
    if (static_cast<std::int64_t>(count) >= FewestRows(type)) return;
    throw Error(ErrorKind::kInput, std::string(type.name) + ": " + std::to_string(count) + what +
                                       " rows, but a fit of its " +
                                       std::to_string(type.terms.size()) + " terms needs " +
                                       std::to_string(FewestRows(type)));
  };
  too_few(rows.size(), "");
  LayerFit fit;
  fit.sources = FindPageStates(type, rows, reads, traits);
  std::vector<const Observation*> used;
  std::vector<DeviceTraits> states;
  for (const Observation& row : rows) {
    const auto state = std::find_if(fit.sources.begin(), fit.sources.end(),
                                    [&](const SourceState& s) { return s.source == row.source; });
    if (!state->used) continue;
    used.push_back(&row);
    states.push_back(traits);
    states.back().large_buffer_bytes = state->large_buffer_bytes;
    fit.row_source.push_back(row.source);
  }
  too_few(used.size(), " consistent");

  Problem problem = MakeProblem(type, used, states, reads);
  const double exponent = BestExponent(problem);
  problem.with_residual = allow_residual && ResidualPays(problem, exponent, used);
  const Eigen::VectorXd held_out = CrossForecast(problem, exponent);
  LayerModel& model = fit.model;
  model.type = &type;
  model.energy = FitTerms(type.terms, problem.energy, exponent);
  Rows all(static_cast<std::size_t>(problem.own));
  std::iota(all.begin(), all.end(), 0);
  if (problem.with_residual) model.energy_residual = LearnResidual(problem, model.energy, all);
  model.interval = FitInterval(problem, model.energy, held_out, used, level);
  model.support = SupportOf(type, used);
  model.training_rows = problem.own;
  model.cv_mape_percent = 100 * MeanRelativeError(held_out, problem);
  const std::size_t dtype_slot = DTypeSlot(type);
  std::set<DType> dtypes;
  for (const Observation* row : used) dtypes.insert(static_cast<DType>(row->spec[dtype_slot]));
  model.dtypes.assign(dtypes.begin(), dtypes.end());

  fit.group = GroupsOf(problem, model.energy);
  fit.measured_j.assign(problem.energy.target.begin(), problem.energy.target.begin() + problem.own);
  fit.held_out_j.assign(held_out.begin(), held_out.end());

  problem.energy.target = problem.time;
  model.time = FitTerms(type.terms, problem.energy, exponent);
  if (problem.with_residual) model.time_residual = LearnResidual(problem, model.time, all);
  return fit;
}

}  // namespace joulecast
