// SPDX-License-Identifier: Apache-2.0
#include "fit/fit_profile.h"

#include <Eigen/Core>
#include <algorithm>
#include <cmath>
#include <iterator>
#include <map>
#include <optional>
#include <set>
#include <tuple>

#include "base/statistics.h"
#include "base/text.h"
#include "fit/drift.h"
#include "fit/interval_fit.h"
#include "fit/term_fit.h"
#include "joulecast/error.h"

namespace joulecast {
namespace {

/// Repeats of one configuration that differ by more than this (standard deviation over mean) were
/// not the same experiment; in a session of noisy repeats, by more than so many times its median.
constexpr double kWidestSpread = 0.1;
constexpr double kWidestOfMedian = 3;

/// Configurations that show what a term costs: as many as a fit needs for each of its terms.
constexpr std::size_t kFewestWitnesses = 2;

using ByType = std::map<std::string_view, std::vector<Observation>>;

/// Amounts of any layer, for the generic costs.
constexpr Term kGenericTerms[] = {{"macs", "gmac", Part::kArithmetic},
                                  {"bytes", "gb", Part::kInput},
                                  {"call", "call", Part::kOverhead}};

/// Rows of all types but `left_out`, each type with the same weight.
TermRows GenericRows(const ByType& types, std::string_view left_out, bool of_time) {
  Eigen::Index count = 0;
  for (const auto& [name, rows] : types) {
    if (name != left_out) count += static_cast<Eigen::Index>(rows.size());
  }
  TermRows result{Eigen::MatrixXd(count, 3), Eigen::VectorXd(count), Eigen::VectorXd(count)};
  Eigen::Index i = 0;
  for (const auto& [name, rows] : types) {
    if (name == left_out) continue;
    for (const Observation& row : rows) {
      const Work work = row.spec.CountWork();
      result.amounts.row(i) << 1e-9 * static_cast<double>(work.macs),
          1e-9 * static_cast<double>(work.bytes()), 1;
      result.target[i] = of_time ? row.time.count() : row.energy.value();
      result.weight[i] = 1.0 / static_cast<double>(rows.size());
      ++i;
    }
  }
  return result;
}

/// The 90th percentile (at level 0.9) of the errors on types that the fit has not seen.
double LeftOutHalfWidth(const ByType& types, bool of_time, double level) {
  std::vector<double> errors;
  for (const auto& [name, rows] : types) {
    if (types.size() < 2) break;
    const TermModel model = FitTerms(kGenericTerms, GenericRows(types, name, of_time), 1);
    const ByType only = {{name, rows}};
    const TermRows test = GenericRows(only, "", of_time);
    const Eigen::VectorXd forecast = TermCosts(kGenericTerms, model, test.amounts).rowwise().sum();
    for (Eigen::Index i = 0; i < test.count(); ++i) {
      errors.push_back(std::abs(std::log(std::max(forecast[i], 1e-300) / test.target[i])));
    }
  }
  return Quantile(errors, level).value_or(std::log(10.0));  // nothing held out: a factor of ten
}

GenericModel FitGeneric(const ByType& types, bool of_time, double level) {
  const TermModel model = FitTerms(kGenericTerms, GenericRows(types, "", of_time), 1);
  return {.per_gmac = model.coefficients[0],
          .per_gb = model.coefficients[1],
          .per_gb_weights = model.coefficients[1],
          .per_call = model.coefficients[2],
          .half_width = LeftOutHalfWidth(types, of_time, level)};
}

/// The spread from which on a row of each session counts as a mean of different experiments.
std::map<std::string, double> WidestSpreads(std::span<const Observation> rows) {
  std::map<std::string, std::vector<double>> spreads;
  for (const Observation& row : rows) spreads[row.source].push_back(row.spread);
  std::map<std::string, double> widest;
  for (const auto& [source, values] : spreads) {
    widest[source] = std::max(kWidestSpread, kWidestOfMedian * *Median(values));
  }
  return widest;
}

std::string Rows(std::int64_t count) {
  return std::to_string(count) + (count == 1 ? " row" : " rows");
}

bool IsPositive(double number) { return std::isfinite(number) && number > 0; }

/// Configurations that have each term, at the page state that the device's traits say.
using Witnesses = std::vector<std::set<std::string>>;

Witnesses WitnessesOf(const LayerType& type, std::span<const Observation> rows,
                      const DeviceTraits& traits) {
  Witnesses witnesses(type.terms.size());
  std::vector<double> amounts(type.terms.size());
  for (const Observation& row : rows) {
    type.amounts(row.spec, traits, amounts);
    for (std::size_t term = 0; term < amounts.size(); ++term) {
      if (amounts[term] > 0) witnesses[term].insert(row.spec.ToString());
    }
  }
  return witnesses;
}

/// Moves those of a type's `unsteady` rows to the `steady` ones that have a term which too few
/// steady ones have: a doubtful mean tells more of its cost than nothing does. Returns how many.
std::ptrdiff_t KeepWitnesses(std::vector<Observation>& unsteady, std::vector<Observation>& steady,
                             const DeviceTraits& traits) {
  const LayerType& type = unsteady.front().spec.type();
  const Witnesses seen = WitnessesOf(type, steady, traits);
  const auto kept =
      std::stable_partition(unsteady.begin(), unsteady.end(), [&](const Observation& row) {
        const Witnesses own = WitnessesOf(type, {&row, 1}, traits);
        for (std::size_t term = 0; term < own.size(); ++term) {
          if (!own[term].empty() && seen[term].size() < kFewestWitnesses) return false;
        }
        return true;
      });
  const std::ptrdiff_t count = unsteady.end() - kept;
  steady.insert(steady.end(), kept, unsteady.end());
  unsteady.erase(kept, unsteady.end());
  return count;
}

/// Rows that can be fitted, by type; the others are named with the reason.
ByType Sort(std::span<const Observation> rows, bool with_time, const DeviceTraits& traits,
            std::vector<std::string>& exclusions, std::vector<std::string>& notes) {
  ByType types;
  ByType unsteady;
  std::map<std::string, std::int64_t> refused;
  std::set<std::tuple<std::string, double, double>> known;
  const std::map<std::string, double> widest = WidestSpreads(rows);
  for (const Observation& row : rows) {
    const bool positive =
        IsPositive(row.energy.value()) && (!with_time || IsPositive(row.time.count()));
    if (row.spec.type().is_free) {
      ++refused[std::string(row.spec.type().name) + ": a view, which costs nothing to run"];
    } else if (row.spec.type().terms.empty()) {
      ++refused[std::string(row.spec.type().name) + ": it has no terms to fit"];
    } else if (!positive) {
      ++refused[std::string(row.spec.type().name) +
                ": energy or time is not a positive finite number"];
    } else if (!known.emplace(row.spec.ToString(), row.energy.value(), row.time.count()).second) {
      // Two measurements never agree in every digit: a file that came in twice, under two names.
      ++refused[std::string(row.spec.type().name) +
                ": copies of other rows, with the same configuration, energy and time"];
    } else {
      (row.spread > widest.at(row.source) ? unsteady : types)[row.spec.type().name].push_back(row);
    }
  }
  for (auto& [name, own] : unsteady) {
    if (const auto kept = KeepWitnesses(own, types[name], traits); kept > 0) {
      notes.push_back(std::string(name) + ": kept " + Rows(kept) +
                      " whose repeats differ: too few others show what one of their terms costs");
    }
    if (own.empty()) continue;
    refused[std::string(name) +
            ": the repeats differ by more than 10 %, and by three times what is usual: a mean of "
            "different memory states"] = std::ssize(own);
  }
  for (const auto& [why, count] : refused) {
    exclusions.push_back(why + " (" + Rows(count) + ")");
  }
  return types;
}

/// What a unit of a term costs by the types that show it: the median, as far as any does.
std::optional<double> CostElsewhere(std::span<const LayerFit> layers, const Term& term,
                                    TermModel LayerModel::*model) {
  std::vector<double> costs;
  for (const LayerFit& layer : layers) {
    const auto& terms = layer.model.type->terms;
    for (std::size_t i = 0; i < terms.size(); ++i) {
      const auto& unseen = layer.model.unseen_terms;
      if (terms[i].name != term.name || std::ranges::count(unseen, i) > 0) continue;
      costs.push_back((layer.model.*model).coefficients[i]);
    }
  }
  return Median(costs);
}

/// A term that no row of its type has is taken to cost what it costs in other types: a fresh page
/// is one, whoever asked for it. It stays marked as unseen.
void BorrowUnseenCosts(std::vector<LayerFit>& layers, std::vector<std::string>& notes) {
  for (LayerFit& layer : layers) {
    LayerModel& own = layer.model;
    for (const std::size_t i : own.unseen_terms) {
      const Term& term = own.type->terms[i];
      for (const auto model : {&LayerModel::energy, &LayerModel::time}) {
        (own.*model).coefficients[i] = CostElsewhere(layers, term, model).value_or(0);
      }
      if (own.energy.coefficients[i] <= 0) continue;
      notes.push_back(std::string(own.type->name) + ": no row has '" + std::string(term.name) +
                      "'; it costs what it does in other types");
    }
  }
}

}  // namespace

ProfileFit FitProfile(const FitRequest& request, std::span<const Observation> rows,
                      const std::function<void(std::string_view)>& progress) {
  ProfileFit result;
  const bool with_time = std::any_of(rows.begin(), rows.end(), [](const Observation& row) {
    return IsPositive(row.time.count());
  });
  if (!with_time && !rows.empty())
    result.exclusions.emplace_back("times: no row has one, so energy only is fitted");
  ByType types = Sort(rows, with_time, request.traits, result.exclusions, result.notes);
  std::vector<Observation> usable;
  for (const auto& [name, own] : types) usable.insert(usable.end(), own.begin(), own.end());
  Profile& profile = result.profile;
  profile.device = request.device;
  profile.title = request.title;
  profile.traits = request.traits;
  profile.fusion = request.fusion;
  profile.provenance = request.provenance;
  profile.interval_level = kIntervalLevel;
  for (const LayerType* type : AllLayerTypes()) {
    const auto own = types.find(type->name);
    if (own == types.end()) continue;
    progress(type->name);
    try {
      result.layers.push_back(
          FitLayer(*type, own->second, usable, request.traits, request.allow_residual));
    } catch (const Error& error) {
      result.exclusions.emplace_back(error.what());
      types.erase(own);
      continue;
    }
    profile.provenance.training_rows += result.layers.back().model.training_rows;
    for (const SourceRows& source : result.layers.back().sources) {
      if (source.used) continue;
      result.exclusions.push_back(
          std::string(type->name) + ": " + Rows(std::ssize(source.rows)) + " of " + source.source +
          " make forecasts of the other sources' rows worse: measured in another state");
    }
  }
  if (result.layers.empty()) {
    throw Error(ErrorKind::kInput, "no layer type can be fitted: " +
                                       (result.exclusions.empty() ? "there are no rows"
                                                                  : Join(result.exclusions, "; ")));
  }
  BorrowUnseenCosts(result.layers, result.notes);
  for (const LayerFit& layer : result.layers) profile.layers.push_back(layer.model);
  profile.generic_energy = FitGeneric(types, false, kIntervalLevel);
  if (with_time) profile.generic_time = FitGeneric(types, true, kIntervalLevel);
  // An optional without a number is less than any.
  result.drift = std::max(DriftBetweenSessions(result.layers), DriftWithinSessions(usable));
  profile.drift = result.drift.value_or(0);
  for (const LayerFit& layer : result.layers) {
    const auto sessions = ForecastUnseenSessions(layer, usable, request.traits, profile.drift);
    result.unseen_sessions.insert(result.unseen_sessions.end(), sessions.begin(), sessions.end());
  }
  return result;
}

}  // namespace joulecast
