// SPDX-License-Identifier: Apache-2.0
#include <nlohmann/json.hpp>

#include "base/json_values.h"
#include "fit/reproduce.h"

namespace joulecast {
namespace {

using Json = nlohmann::ordered_json;

template <typename T>
Json Value(const std::optional<T>& value) {
  return value ? Json(*value) : Json(nullptr);
}

Json PredictorJson(const PredictorRow& row) {
  Json json{{"layer", row.layer}, {"features", row.features}, {"model", row.model}};
  Json published = Json::object();
  const auto add = [&](const char* key, const std::optional<double>& ours,
                       const std::optional<double>& theirs) {
    json[key] = Value(ours);
    if (theirs) published[key] = *theirs;
  };
  add("cv_r2", row.ours.cv_r2, row.published.cv_r2);
  add("cv_r2_sd", row.ours.cv_r2_sd, row.published.cv_r2_sd);
  add("test_r2", row.ours.test_r2, row.published.test_r2);
  add("test_mse", row.ours.test_mse, row.published.test_mse);
  add("mape_percent", row.ours.mape_percent, row.published.mape_percent);
  json["published"] = std::move(published);
  return json;
}

Json TableJson(const std::vector<PredictorRow>& table) {
  Json json = Json::array();
  for (const PredictorRow& row : table) json.push_back(PredictorJson(row));
  return json;
}

Json RangeJson(const AblationRange& range) {
  Json published = Json::object();
  if (range.published_max) published["max"] = *range.published_max;
  if (range.published_min) published["min"] = *range.published_min;
  return {{"max", range.max.test_r2},
          {"min", range.min.test_r2},
          {"max_features", range.max.features},
          {"min_features", range.min.features},
          {"published", std::move(published)}};
}

Json AblationJson(const std::optional<Ablation>& ablation) {
  if (!ablation) return nullptr;
  return {{"subsets", ablation->subsets},
          {"with_macs", RangeJson(ablation->with_macs)},
          {"without_macs", RangeJson(ablation->without_macs)}};
}

Json ScoresJson(const Scores& scores) {
  Json json = {{"n", scores.n}};
  for (const auto& [name, value] : NamedScores(scores)) json[name] = Value(value);
  return json;
}

Json NetScoresJson(const NetScores& scores) {
  Json json = ScoresJson(scores.ours);
  Json published = Json::object();
  if (scores.published_n) published["n"] = *scores.published_n;
  if (scores.published_r2) published["r2"] = *scores.published_r2;
  if (scores.published_mape_percent) published["mape_percent"] = *scores.published_mape_percent;
  json["published"] = std::move(published);
  return json;
}

Json NetMapJson(const std::map<std::string, NetScores>& scores) {
  Json json = Json::object();
  for (const auto& [name, score] : scores) json[name] = NetScoresJson(score);
  return json;
}

Json TotalsJson(const NetReport& nets) {
  Json json = NetScoresJson(nets.totals);
  json["by_net"] = NetMapJson(nets.by_net);
  return json;
}

Json DatasetsJson(const std::vector<DatasetCount>& datasets) {
  Json json = Json::array();
  for (const DatasetCount& count : datasets) {
    Json published = Json::object();
    if (count.published_kept) published["kept"] = *count.published_kept;
    if (count.published_configurations) {
      published["configurations"] = *count.published_configurations;
    }
    json.push_back({{"layer", count.layer},
                    {"rows", count.rows},
                    {"kept", count.kept},
                    {"configurations", count.configurations},
                    {"published", std::move(published)}});
  }
  return json;
}

}  // namespace

std::string ReproduceJson(const ReproduceReport& report) {
  Json json;
  json["datasets"] = DatasetsJson(report.datasets);
  json["missing_files"] = report.missing_files;
  json["notes"] = report.notes;
  json["table2"] = TableJson(report.table2);
  json["table6"] = TableJson(report.table6);
  json["ablation"] = AblationJson(report.ablation);
  json["net_layers"] = report.nets ? NetMapJson(report.nets->layers) : Json(nullptr);
  json["net_totals"] = report.nets ? TotalsJson(*report.nets) : Json(nullptr);
  json["a3"] = nullptr;
  if (report.a3) {
    json["a3"] = {{"net_layers", NetMapJson(report.a3->layers)},
                  {"net_totals", TotalsJson(*report.a3)}};
  }
  json["shares"] = report.shares;
  json["published"] = {{"shares", report.published_shares}};
  json["additivity"] = report.additivity ? ScoresJson(*report.additivity) : Json(nullptr);
  json["timing_s"] = {{"read", report.timing.read.count()},
                      {"ablation", report.timing.ablation.count()},
                      {"lasso", report.timing.lasso.count()},
                      {"rest", report.timing.rest.count()}};
  return DumpJson(json);
}

}  // namespace joulecast
