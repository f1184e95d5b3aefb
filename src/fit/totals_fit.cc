// SPDX-License-Identifier: Apache-2.0
#include "fit/totals_fit.h"

#include <Eigen/Core>
#include <algorithm>
#include <cmath>
#include <limits>
#include <set>

#include "base/student.h"
#include "base/text.h"
#include "fit/interval_fit.h"
#include "fit/term_fit.h"
#include "joulecast/error.h"
#include "joulecast/predict.h"

namespace joulecast {
namespace {

constexpr std::size_t kFewestTotals = 3;

/// More than one cost is only told apart by so many models.
constexpr std::size_t kFewestModels = 3;

/// One more cost must make forecasts of unseen models at least this much better.
constexpr double kWorthATerm = 0.95;

constexpr double kLeastHalfWidth = 0.01;

/// A factor of ten: where nothing was held out, or where nothing fits.
const double kWidest = std::log(10.0);

/// A way to explain totals: `merge` [columns, terms] adds columns of amounts up to terms.
struct Candidate {
  std::vector<std::string> terms;
  Eigen::MatrixXd merge;
};

/// Generic amounts of a model: GMAC, GB of activations, GB of weights, calls.
std::vector<Candidate> GenericCandidates() {
  const auto make = [](std::vector<std::string> terms, const Eigen::MatrixXd& merge) {
    return Candidate{std::move(terms), merge};
  };
  const Eigen::MatrixXd one = Eigen::MatrixXd::Identity(4, 4);
  const Eigen::VectorXd bytes = one.col(1) + one.col(2);
  Eigen::MatrixXd with_bytes(4, 2);
  with_bytes << one.col(0), bytes;
  Eigen::MatrixXd with_calls(4, 2);
  with_calls << one.col(0), one.col(3);
  Eigen::MatrixXd bytes_and_calls(4, 3);
  bytes_and_calls << one.col(0), bytes, one.col(3);
  return {make({"gmac"}, one.leftCols(1)),
          make({"gmac", "activations"}, one.leftCols(2)),
          make({"gmac", "activations+weights"}, with_bytes),
          make({"gmac", "calls"}, with_calls),
          make({"gmac", "activations", "weights"}, one.leftCols(3)),
          make({"gmac", "activations+weights", "calls"}, bytes_and_calls),
          make({"gmac", "activations", "weights", "calls"}, one)};
}

/// All costs of another profile by one factor, or arithmetic and the rest by one each.
std::vector<Candidate> ScalingCandidates() {
  return {{{"all"}, Eigen::MatrixXd::Ones(2, 1)},
          {{"arithmetic", "traffic"}, Eigen::MatrixXd::Identity(2, 2)}};
}

/// What is fitted: `amounts` [rows, columns], and which model each row is of.
struct Problem {
  Eigen::MatrixXd amounts;
  Eigen::VectorXd target;
  Eigen::VectorXd weight;
  std::vector<std::string> model;
  std::vector<std::int64_t> batch;

  std::set<std::string> Models() const { return {model.begin(), model.end()}; }
};

Problem MakeProblem(const std::vector<const Total*>& rows, const Eigen::MatrixXd& amounts,
                    bool of_time) {
  Problem problem{.amounts = amounts, .target = Eigen::VectorXd(amounts.rows())};
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const Total& row = *rows[i];
    problem.target[static_cast<Eigen::Index>(i)] = of_time ? row.time->count() : row.energy.value();
    problem.model.push_back(row.model);
    problem.batch.push_back(row.batch);
  }
  problem.weight = Eigen::VectorXd(amounts.rows());
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const auto alike = std::count(problem.model.begin(), problem.model.end(), problem.model[i]);
    problem.weight[static_cast<Eigen::Index>(i)] = 1.0 / static_cast<double>(alike);
  }
  return problem;
}

