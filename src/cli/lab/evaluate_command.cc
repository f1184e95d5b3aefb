// SPDX-License-Identifier: Apache-2.0
#include <memory>

#include "cli/lab/sample_options.h"
#include "cli/output_options.h"
#include "fit/evaluate.h"
#include "fit/evaluate_getzner2023.h"
#include "joulecast/error.h"

namespace joulecast {
namespace {

struct Options {
  std::vector<std::string> inputs;  // [PROFILE] DATASET
  std::string predictor;
  std::string train;
  SampleOptions samples;
  OutputOptions output;
};

constexpr const char* kProfile = "profile";

Evaluation OfProfile(const Options& options) {
  if (options.inputs.size() != 2) {
    throw Error(ErrorKind::kUsage,
                "give a profile and a dataset: joulecast evaluate PROFILE DATASET");
  }
  if (!options.train.empty()) {
    throw Error(ErrorKind::kUsage,
                "--train is for --predictor getzner2023; a profile is trained by joulecast fit");
  }
  const Profile profile = LoadProfile(options.inputs[0]);
  return EvaluateProfile(profile, options.samples.Load(options.inputs[1]));
}

Evaluation OfGetzner2023(const Options& options) {
  if (options.inputs.size() != 1) {
    throw Error(ErrorKind::kUsage,
                "--predictor getzner2023 needs no profile: it is trained on a dataset's random "
                "layers; joulecast evaluate --predictor getzner2023 DATASET");
  }
  SampleOptions random = options.samples;
  random.origins = {"random"};
  random.cleaning = "published";
  const std::vector<Sample> train =
      random.Load(options.train.empty() ? options.inputs[0] : options.train);
  RequireOneDevice(train);
  return EvaluateGetzner2023(train, options.samples.Load(options.inputs[0]));
}

int Run(Options& options) {
  options.output.Check();
  const Evaluation evaluation =
      options.predictor == kProfile ? OfProfile(options) : OfGetzner2023(options);
  options.output.Write(options.output.format == "json"   ? EvaluationJson(evaluation)
                       : options.output.format == "html" ? EvaluationHtml(evaluation)
                                                         : EvaluationText(evaluation));
  return kDone;
}

}  // namespace

void AddEvaluate(CLI::App& command, Action& action) {
  const auto options = std::make_shared<Options>();
  options->predictor = kProfile;
  command
      .add_option("inputs", options->inputs,
                  "A device name or the path of a profile; then a dataset of measurements")
      ->required()
      ->expected(1, 2)
      ->type_name("[PROFILE] DATASET");
  command
      .add_option("--predictor", options->predictor,
                  "Whose forecasts: a profile's, or those of the published predictors of "
                  "getzner2023, fitted on 70 % of the random layers as published")
      ->type_name("NAME")
      ->check(CLI::IsMember({kProfile, "getzner2023"}))
      ->capture_default_str();
  command
      .add_option("--train", options->train,
                  "Random layers that getzner2023 is fitted on; the dataset's own if not given")
      ->type_name("DATASET");
  options->samples.AddTo(command);
  options->output.AddTo(command, {"text", "json", "html"});
  command.footer(
      "Examples:\n"
      "  joulecast evaluate p.json d.db --origin net-layer --origin net-total\n"
      "  joulecast evaluate xeon-gold-5120 d.db --format json\n"
      "  joulecast evaluate xeon-gold-5120 d.db --open\n"
      "  joulecast evaluate --predictor getzner2023 d.db --origin net-total");
  action = [options] { return Run(*options); };
}

}  // namespace joulecast
