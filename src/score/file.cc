// SPDX-License-Identifier: Apache-2.0
#include <cmath>
#include <cstring>
#include <limits>
#include <nlohmann/json.hpp>
#include <unordered_map>

#include "base/mapped_file.h"
#include "base/parallel.h"
#include "base/text.h"
#include "joulecast/error.h"
#include "joulecast/score.h"
#include "score/hash.h"
#include "score/search.h"

namespace joulecast {
namespace {

using Json = nlohmann::json;

constexpr std::uint64_t kLinesAtATime = 64;
/// Forecasts that a thread remembers: candidates of one search have most layers in common.
constexpr std::size_t kMostRemembered = 1 << 18;

std::string_view TextOf(const MappedFile& file) {
  return {reinterpret_cast<const char*>(file.bytes().data()), file.bytes().size()};
}

/// A line that holds more than blanks.
struct Line {
  std::size_t begin = 0;
  std::size_t number = 0;  ///< from 1
};

std::vector<Line> LinesOf(std::string_view text) {
  std::vector<Line> lines;
  std::size_t number = 1;
  for (std::size_t begin = 0; begin < text.size(); ++number) {
    const std::size_t end = std::min(text.find('\n', begin), text.size());
    const std::size_t first = text.find_first_not_of(" \t\r", begin);
    if (first < end) lines.push_back({begin, number});
    begin = end + 1;
  }
  return lines;
}

/// One thread's part in reading a list of candidates.
class LineReader {
 public:
  LineReader(std::string_view text, const std::string& path, const Predictor& predictor,
             OwnLayerTypes own)
      : text_(text), path_(path), predictor_(predictor), own_(own) {}

  CandidateCost Cost(const Line& line) {
    CandidateCost cost;
    const Json json = Parse(line);
    cost.score = ScoreOf(line, json);
    for (const Json& spec : LayersOf(line, json)) Add(cost, CostOfText(line, spec));
    return cost;
  }

  Candidate Read(const Line& line) {
    const Json json = Parse(line);
    Candidate candidate{.name = NameOf(line, json), .score = ScoreOf(line, json)};
    for (const Json& spec : LayersOf(line, json)) {
      candidate.layers.push_back(LayerSpec::Parse(spec.get_ref<const std::string&>(), own_));
    }
    return candidate;
  }

 private:
  [[noreturn]] void Fail(const Line& line, const std::string& why) const {
    throw Error(ErrorKind::kInput, path_ + ", line " + std::to_string(line.number) + ": " + why);
  }

  Json Parse(const Line& line) const {
    const std::string_view text = text_.substr(line.begin);
    Json json = Json::parse(text.substr(0, text.find('\n')), nullptr, /*allow_exceptions=*/false);
    if (!json.is_object()) {
      Fail(line,
           "it is no JSON object; write {\"name\": \"a\", \"layers\": [\"linear batch=1 "
           "in=10 out=10\"], \"score\": 0.5}");
    }
    for (const auto& [key, value] : json.items()) {
      if (key == "name" || key == "layers" || key == "score") continue;
      Fail(line, "'" + Printable(key, 40) + "' means nothing here; there are name, layers, score");
    }
    return json;
  }

  std::string NameOf(const Line& line, const Json& json) const {
    const auto name = json.find("name");
    if (name == json.end()) return "line " + std::to_string(line.number);
    if (!name->is_string()) Fail(line, "'name' is no text");
    return name->get<std::string>();
  }

  double ScoreOf(const Line& line, const Json& json) const {
    const auto score = json.find("score");
    if (score == json.end()) return 0;
    if (!score->is_number() || !std::isfinite(score->get<double>())) {
      Fail(line, "'score' is no number");
    }
    return score->get<double>();
  }

  const Json& LayersOf(const Line& line, const Json& json) const {
    const auto layers = json.find("layers");
    if (layers == json.end() || !layers->is_array() || layers->empty()) {
      Fail(line, "'layers' must be a list of layer specifications");
    }
    for (const Json& spec : *layers) {
      if (!spec.is_string()) Fail(line, "'layers' holds something that is no text");
    }
    return *layers;
  }

  const CandidateCost& CostOfText(const Line& line, const Json& spec) {
    const auto& text = spec.get_ref<const std::string&>();
    const auto found = known_.find(text);
    if (found != known_.end()) return found->second;
    if (known_.size() >= kMostRemembered) known_.clear();
    try {
      return known_.emplace(text, CostOf(LayerSpec::Parse(text, own_), predictor_)).first->second;
    } catch (const Error& error) {
      Fail(line, error.what());
    }
  }

  std::string_view text_;
  const std::string& path_;
  const Predictor& predictor_;
  OwnLayerTypes own_;
  std::unordered_map<std::string, CandidateCost> known_;
};

Scoreboard ScoreLines(const std::string& path, const Predictor& predictor,
                      const ScoreOptions& options, OwnLayerTypes own) {
  RefuseSample(options);
  const MappedFile file(path);
  const std::string_view text = TextOf(file);
  const std::vector<Line> lines = LinesOf(text);
  if (lines.empty()) throw Error(ErrorKind::kInput, path + " has no candidates");
  if (lines.size() > std::numeric_limits<std::uint32_t>::max()) {
    throw Error(ErrorKind::kInput, path + " has more than 2^32 lines; split it");
  }
  const int threads = options.threads > 0 ? options.threads : DefaultThreads();
  std::vector<LineReader> readers(static_cast<std::size_t>(threads),
                                  LineReader(text, path, predictor, own));
  const auto score = [&](int worker, std::uint64_t first, std::uint64_t last, Keeper& keeper) {
    for (std::uint64_t i = first; i < last; ++i) {
      const std::uint32_t place[] = {static_cast<std::uint32_t>(i)};
      CandidateCost cost = readers[static_cast<std::size_t>(worker)].Cost(lines[i]);
      if (options.score) cost.score = options.score(place);
      keeper.Offer(cost, place);
    }
  };
  const auto expand = [&](std::span<const std::uint32_t> place) {
    return readers[0].Read(lines[place[0]]);
  };
  Scoreboard board = Search(lines.size(), kLinesAtATime, predictor, options, score, expand);
  Hash hash;
  hash.Add(text);
  board.name = path.substr(path.find_last_of('/') + 1);
  board.source = "lines " + hash.Hex();
  return board;
}

}  // namespace

Scoreboard ScoreFile(const std::string& path, const Predictor& predictor,
                     const ScoreOptions& options, OwnLayerTypes own) {
  if (path.ends_with(".jsonl")) return ScoreLines(path, predictor, options, own);
  if (!path.ends_with(".toml")) {
    throw Error(ErrorKind::kUsage, Printable(path, 200) +
                                       " is neither a template (.toml) nor a list of candidates "
                                       "(.jsonl)");
  }
  const MappedFile file(path);
  CandidateTemplate candidates = ParseTemplate(TextOf(file), path);
  try {
    return ScoreSpace(CandidateSpace(std::move(candidates), predictor, own), options);
  } catch (const Error& error) {
    throw Error(error.kind(), Printable(path, 200) + ": " + error.what());
  }
}

}  // namespace joulecast