/// One coefficient per column.
Eigen::VectorXd Fit(const Problem& problem, const Candidate& candidate,
                    const std::vector<Eigen::Index>& rows) {
  const std::vector<Term> terms(candidate.terms.size());
  const TermRows all{problem.amounts * candidate.merge, problem.target, problem.weight};
  const TermModel model = FitTerms(terms, all.Subset(rows), 1);
  return candidate.merge *
         Eigen::Map<const Eigen::VectorXd>(model.coefficients.data(),
                                           static_cast<Eigen::Index>(model.coefficients.size()));
}

std::vector<Eigen::Index> RowsOf(const Problem& problem, const std::string& model, bool is_of) {
  std::vector<Eigen::Index> rows;
  for (std::size_t i = 0; i < problem.model.size(); ++i) {
    if ((problem.model[i] == model) == is_of) rows.push_back(static_cast<Eigen::Index>(i));
  }
  return rows;
}

/// Forecast of each row by a fit on the other models.
Eigen::VectorXd LeaveOneModelOut(const Problem& problem, const Candidate& candidate) {
  Eigen::VectorXd forecast(problem.target.size());
  for (const std::string& model : problem.Models()) {
    const Eigen::VectorXd costs = Fit(problem, candidate, RowsOf(problem, model, false));
    for (const Eigen::Index row : RowsOf(problem, model, true)) {
      forecast[row] = problem.amounts.row(row).dot(costs);
    }
  }
  return forecast;
}

/// The costs that forecast unseen models best, and those forecasts.
struct Choice {
  Candidate candidate;
  Eigen::VectorXd costs;     ///< one per column
  Eigen::VectorXd held_out;  ///< empty if there is one model only
};

Choice Choose(const Problem& problem, const std::vector<Candidate>& candidates) {
  const std::size_t models = problem.Models().size();
  Choice choice{.candidate = candidates.front()};
  double least = std::numeric_limits<double>::infinity();
  for (const Candidate& candidate : candidates) {
    const std::size_t terms = candidate.terms.size();
    const bool can_carry =
        terms == 1 || (models >= kFewestModels && problem.model.size() > 2 * terms);
    if (models < 2 || !can_carry) continue;
    const Eigen::VectorXd held_out = LeaveOneModelOut(problem, candidate);
    const double error =
        (held_out.array() / problem.target.array() - 1).abs().matrix().dot(problem.weight);
    if (error < kWorthATerm * least) {
      least = error;
      choice.candidate = candidate;
      choice.held_out = held_out;
    }
  }
  std::vector<Eigen::Index> all;
  for (Eigen::Index i = 0; i < problem.target.size(); ++i) all.push_back(i);
  choice.costs = Fit(problem, choice.candidate, all);
  if (choice.costs.maxCoeff() <= 0) {
    throw Error(ErrorKind::kInput,
                "the models do no multiply-accumulates that their energy could be fitted to; "
                "measure models with convolutions or matrix products");
  }
  return choice;
}

/// Rows of one model share most of their error, so that the models count, not the rows: Student's
/// t with as many degrees of freedom on the root mean square of their held-out log errors.
double HalfWidth(const Problem& problem, const Eigen::VectorXd& held_out) {
  if (held_out.size() == 0) return kWidest;
  const std::size_t models = problem.Models().size();
  const Eigen::ArrayXd errors =
      (held_out.array().max(1e-300) / problem.target.array()).log().square();
  const double mean = errors.matrix().dot(problem.weight) / static_cast<double>(models);
  return std::clamp(StudentHalfWidth90(static_cast<double>(models)) * std::sqrt(mean),
                    kLeastHalfWidth, kWidest);
}

std::vector<HeldOutModel> HeldOutModels(const Problem& problem, const Eigen::VectorXd& held_out) {
  std::vector<HeldOutModel> models;
  if (held_out.size() == 0) return models;
  for (const std::string& model : problem.Models()) {
    models.push_back({.model = model});
    for (const Eigen::Index row : RowsOf(problem, model, true)) {
      models.back().batches.push_back(problem.batch[static_cast<std::size_t>(row)]);
      models.back().measured_j.push_back(problem.target[row]);
      models.back().forecast_j.push_back(held_out[row]);
    }
  }
  return models;
}

