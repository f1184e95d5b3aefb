// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <unistd.h>

#include <cstdio>
#include <memory>
#include <nlohmann/json.hpp>
#include <set>

#include "base/json_values.h"
#include "base/statistics.h"
#include "base/text.h"
#include "base/write_file.h"
#include "cli/lab/fit_totals.h"
#include "cli/lab/sample_options.h"
#include "cli/model_options.h"
#include "fit/device_traits.h"
#include "fit/fit_profile.h"
#include "joulecast/error.h"

namespace joulecast {
namespace {

struct Options {
  std::string dataset;
  TotalsOptions totals;
  std::string output;
  SampleOptions samples;
  std::string name;
  std::string title;
  std::vector<std::string> traits;
  bool no_residual = false;
  std::string format;
};

/// The one value that all samples have, or an error that names them all.
template <typename Member>
std::string TheOnly(const std::vector<Sample>& samples, Member member, std::string_view what,
                    std::string_view advice) {
  std::set<std::string> values;
  for (const Sample& sample : samples) values.insert(sample.*member);
  if (values.size() == 1) return *values.begin();
  throw Error(
      ErrorKind::kInput,
      fmt::format("the rows are of several {}: {}; {}", what,
                  Join(std::vector<std::string>(values.begin(), values.end()), ", "), advice));
}

std::string OriginsOf(const std::vector<Sample>& samples) {
  std::map<std::string, std::size_t> origins;
  for (const Sample& sample : samples) ++origins[sample.origin];
  std::vector<std::string> parts;
  for (const auto& [origin, count] : origins) {
    parts.push_back(fmt::format("{} {} configurations", count, origin));
  }
  return Join(parts, ", ");
}

FitRequest MakeRequest(const Options& options, const std::vector<Sample>& samples) {
  FitRequest request;
  const std::string device_name =
      TheOnly(samples, &Sample::device, "devices", "choose one with --from-device");
  const std::string tag = TheOnly(samples, &Sample::tag, "kinds",
                                  "measured and modelled energies are never mixed in one profile");
  std::set<std::string> meters;
  std::set<std::string> sessions;
  for (const Sample& sample : samples) {
    meters.insert(sample.meter);
    sessions.insert(sample.session);
  }
  const Device device = FindDevice(options.dataset, device_name);
  request.device = options.name.empty() ? device_name : options.name;
  request.title = options.title;
  if (request.title.empty()) request.title = device.cpu.empty() ? device_name : device.cpu;
  request.allow_residual = !options.no_residual;
  request.traits = TraitsOfCpu(device.cpu, device.host_facts);
  request.fusion = FusionOfFacts(device.host_facts);
  for (const std::string& trait : options.traits) SetTrait(request.traits, trait);
  std::string hardware = device.cpu.empty() ? device_name : device.cpu;
  if (device.sockets) hardware += fmt::format(", {} sockets", *device.sockets);
  request.provenance = {
      .kind = tag,
      .meter = Join(std::vector<std::string>(meters.begin(), meters.end()), ", "),
      .hardware = hardware,
      .software = device.software,
      .dataset = OriginsOf(samples) + " of " +
                 Join(std::vector<std::string>(sessions.begin(), sessions.end()), ", "),
      .fitted_by = "joulecast " JOULECAST_VERSION};
  return request;
}

std::string SummaryJson(const ProfileFit& fit, const std::string& output) {
  nlohmann::ordered_json layers;
  for (const LayerFit& layer : fit.layers) {
    const Scores scores = Score(layer.measured_j, layer.held_out_j);
    layers[std::string(layer.model.type->name)] = {
        {"training_rows", layer.model.training_rows},
        {"cv_mape_percent", layer.model.cv_mape_percent},
        {"cv_median_ape_percent", scores.median_ape_percent.value_or(0)},
        {"cv_r2", scores.r2 ? nlohmann::ordered_json(*scores.r2) : nlohmann::ordered_json(nullptr)},
        {"residual", layer.model.energy_residual.has_value()}};
  }
  auto sessions = nlohmann::ordered_json::array();
  for (const UnseenSession& session : fit.unseen_sessions) {
    sessions.push_back({{"layer", session.type},
                        {"session", session.source},
                        {"rows", session.rows},
                        {"mape_percent", session.mape_percent},
                        {"median_error_percent", session.median_error_percent},
                        {"interval_coverage", session.inside}});
  }
  const nlohmann::ordered_json json = {{"profile", output},
                                       {"device", fit.profile.device},
                                       {"layers", layers},
                                       {"unseen_sessions", sessions},
                                       {"exclusions", fit.exclusions}};
  return DumpJson(json);
}

void PrintSummary(const ProfileFit& fit, const std::string& output) {
  std::string text = fmt::format("{:<18} {:>6} {:>10} {:>10} {:>10}  {:<8} {}\n", "layer type",
                                 "rows", "held-out", "median", "90 %", "residual", "left out");
  for (const LayerFit& layer : fit.layers) {
    std::size_t left_out = 0;
    for (const SourceRows& source : layer.sources) left_out += source.used ? 0 : source.rows.size();
    text += fmt::format(
        "{:<18} {:>6} {:>8.1f} % {:>8.1f} % {:>10.2f}  {:<8} {}\n", layer.model.type->name,
        layer.model.training_rows, layer.model.cv_mape_percent,
        Score(layer.measured_j, layer.held_out_j).median_ape_percent.value_or(0),
        layer.model.interval.scale, layer.model.energy_residual ? "yes" : "no", left_out);
  }
  text +=
      "held-out, median: mean and median error of 5-fold cross-validation; 90 %: scale of the "
      "interval;\nresidual: learned on top of the terms where cross-validation says it pays\n";
  if (!fit.unseen_sessions.empty()) {
    text += fmt::format("\n{:<18} {:>6} {:>10} {:>10} {:>10}  {}\n", "unseen session of", "rows",
                        "error", "median", "inside", "forecast without it");
  }
  for (const UnseenSession& session : fit.unseen_sessions) {
    text += fmt::format("{:<18} {:>6} {:>8.1f} % {:>+8.1f} % {:>8.0f} %  {}\n", session.type,
                        session.rows, session.mape_percent, session.median_error_percent,
                        100 * session.inside, session.source);
  }
  if (!fit.unseen_sessions.empty()) text += '\n';
  for (const std::string& exclusion : fit.exclusions) text += "left out: " + exclusion + "\n";
  text += "wrote " + output + "\n";
  Print(text);
}

/// A profile from whole models: nothing but the command line says what the device is.
int RunTotals(const Options& options) {
  if (options.name.empty()) {
    throw Error(ErrorKind::kUsage, "--totals needs --name NAME: the file names no device");
  }
  FitRequest request{.device = options.name,
                     .title = options.title.empty() ? options.name : options.title,
                     .traits = TraitsOfCpu({})};
  for (const std::string& trait : options.traits) SetTrait(request.traits, trait);
  request.provenance = {.kind = "measured",
                        .meter = options.totals.measured_by,
                        .hardware = request.title,
                        .fitted_by = "joulecast " JOULECAST_VERSION};
  return FitFromTotals(options.totals, request, options.output, options.format);
}

int Run(const Options& options) {
  if (options.dataset.empty() == options.totals.csv.empty()) {
    throw Error(ErrorKind::kUsage, "fit needs either a DATASET of layers or --totals CSV");
  }
  if (!options.totals.csv.empty()) return RunTotals(options);
  std::vector<Observation> rows;
  const std::vector<Sample> samples = options.samples.Load(options.dataset);
  const FitRequest request = MakeRequest(options, samples);
  std::size_t unusable = 0;
  for (const Sample& sample : samples) {
    if (sample.spec) {
      rows.push_back({*sample.spec, sample.energy, sample.time, sample.session, sample.spread});
    } else {
      ++unusable;
    }
  }
  const bool show_progress = ::isatty(STDERR_FILENO) != 0;
  ProfileFit fit = FitProfile(request, rows, [&](std::string_view type) {
    if (show_progress) std::fprintf(stderr, "\r\033[Kfitting %.*s", int(type.size()), type.data());
  });
  if (show_progress) std::fprintf(stderr, "\r\033[K");
  if (unusable > 0) {
    fit.exclusions.push_back(fmt::format(
        "{} whole networks and layers of unknown types: a fit is made of layers", unusable));
  }
  WriteFile(options.output, WriteProfile(fit.profile));
  if (options.format == "json") {
    Print(SummaryJson(fit, options.output));
  } else {
    PrintSummary(fit, options.output);
  }
  return kDone;
}

}  // namespace

void AddFit(CLI::App& command, Action& action) {
  const auto options = std::make_shared<Options>();
  command.add_option("dataset", options->dataset, "A dataset of measured layers")
      ->type_name("DATASET");
  command.add_option("-o,--output", options->output, "The profile to write")
      ->required()
      ->type_name("PROFILE");
  options->samples.AddTo(command);
  command
      .add_option("--name", options->name, "Device name of the profile; the dataset's if not given")
      ->type_name("NAME");
  command.add_option("--title", options->title, "Device name for people")->type_name("TEXT");
  command.add_option("--trait", options->traits, "A device trait; may be repeated")
      ->type_name("NAME=VALUE")
      ->expected(1)
      ->take_all();
  options->totals.AddTo(command);
  AddFormat(command, options->format, {"text", "json"});
  command.add_flag("--no-residual", options->no_residual,
                   "No learned residuals: physical terms alone");
  command.footer(
      "Examples:\n"
      "  joulecast fit d.db --origin random -o my-machine.json\n"
      "  joulecast fit --totals measurements.csv --name my-board -o my-board.json\n"
      "  joulecast estimate vgg16 --device my-machine.json");
  action = [options] { return Run(*options); };
}

}  // namespace joulecast
