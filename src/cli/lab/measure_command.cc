// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <cstdio>
#include <cstring>
#include <functional>
#include <memory>

#include "base/append_file.h"
#include "base/text.h"
#include "base/write_file.h"
#include "cli/app.h"
#include "cli/lab/meter_options.h"
#include "cli/model_options.h"
#include "joulecast/error.h"
#include "measure/command_report.h"

namespace joulecast {
namespace {

struct Options {
  MeterOptions meters;
  CommandRequest request;
  double idle_s = 0;
  std::string format;
  std::string output;
  std::string csv;
  std::string prometheus;
};

/// What cannot be written is said before the command runs for an hour.
void CheckOutputs(const Options& options) {
  if (!options.output.empty() && options.output != "-") CheckWritable(options.output);
  if (!options.prometheus.empty()) CheckWritable(options.prometheus);
  if (!options.csv.empty()) PrepareRows(options.csv, kCommandCsvHeader);
}

/// On standard error, where it disturbs no pipe of the command's; "-" is standard output.
void WriteReport(const Options& options, const CommandReport& report) {
  const std::string text = options.format == "json" ? CommandJson(report) : CommandText(report);
  if (options.output.empty()) {
    std::fwrite(text.data(), 1, text.size(), stderr);
  } else {
    PrintTo(options.output == "-" ? "" : options.output, text);
  }
}

/// Writes all that can be written. What cannot changes no exit code of the command's but 0.
int Deliver(const Options& options, const CommandReport& report) {
  std::vector<Error> errors;
  const auto attempt = [&](const std::function<void()>& write) {
    try {
      write();
    } catch (const Error& error) {
      errors.push_back(error);
    }
  };
  attempt([&] { WriteReport(options, report); });
  if (!options.csv.empty()) {
    attempt([&] { AppendRows(options.csv, kCommandCsvHeader, CommandCsvRows(report)); });
  }
  if (!options.prometheus.empty()) {
    attempt([&] { WriteFile(options.prometheus, CommandPrometheus(report)); });
  }
  if (report.exit_code == kDone && !errors.empty()) throw Error(errors.front());
  for (const Error& error : errors) Warn(error.what());
  return report.exit_code;
}

int Run(Options& options, const std::vector<std::string>& words) {
  if (words.empty()) {
    throw Error(ErrorKind::kUsage, "measure needs a command behind --: joulecast measure -- ls");
  }
  options.request.words = words;
  options.request.idle = Seconds(options.idle_s);
  CheckOutputs(options);
  const auto meters = options.meters.Open();
  SteadyClock clock;
  Session session(meters, clock);
  const CommandResult result = MeasureCommand(session, options.request);
  if (result.start_error != 0) {
    std::fprintf(stderr, "joulecast: cannot run '%s': %s\n", Printable(words[0], 200).c_str(),
                 std::strerror(result.start_error));
    return result.exit_code();
  }
  return Deliver(options,
                 MakeReport(meters, options.request, result, "joulecast " JOULECAST_VERSION));
}

}  // namespace

void AddMeasure(CLI::App& command, Action& action) {
  const auto options = std::make_shared<Options>();
  options->meters.AddTo(command);
  command
      .add_option("--idle-s", options->idle_s,
                  "Rest so long before and after, and give the energy above that too")
      ->type_name("SECONDS")
      ->check(CLI::Range(0.0, 3600.0));
  command.add_option("--repeat", options->request.repeats, "Run it so many times")
      ->type_name("N")
      ->check(CLI::Range(1, 1'000'000));
  AddFormat(command, options->format, {"text", "json"});
  command
      .add_option("-o,--output", options->output,
                  "Write the report there, not to standard error; - is standard output")
      ->type_name("FILE");
  command.add_option("--csv", options->csv, "Append a line a counter to this file")
      ->type_name("FILE");
  command
      .add_option("--prometheus", options->prometheus,
                  "Write metrics there for node_exporter's textfile collector")
      ->type_name("FILE");
  command.footer(
      "joulecast measure [OPTIONS] -- COMMAND... runs COMMAND and exits as it does;\n"
      "127: it is not there, 126: it cannot be run, 128 + n: signal n ended it.\n"
      "Meters count whole parts of the machine from the command's start to its end:\n"
      "its children are included, and so is everything else that runs.\n\n"
      "Examples:\n"
      "  joulecast measure -- make -j8\n"
      "  joulecast measure --idle-s 5 --repeat 3 --csv runs.csv -- python3 train.py\n"
      "  joulecast measure --meter powercap,nvml:0 --format json -o run.json -- ./infer");
  action.takes_words = true;
  action = [options, &action] { return Run(*options, action.words); };
}

}  // namespace joulecast
