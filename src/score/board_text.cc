// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "base/text.h"
#include "joulecast/score.h"
#include "report/numbers.h"

namespace joulecast {
namespace {

/// Of a Pareto set; all are in JSON and CSV.
constexpr std::size_t kMostLines = 20;
constexpr std::size_t kWidth = 80;

/// "width=32 kernel=3 ..." in lines of at most 80 columns, all indented.
std::string Wrapped(std::string_view text) {
  constexpr std::string_view kIndent = "      ";
  std::string lines;
  std::string line;
  for (const std::string_view word : SplitBlanks(text)) {
    if (!line.empty() && kIndent.size() + line.size() + 1 + word.size() > kWidth) {
      lines += fmt::format("{}{}\n", kIndent, line);
      line.clear();
    }
    line += (line.empty() ? "" : " ") + Printable(word, kWidth - kIndent.size());
  }
  return lines + fmt::format("{}{}\n", kIndent, line);
}

std::string Table(const std::vector<ScoredCandidate>& candidates, std::size_t most) {
  std::string text = fmt::format("  {:>3}  {:>10}  {:>6}  {:>10}  {:>8}  {:>8}  {:>9}  {:>6}\n", "",
                                 "energy", "±", "time", "MACs", "params", "score", "fitted");
  for (std::size_t i = 0; i < candidates.size() && i < most; ++i) {
    const ScoredCandidate& each = candidates[i];
    text += fmt::format("  {:>3}  {:>10}  {:>6}  {:>10}  {:>8}  {:>8}  {:>9.4g}  {:>6}\n", i + 1,
                        Human(each.cost.energy), HumanSpread(each.cost.energy, each.high),
                        Human(each.cost.time), HumanCount(static_cast<double>(each.cost.macs)),
                        HumanCount(static_cast<double>(each.cost.params)), each.cost.score,
                        HumanShare(each.fitted_share));
    text += Wrapped(each.name);
  }
  if (candidates.size() > most) {
    text += fmt::format("  and {} more, with --format json or csv\n", candidates.size() - most);
  }
  return text;
}

std::string_view Best(Criterion by) {
  return by == Criterion::kScore ? "the highest" : "the least";
}

std::string_view Trade(Criterion against) {
  switch (against) {
    case Criterion::kTime:
      return "less time";
    case Criterion::kMacs:
      return "more MACs";
    case Criterion::kParams:
      return "more parameters";
    default:
      return "a higher score";
  }
}

std::string CsvRows(std::string_view set, const std::vector<ScoredCandidate>& candidates) {
  std::string rows;
  for (std::size_t i = 0; i < candidates.size(); ++i) {
    const ScoredCandidate& each = candidates[i];
    rows += fmt::format("{},{},{},{},{},{},{},{},{},{},{}\n", set, i + 1, CsvField(each.name),
                        each.cost.energy.value(), each.low.value(), each.high.value(),
                        each.cost.time.count(), each.cost.macs, each.cost.params, each.cost.score,
                        each.fitted_share);
  }
  return rows;
}

}  // namespace

std::string ScoreboardText(const Scoreboard& board) {
  std::string text = fmt::format("{}: {} candidates forecast on {}\n", Printable(board.name, 40),
                                 board.candidates, Printable(board.device, 30));
  if (board.parts.size() < static_cast<std::size_t>(board.shards)) {
    text += fmt::format("shard {} of {}\n", board.parts.front(), board.shards);
  }
  text += fmt::format("\nTop {}: {} {}\n", board.top.size(), Best(board.by), Name(board.by));
  text += Table(board.top, board.top.size());
  text += fmt::format("\nPareto set of {}: each has {} than all that take less energy\n",
                      board.pareto.size(), Trade(board.against));
  return text + Table(board.pareto, kMostLines);
}

std::string ScoreboardCsv(const Scoreboard& board) {
  return "set,rank,name,energy_j,energy_j_low,energy_j_high,time_s,macs,params,score,"
         "fitted_share\n" +
         CsvRows("top", board.top) + CsvRows("pareto", board.pareto);
}

}  // namespace joulecast
