// SPDX-License-Identifier: Apache-2.0
#include <memory>

#include "cli/lab/sample_options.h"
#include "cli/model_options.h"
#include "fit/evaluate.h"

namespace joulecast {
namespace {

struct Options {
  std::string profile;
  std::string dataset;
  SampleOptions samples;
  std::string format;
};

int Run(const Options& options) {
  const Profile profile = LoadProfile(options.profile);
  const Evaluation evaluation = EvaluateProfile(profile, options.samples.Load(options.dataset));
  Print(options.format == "json" ? EvaluationJson(evaluation) : EvaluationText(evaluation));
  return kDone;
}

}  // namespace

void AddEvaluate(CLI::App& command, Action& action) {
  const auto options = std::make_shared<Options>();
  command.add_option("profile", options->profile, "A device name or the path of a profile")
      ->required()
      ->type_name("PROFILE");
  command.add_option("dataset", options->dataset, "A dataset of measurements")
      ->required()
      ->type_name("DATASET");
  options->samples.AddTo(command);
  AddFormat(command, options->format, {"text", "json"});
  command.footer(
      "Examples:\n"
      "  joulecast evaluate p.json d.db --origin net-layer --origin net-total\n"
      "  joulecast evaluate xeon-gold-5120 d.db --format json");
  action = [options] { return Run(*options); };
}

}  // namespace joulecast
