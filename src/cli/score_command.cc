// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <utility>

#include "base/mapped_file.h"
#include "base/shard.h"
#include "base/text.h"
#include "base/write_file.h"
#include "cli/model_options.h"
#include "cli/progress.h"
#include "joulecast/error.h"
#include "joulecast/score.h"

namespace joulecast {
namespace {

struct Options {
  std::string file;
  DeviceOption device;
  std::string by = "energy";
  std::string against = "params";
  std::optional<std::string> shard;
  ScoreOptions score;
  std::string format;
  std::string output;
};

struct MergeOptions {
  std::vector<std::string> parts;
  std::string format;
  std::string output;
};

/// CLI11 would clamp a number that is too large.
std::string CheckCount(const std::string& text) {
  const auto number = ParseInt(text);
  return number && *number >= 1 ? "" : "'" + Printable(text, 40) + "' is no whole number from 1";
}

void PrintBoard(const Scoreboard& board, const std::string& format, const std::string& output) {
  PrintTo(output, format == "json"  ? ScoreboardJson(board)
                  : format == "csv" ? ScoreboardCsv(board)
                                    : ScoreboardText(board));
}

int Run(const Options& options) {
  if (options.file.empty()) {
    throw Error(ErrorKind::kUsage,
                "score needs a template (.toml) or a list of candidates (.jsonl); see joulecast "
                "score --help");
  }
  if (!options.output.empty()) CheckWritable(options.output);
  ScoreOptions score = options.score;
  score.by = *CriterionFromName(options.by);
  score.against = *CriterionFromName(options.against);
  if (options.shard) {
    const Shard shard = Shard::Parse(*options.shard);
    score.shard = shard.index;
    score.shards = shard.count;
  }
  const Profile profile = LoadProfile(options.device.device);
  if (profile.fusion != Fusion::kNone) {
    Warn(fmt::format(
        "{} fuses {}, and a candidate's layers do not say which ones: they are forecast "
        "as they stand; leave out what is fused",
        profile.device, Name(profile.fusion)));
  }
  Scoreboard board;
  {
    Progress progress;
    int told = -1;
    score.progress = [&](std::uint64_t done, std::uint64_t all) {
      const int percent = static_cast<int>(100 * static_cast<double>(done) /
                                           static_cast<double>(std::max<std::uint64_t>(all, 1)));
      if (percent == std::exchange(told, percent)) return;
      progress.Show(fmt::format("scored {} % of {}", percent, all));
    };
    board = ScoreFile(options.file, Predictor(profile), score);
  }
  PrintBoard(board, options.format, options.output);
  return kDone;
}

int RunMerge(const MergeOptions& options) {
  std::vector<Scoreboard> boards;
  for (const std::string& part : options.parts) {
    const MappedFile file(part);
    const auto bytes = file.bytes();
    boards.push_back(
        ParseScoreboard({reinterpret_cast<const char*>(bytes.data()), bytes.size()}, part));
  }
  PrintBoard(MergeScoreboards(boards), options.format, options.output);
  return kDone;
}

void AddMerge(CLI::App& command, Action& action) {
  const auto options = std::make_shared<MergeOptions>();
  CLI::App* const merge = command.add_subcommand("merge", "The scores of all shards as one");
  merge->add_option("part", options->parts, "What each shard wrote with --format json")
      ->required()
      ->type_name("FILE...");
  AddFormat(*merge, options->format, {"text", "json", "csv"});
  merge->add_option("-o,--output", options->output, "Write there, not to standard output")
      ->type_name("FILE");
  merge->footer(
      "Examples:\n"
      "  joulecast score merge part-*.json --format json -o all.json\n"
      "The result is, to the bit, that of one run over all candidates.");
  merge->callback([options, &action] { action = [options] { return RunMerge(*options); }; });
}

}  // namespace

void AddScore(CLI::App& command, Action& action) {
  const auto options = std::make_shared<Options>();
  const std::vector<std::string> criteria = {"energy", "time", "macs", "params", "score"};
  command
      .add_option("file", options->file,
                  "A template of candidates (.toml), or a candidate a line (.jsonl)")
      ->type_name("FILE");
  options->device.AddTo(command);
  command.add_option("--top", options->score.top, "How many of the best to keep")
      ->type_name("N")
      ->check(CLI::Range(0, 1'000'000))
      ->capture_default_str();
  command.add_option("--by", options->by, "What the best are best in")
      ->type_name("KEY")
      ->check(CLI::IsMember(criteria))
      ->capture_default_str();
  command
      .add_option("--against", options->against,
                  "What the Pareto set sets against the energy:\n"
                  "less time, or more MACs, parameters or score")
      ->type_name("KEY")
      ->check(CLI::IsMember({"time", "macs", "params", "score"}))
      ->capture_default_str();
  CLI::Option* const sample =
      command
          .add_option("--sample", options->score.sample,
                      "Draw so many of a template's candidates; all if not given")
          ->type_name("N")
          ->check(CheckCount);
  command.add_option("--seed", options->score.seed, "Another number draws others")
      ->type_name("N")
      ->needs(sample)
      ->capture_default_str();
  command.add_option("--shard", options->shard, "Score only the i-th of n parts")->type_name("I/N");
  command.add_option("--threads", options->score.threads, "One per processor if not given")
      ->type_name("N")
      ->check(CLI::Range(1, 4096));
  AddFormat(command, options->format, {"text", "json", "csv"});
  command.add_option("-o,--output", options->output, "Write there, not to standard output")
      ->type_name("FILE");
  command.footer(
      "Examples:\n"
      "  joulecast score space.toml --top 10\n"
      "  joulecast score space.toml --sample 1000000 --against score --format json\n"
      "  joulecast score candidates.jsonl --by score\n"
      "  joulecast score space.toml --shard 2/8 --format json -o part-2.json\n"
      "  joulecast score merge part-*.json\n"
      "docs/scoring.md describes both kinds of files. Results are the same at any\n"
      "number of threads and shards.");
  action = [options] { return Run(*options); };
  AddMerge(command, action);
}

}  // namespace joulecast