Eigen::MatrixXd GenericAmounts(const std::vector<const Total*>& rows) {
  Eigen::MatrixXd amounts = Eigen::MatrixXd::Zero(static_cast<Eigen::Index>(rows.size()), 4);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    for (const Layer& layer : rows[i]->layers) {
      if (layer.spec && layer.spec->type().is_free) continue;
      const Work& work = layer.work;
      const Eigen::RowVector4d own(1e-9 * static_cast<double>(work.macs),
                                   1e-9 * static_cast<double>(work.input_bytes + work.output_bytes),
                                   1e-9 * static_cast<double>(work.weight_bytes), 1);
      amounts.row(static_cast<Eigen::Index>(i)) += own;
    }
  }
  return amounts;
}

/// Joules by another profile: of arithmetic, and of everything else.
Eigen::MatrixXd AmountsBy(const Predictor& predictor, const std::vector<const Total*>& rows) {
  Eigen::MatrixXd amounts = Eigen::MatrixXd::Zero(static_cast<Eigen::Index>(rows.size()), 2);
  const double per_mac = 1e-9 * predictor.profile().generic_energy.per_gmac;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    for (const Layer& layer : rows[i]->layers) {
      const LayerForecast forecast =
          layer.spec ? predictor.Forecast(*layer.spec) : predictor.ForecastUnknown(layer.work);
      double arithmetic = 0;
      if (forecast.coverage == Coverage::kFitted) {
        for (const TermShare& share : predictor.Explain(*layer.spec)) {
          if (share.term->part == Part::kArithmetic) arithmetic += share.energy.value();
        }
      } else if (forecast.coverage != Coverage::kFree) {
        arithmetic = std::min(per_mac * static_cast<double>(layer.work.macs),
                              forecast.energy.energy.value());
      }
      const auto row = static_cast<Eigen::Index>(i);
      amounts(row, 0) += arithmetic;
      amounts(row, 1) += forecast.energy.energy.value() - arithmetic;
    }
  }
  return amounts;
}

Eigen::MatrixXd SecondsBy(const Predictor& predictor, const std::vector<const Total*>& rows) {
  Eigen::MatrixXd seconds = Eigen::MatrixXd::Zero(static_cast<Eigen::Index>(rows.size()), 1);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    for (const Layer& layer : rows[i]->layers) {
      seconds(static_cast<Eigen::Index>(i), 0) +=
          (layer.spec ? predictor.Forecast(*layer.spec) : predictor.ForecastUnknown(layer.work))
              .time.count();
    }
  }
  return seconds;
}

std::vector<const Total*> Timed(const Totals& totals) {
  std::vector<const Total*> rows;
  for (const Total& row : totals.rows) {
    if (row.time) rows.push_back(&row);
  }
  return rows;
}

std::vector<const Total*> All(const Totals& totals) {
  std::vector<const Total*> rows;
  for (const Total& row : totals.rows) rows.push_back(&row);
  return rows;
}

/// What both ways share: the rows' check, and where the profile comes from.
TotalsFit Begin(const FitRequest& request, const Totals& totals) {
  TotalsFit fit{.exclusions = totals.exclusions};
  std::set<std::string> models;
  for (const Total& row : totals.rows) models.insert(row.model);
  if (totals.rows.size() < kFewestTotals) {
    std::string why = totals.source + " has " + std::to_string(totals.rows.size()) +
                      " usable rows, but a fit needs at least " + std::to_string(kFewestTotals) +
                      " different models or batches; measure more";
    if (!totals.exclusions.empty()) why += "; left out: " + Join(totals.exclusions, "; ");
    throw Error(ErrorKind::kInput, why);
  }
  if (Timed(totals).size() < kFewestTotals) {
    fit.exclusions.push_back("fewer than " + std::to_string(kFewestTotals) +
                             " rows have a time_s: the profile forecasts energy only");
  }
  if (models.size() < kFewestModels) {
    fit.exclusions.push_back("fewer than " + std::to_string(kFewestModels) +
                             " different models: one cost is fitted for everything; measure more");
  }
  fit.profile.device = request.device;
  fit.profile.title = request.title;
  fit.profile.traits = request.traits;
  fit.profile.provenance = request.provenance;
  fit.profile.provenance.training_rows = static_cast<std::int64_t>(totals.rows.size());
  fit.profile.provenance.dataset =
      "whole models of " + totals.source + ": " +
      Join(std::vector<std::string>(models.begin(), models.end()), ", ");
  fit.profile.interval_level = kIntervalLevel;
  return fit;
}

