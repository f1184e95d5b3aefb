// SPDX-License-Identifier: Apache-2.0
#include "fit/type_rows.h"

#include <algorithm>
#include <map>
#include <random>
#include <string>
#include <utility>

#include "fit/residual_fit.h"

namespace joulecast {
namespace {

/// Rows that only read memory count, together, as much as this share of a type's own rows.
constexpr double kReadsShare = 0.07;

/// Numbers configurations from 0 in order of appearance: equal specs have the same number.
std::vector<std::size_t> NumberConfigurations(std::span<const StatedRow> rows) {
  std::map<std::string, std::size_t> known;
  std::vector<std::size_t> numbers;
  for (const StatedRow& row : rows) {
    numbers.push_back(known.try_emplace(row.row->spec.ToString(), known.size()).first->second);
  }
  return numbers;
}

std::size_t CountOf(const std::vector<std::size_t>& configuration) {
  return configuration.empty() ? 0
                               : 1 + *std::max_element(configuration.begin(), configuration.end());
}

/// A fold for each row, the same for rows of the same configuration.
std::vector<std::size_t> ShuffledFolds(const std::vector<std::size_t>& configuration) {
  const std::size_t count = CountOf(configuration);
  std::vector<std::size_t> fold(count);
  for (std::size_t i = 0; i < count; ++i) fold[i] = i % kFolds;
  std::mt19937 random(1);
  for (std::size_t i = count; i > 1; --i) std::swap(fold[i - 1], fold[random() % i]);
  std::vector<std::size_t> of_row;
  for (const std::size_t number : configuration) of_row.push_back(fold[number]);
  return of_row;
}

std::vector<const LayerSpec*> SpecsOf(const TypeRows& problem,
                                      const std::vector<Eigen::Index>& rows) {
  std::vector<const LayerSpec*> specs;
  for (const Eigen::Index row : rows) specs.push_back(problem.specs[static_cast<std::size_t>(row)]);
  return specs;
}

/// Sums of the rows' costs, which may be zero where coefficients are.
Eigen::ArrayXd SumsOf(const Eigen::MatrixXd& costs) {
  return costs.rowwise().sum().array().max(1e-300);
}

}  // namespace

std::size_t CountConfigurations(std::span<const StatedRow> rows) {
  return CountOf(NumberConfigurations(rows));
}

TypeRows MakeTypeRows(const LayerType& type, std::span<const StatedRow> rows,
                      std::span<const Observation> reads, const DeviceTraits& traits) {
  std::vector<std::pair<double, const Observation*>> readers;
  if (type.read_amounts != nullptr) {
    for (const Observation& read : reads) {
      const auto bytes_of = read.spec.type().pure_read_bytes;
      const auto bytes = bytes_of == nullptr ? std::nullopt : bytes_of(read.spec, traits);
      if (bytes) readers.emplace_back(*bytes, &read);
    }
  }
  const auto own = static_cast<Eigen::Index>(rows.size());
  const auto all = own + static_cast<Eigen::Index>(readers.size());
  const auto terms = static_cast<Eigen::Index>(type.terms.size());
  TypeRows problem{.type = type, .own = own};
  problem.energy = {Eigen::MatrixXd::Zero(all, terms), Eigen::VectorXd(all),
                    Eigen::VectorXd::Ones(all)};
  problem.time = Eigen::VectorXd(all);
  std::vector<double> amounts(type.terms.size());
  for (Eigen::Index i = 0; i < all; ++i) {
    const auto at = static_cast<std::size_t>(i);
    const Observation& row = i < own ? *rows[at].row : *readers[at - rows.size()].second;
    std::fill(amounts.begin(), amounts.end(), 0.0);
    if (i < own) {
      problem.specs.push_back(&row.spec);
      DeviceTraits stated = traits;
      stated.large_buffer_bytes = rows[at].large_buffer_bytes;
      type.amounts(row.spec, stated, amounts);
    } else {
      type.read_amounts(readers[at - rows.size()].first, traits, amounts);
      problem.energy.weight[i] =
          kReadsShare * static_cast<double>(own) / static_cast<double>(readers.size());
    }
    problem.energy.amounts.row(i) = Eigen::Map<const Eigen::RowVectorXd>(amounts.data(), terms);
    problem.energy.target[i] = row.energy.value();
    problem.time[i] = row.time.count();
  }
  problem.configuration = NumberConfigurations(rows);
  return problem;
}

Residual LearnResidual(const TypeRows& problem, const TermModel& energy, const TermModel& time,
                       std::vector<Eigen::Index> chosen, TreeChoice choice) {
  std::erase_if(chosen, [&](Eigen::Index row) { return row >= problem.own; });
  const Eigen::MatrixXd amounts = problem.energy.amounts(chosen, Eigen::all);
  const auto misses = [&](const Eigen::VectorXd& target, const Eigen::MatrixXd& costs) {
    return Eigen::VectorXd((target(chosen).array() / SumsOf(costs)).log());
  };
  const auto& terms = problem.type.terms;
  const Eigen::MatrixXd joules = TermCosts(terms, energy, amounts);
  const Eigen::VectorXd of_time = HasTimes(problem)
                                      ? misses(problem.time, TermCosts(terms, time, amounts))
                                      : Eigen::VectorXd(Eigen::VectorXd::Zero(joules.rows()));
  return FitResidual(SpecsOf(problem, chosen), joules, misses(problem.energy.target, joules),
                     of_time, choice);
}

/// Forecasts of the tested rows by a fit on all others.
Eigen::VectorXd HeldOut(const TypeRows& problem, const std::vector<bool>& tested, double exponent) {
  std::vector<Eigen::Index> train;
  std::vector<Eigen::Index> test;
  for (Eigen::Index i = 0; i < problem.energy.count(); ++i) {
    (i < problem.own && tested[static_cast<std::size_t>(i)] ? test : train).push_back(i);
  }
  const TermModel model = FitTerms(problem.type.terms, problem.energy.Subset(train), exponent);
  const Eigen::MatrixXd costs =
      TermCosts(problem.type.terms, model, problem.energy.amounts(test, Eigen::all));
  Eigen::VectorXd forecast = costs.rowwise().sum();
  if (problem.with_residual) {
    const Residual residual = LearnResidual(problem, model, model, train, TreeChoice::kFirst);
    forecast.array() *= EnergyFactors(residual, SpecsOf(problem, test), costs).array();
  }
  return forecast;
}

/// Forecast of each own row by the fit of the four folds that it is not in.
Eigen::VectorXd CrossForecast(const TypeRows& problem, double exponent) {
  const auto own = static_cast<std::size_t>(problem.own);
  const std::vector<std::size_t> fold = ShuffledFolds(problem.configuration);
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

Eigen::VectorXd RelativeErrors(const Eigen::VectorXd& forecast, const TypeRows& problem) {
  return (forecast.array() / problem.energy.target.head(problem.own).array() - 1).abs();
}

double MeanRelativeError(const Eigen::VectorXd& forecast, const TypeRows& problem) {
  return RelativeErrors(forecast, problem).mean();
}

}  // namespace joulecast
