// SPDX-License-Identifier: Apache-2.0
#include <memory>

#include "cli/app.h"
#include "cli/output_options.h"
#include "cli/progress.h"
#include "fit/reproduce.h"

namespace joulecast {
namespace {

struct Options {
  std::string what;
  std::string data;
  OutputOptions output;
  bool no_lasso = false;
};

int Run(Options& options) {
  options.output.Check();
  ReproduceReport report;
  {
    Progress progress;
    report = ReproduceGetzner2023(
        options.data, {.with_lasso = !options.no_lasso,
                       .progress = [&](std::string_view step) { progress.Show(step); }});
  }
  const auto write = options.output.format == "json"   ? ReproduceJson
                     : options.output.format == "html" ? ReproduceHtml
                                                       : ReproduceText;
  options.output.Write(write(report));
  return kDone;
}

}  // namespace

void AddReproduce(CLI::App& command, Action& action) {
  const auto options = std::make_shared<Options>();
  command.add_option("study", options->what, "Which study: getzner2023 (arXiv 2304.00897)")
      ->required()
      ->type_name("STUDY")
      ->check(CLI::IsMember({"getzner2023"}));
  command
      .add_option("--data", options->data,
                  "The folder of its measurements: conv2d/, linear/, ...; whichever are there")
      ->required()
      ->type_name("DIR");
  command.add_flag("--no-lasso", options->no_lasso,
                   "Leave the four Lasso rows out: they take almost all the time");
  options->output.AddTo(command, {"text", "json", "html"});
  command.footer(
      "Examples:\n"
      "  joulecast reproduce getzner2023 --data DIR\n"
      "  joulecast reproduce getzner2023 --data DIR --no-lasso --format html -o report.html");
  action = [options] { return Run(*options); };
}

}  // namespace joulecast