GenericModel GenericOf(const Eigen::VectorXd& costs, double half_width) {
  return {.per_gmac = costs[0],
          .per_gb = costs[1],
          .per_gb_weights = costs[2],
          .per_call = costs[3],
          .half_width = half_width};
}

GenericModel Scaled(const GenericModel& model, double arithmetic, double traffic) {
  return {.per_gmac = arithmetic * model.per_gmac,
          .per_gb = traffic * model.per_gb,
          .per_gb_weights = traffic * model.per_gb_weights,
          .per_call = traffic * model.per_call,
          .half_width = model.half_width};
}

void ScaleLayer(LayerModel& layer, const Eigen::VectorXd& factors, double time_factor) {
  for (std::size_t i = 0; i < layer.type->terms.size(); ++i) {
    const bool is_arithmetic = layer.type->terms[i].part == Part::kArithmetic;
    layer.energy.coefficients[i] *= factors[is_arithmetic ? 0 : 1];
    layer.time.coefficients[i] *= time_factor;
  }
}

}  // namespace

TotalsFit FitTotals(const FitRequest& request, const Totals& totals) {
  TotalsFit fit = Begin(request, totals);
  const auto rows = All(totals);
  const Problem problem = MakeProblem(rows, GenericAmounts(rows), false);
  const Choice choice = Choose(problem, GenericCandidates());
  fit.terms = choice.candidate.terms;
  fit.models = HeldOutModels(problem, choice.held_out);
  fit.half_width = HalfWidth(problem, choice.held_out);
  fit.profile.generic_energy = GenericOf(choice.costs, fit.half_width);
  const auto timed = Timed(totals);
  if (timed.size() >= kFewestTotals) {
    const Problem of_time = MakeProblem(timed, GenericAmounts(timed), true);
    const Choice time = Choose(of_time, GenericCandidates());
    fit.profile.generic_time = GenericOf(time.costs, HalfWidth(of_time, time.held_out));
  }
  return fit;
}

TotalsFit ScaleToTotals(const Profile& start, const FitRequest& request, const Totals& totals) {
  TotalsFit fit = Begin(request, totals);
  const Predictor predictor(start);
  const auto rows = All(totals);
  const Problem problem = MakeProblem(rows, AmountsBy(predictor, rows), false);
  const Choice choice = Choose(problem, ScalingCandidates());
  fit.terms = choice.candidate.terms;
  fit.models = HeldOutModels(problem, choice.held_out);
  fit.half_width = HalfWidth(problem, choice.held_out);
  double time_factor = 0;
  const auto timed = Timed(totals);
  if (timed.size() >= kFewestTotals) {
    const Problem of_time = MakeProblem(timed, SecondsBy(predictor, timed), true);
    time_factor = Choose(of_time, {{{"all"}, Eigen::MatrixXd::Ones(1, 1)}}).costs[0];
  }
  fit.profile.traits = start.traits;
  fit.profile.layers = start.layers;
  for (LayerModel& layer : fit.profile.layers) {
    ScaleLayer(layer, choice.costs, time_factor);
  }
  fit.profile.generic_energy = Scaled(start.generic_energy, choice.costs[0], choice.costs[1]);
  fit.profile.generic_time = Scaled(start.generic_time, time_factor, time_factor);
  fit.profile.drift = std::max(start.drift, fit.half_width);
  fit.profile.provenance.dataset += ", scaling the profile of " + start.device;
  return fit;
}

}  // namespace joulecast
