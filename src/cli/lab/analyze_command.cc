// SPDX-License-Identifier: Apache-2.0
#include <cmath>
#include <map>
#include <memory>

#include "base/text.h"
#include "cli/lab/sample_options.h"
#include "cli/output_options.h"
#include "cli/progress.h"
#include "fit/analyze_ablation.h"
#include "fit/analyze_features.h"
#include "fit/device_traits.h"
#include "joulecast/error.h"

namespace joulecast {
namespace {

struct Options {
  std::string dataset;
  std::string layer;
  SampleOptions samples;
  std::vector<std::string> traits;
  std::uint32_t seed = 1223;
  OutputOptions output;
};

void CheckLayerType(const std::string& name) {
  if (FindLayerType(name) != nullptr) return;
  std::vector<std::string> known;
  for (const LayerType* type : LayerCatalog()) known.emplace_back(type->name);
  const auto close = ClosestName(name, known);
  throw Error(ErrorKind::kUsage,
              "no layer type '" + Printable(name, 60) + "'" +
                  (close ? "; did you mean '" + *close + "'?" : "; known: " + Join(known, ", ")));
}

[[noreturn]] void FailWithoutRows(const Options& options, const std::vector<Sample>& samples) {
  std::map<std::string, int> types;
  for (const Sample& sample : samples) {
    ++types[sample.spec            ? std::string(sample.spec->type().name)
            : sample.model.empty() ? "unknown types"
                                   : "whole networks"];
  }
  std::vector<std::string> parts;
  parts.reserve(types.size());
  for (const auto& [type, count] : types) parts.push_back(type + " " + std::to_string(count));
  throw Error(
      ErrorKind::kInput,
      options.dataset + " has no rows of " + options.layer + " of " +
          (options.samples.origins.empty() ? "any origin" : Join(options.samples.origins, ", ")) +
          "; there are " + Join(parts, ", "));
}

/// Configurations of the chosen type, on one device.
struct Rows {
  std::string device;
  std::vector<Observation> observations;
  std::vector<std::string> notes;
};

Rows LoadRows(const Options& options) {
  CheckLayerType(options.layer);
  const std::vector<Sample> samples = options.samples.Load(options.dataset);
  std::vector<Sample> own;
  for (const Sample& sample : samples) {
    if (sample.spec && sample.spec->type().name == options.layer) own.push_back(sample);
  }
  if (own.empty()) FailWithoutRows(options, samples);
  RequireOneDevice(own);
  Rows rows{.device = own[0].device};
  for (const Sample& sample : own) {
    if (!(sample.energy.value() > 0) || !std::isfinite(sample.energy.value())) continue;
    rows.observations.push_back(
        {*sample.spec, sample.energy, sample.time, sample.session, sample.spread});
  }
  const std::size_t excluded = own.size() - rows.observations.size();
  if (excluded > 0) {
    rows.notes.push_back("left out, because their energy is not a positive finite number: " +
                         std::to_string(excluded) + " configurations");
  }
  return rows;
}

int Features(Options& options) {
  options.output.Check();
  const Rows rows = LoadRows(options);
  const Device device = FindDevice(options.dataset, rows.device);
  DeviceTraits traits = TraitsOfCpu(device.cpu, device.host_facts);
  AddTraitsOfSoftware(device.software, traits);
  for (const std::string& trait : options.traits) SetTrait(traits, trait);
  FeatureAnalysis analysis;
  {
    Progress progress;
    progress.Show("fitting feature sets of " + options.layer);
    analysis = AnalyzeFeatures(rows.observations, traits);
  }
  analysis.notes.insert(analysis.notes.begin(), rows.notes.begin(), rows.notes.end());
  const auto write = options.output.format == "json"   ? FeaturesJson
                     : options.output.format == "html" ? FeaturesHtml
                                                       : FeaturesText;
  options.output.Write(write(analysis));
  return kDone;
}

int Ablate(Options& options) {
  options.output.Check();
  const Rows rows = LoadRows(options);
  AblationAnalysis analysis;
  {
    Progress progress;
    progress.Show("fitting all subsets of the features of " + options.layer);
    analysis = AnalyzeAblation(rows.observations, options.seed);
  }
  analysis.notes.insert(analysis.notes.begin(), rows.notes.begin(), rows.notes.end());
  const auto write = options.output.format == "json"   ? AblationJson
                     : options.output.format == "html" ? AblationHtml
                                                       : AblationText;
  options.output.Write(write(analysis));
  return kDone;
}

void AddShared(CLI::App& command, Options& options) {
  command.add_option("dataset", options.dataset, "A dataset of measurements")
      ->required()
      ->type_name("DATASET");
  command.add_option("--layer", options.layer, "The layer type: conv2d, linear, ...")
      ->required()
      ->type_name("TYPE");
  options.samples.AddTo(command);
  options.output.AddTo(command, {"text", "json", "html"});
}

}  // namespace

void AddAnalyze(CLI::App& command, Action& action) {
  const auto options = std::make_shared<Options>();
  command.require_subcommand(1);
  CLI::App* features = command.add_subcommand(
      "features", "Cross-validated errors of feature sets; importance of each physical term");
  AddShared(*features, *options);
  features->add_option("--trait", options->traits, "A device trait; may be repeated")
      ->type_name("NAME=VALUE")
      ->expected(1)
      ->take_all();
  features->callback([options, &action] { action = [options] { return Features(*options); }; });

  CLI::App* ablation = command.add_subcommand(
      "ablation", "Best and worst of all subsets of parameters, their logarithms and MACs");
  AddShared(*ablation, *options);
  ablation->add_option("--seed", options->seed, "Of the shuffle before the rows are split")
      ->type_name("N")
      ->capture_default_str();
  ablation->callback([options, &action] { action = [options] { return Ablate(*options); }; });

  command.footer(
      "Examples:\n"
      "  joulecast analyze features d.db --layer conv2d --origin random\n"
      "  joulecast analyze ablation d.db --layer linear --format html -o ablation.html");
}

}  // namespace joulecast
