// SPDX-License-Identifier: Apache-2.0
#include <cmath>
#include <nlohmann/json.hpp>

#include "base/json_values.h"
#include "base/text.h"
#include "joulecast/error.h"
#include "joulecast/score.h"

namespace joulecast {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::string_view kFormat = "joulecast-scores";

Json CandidateJson(const ScoredCandidate& candidate) {
  return {{"name", candidate.name},
          {"energy_j", candidate.cost.energy.value()},
          {"energy_j_low", candidate.low.value()},
          {"energy_j_high", candidate.high.value()},
          {"time_s", candidate.cost.time.count()},
          {"macs", candidate.cost.macs},
          {"params", candidate.cost.params},
          {"score", candidate.cost.score},
          {"fitted_share", candidate.fitted_share},
          {"place", candidate.place},
          {"layers", candidate.layers}};
}

/// Reads one scoreboard; knows its origin for errors.
class BoardReader {
 public:
  explicit BoardReader(const std::string& origin) : origin_(origin) {}

  Scoreboard Read(std::string_view text) const {
    const Json json = Json::parse(text, nullptr, /*allow_exceptions=*/false);
    if (json.is_discarded()) Fail("it is not JSON, or was cut off");
    if (!json.is_object() || json.value("format", "") != kFormat) {
      Fail("it was not made by joulecast score --format json");
    }
    try {
      return ReadBoard(json);
    } catch (const Json::exception& error) {
      Fail(std::string("a part is missing or of the wrong kind: ") + error.what());
    }
  }

 private:
  [[noreturn]] void Fail(const std::string& why) const {
    throw Error(ErrorKind::kInput, "cannot use the scores " + Printable(origin_) + ": " + why);
  }

  Scoreboard ReadBoard(const Json& json) const {
    Scoreboard board{.name = json.at("name").get<std::string>(),
                     .source = json.at("source").get<std::string>(),
                     .device = json.at("device").get<std::string>(),
                     .interval_level = Number(json, "interval"),
                     .by = CriterionAt(json, "by"),
                     .against = CriterionAt(json, "against"),
                     .most = json.at("most").get<std::size_t>(),
                     .shards = Whole(json.at("shards"), 1),
                     .candidates = json.at("candidates").get<std::uint64_t>()};
    for (const Json& each : json.at("parts")) board.parts.push_back(Whole(each, 1));
    for (const Json& each : json.at("top")) board.top.push_back(ReadCandidate(each));
    for (const Json& each : json.at("pareto")) board.pareto.push_back(ReadCandidate(each));
    for (const std::int64_t part : board.parts) {
      if (part > board.shards) Fail("it has a part that is none of its shards");
    }
    return board;
  }

  Criterion CriterionAt(const Json& json, const char* key) const {
    const auto criterion = CriterionFromName(json.at(key).get_ref<const std::string&>());
    if (!criterion) Fail(std::string(key) + " is no criterion");
    return *criterion;
  }

  double Number(const Json& json, const char* key) const {
    const double number = json.at(key).get<double>();
    if (!std::isfinite(number)) Fail(std::string(key) + " is not finite");
    return number;
  }

  std::int64_t Whole(const Json& json, std::int64_t least) const {
    if (!json.is_number_integer() || json.get<std::int64_t>() < least) {
      Fail(Printable(json.dump(), 40) + " is no whole number from " + std::to_string(least));
    }
    return json.get<std::int64_t>();
  }

  ScoredCandidate ReadCandidate(const Json& json) const {
    return {.name = json.at("name").get<std::string>(),
            .cost = {.energy = Joules(Number(json, "energy_j")),
                     .time = Seconds(Number(json, "time_s")),
                     .macs = Whole(json.at("macs"), 0),
                     .params = Whole(json.at("params"), 0),
                     .score = Number(json, "score")},
            .low = Joules(Number(json, "energy_j_low")),
            .high = Joules(Number(json, "energy_j_high")),
            .fitted_share = Number(json, "fitted_share"),
            .layers = json.at("layers").get<std::vector<std::string>>(),
            .place = json.at("place").get<Decided>()};
  }

  const std::string& origin_;
};

Json CandidatesJson(const std::vector<ScoredCandidate>& candidates) {
  Json json = Json::array();
  for (const ScoredCandidate& each : candidates) json.push_back(CandidateJson(each));
  return json;
}

}  // namespace

std::string ScoreboardJson(const Scoreboard& board) {
  return DumpJson(Json{{"format", kFormat},
                       {"features_version", kFeaturesVersion},
                       {"kind", "forecast"},
                       {"name", board.name},
                       {"source", board.source},
                       {"device", board.device},
                       {"interval", board.interval_level},
                       {"by", Name(board.by)},
                       {"against", Name(board.against)},
                       {"most", board.most},
                       {"shards", board.shards},
                       {"parts", board.parts},
                       {"candidates", board.candidates},
                       {"top", CandidatesJson(board.top)},
                       {"pareto", CandidatesJson(board.pareto)}});
}

Scoreboard ParseScoreboard(std::string_view json, const std::string& origin) {
  return BoardReader(origin).Read(json);
}

}  // namespace joulecast
