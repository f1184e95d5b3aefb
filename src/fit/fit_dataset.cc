// SPDX-License-Identifier: Apache-2.0
#include "fit/fit_dataset.h"

#include <fmt/format.h>

#include <map>
#include <set>

#include "base/text.h"
#include "dataset/dataset.h"
#include "fit/device_traits.h"
#include "joulecast/error.h"

namespace joulecast {
namespace {

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

FitRequest MakeRequest(const DatasetFit& fit, const std::vector<Sample>& samples) {
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
  const Device device = FindDevice(fit.dataset, device_name);
  request.device = fit.name.empty() ? device_name : fit.name;
  request.title = fit.title;
  if (request.title.empty()) request.title = device.cpu.empty() ? device_name : device.cpu;
  request.allow_residual = fit.allow_residual;
  request.traits = TraitsOfCpu(device.cpu, device.host_facts);
  AddTraitsOfSoftware(device.software, request.traits);
  request.fusion = FusionOfFacts(device.host_facts);
  for (const std::string& trait : fit.traits) SetTrait(request.traits, trait);
  std::string hardware = device.cpu.empty() ? device_name : device.cpu;
  if (device.sockets) hardware += fmt::format(", {} sockets", *device.sockets);
  request.provenance = {
      .kind = tag,
      .meter = Join(std::vector<std::string>(meters.begin(), meters.end()), ", "),
      .hardware = hardware,
      .software = device.software,
      .dataset = OriginsOf(samples) + " of " +
                 Join(std::vector<std::string>(sessions.begin(), sessions.end()), ", "),
      .fitted_by = fit.fitted_by};
  return request;
}

}  // namespace

ProfileFit FitDataset(const DatasetFit& fit,
                      const std::function<void(std::string_view)>& progress) {
  const std::vector<Sample> samples = LoadSamples(fit.dataset, fit.rows);
  const FitRequest request = MakeRequest(fit, samples);
  std::vector<Observation> rows;
  for (const Sample& sample : samples) {
    if (!sample.spec) continue;
    rows.push_back({*sample.spec, sample.energy, sample.time, sample.session, sample.spread,
                    sample.repetitions});
  }
  ProfileFit result = FitProfile(request, rows, progress);
  if (rows.size() < samples.size()) {
    result.exclusions.push_back(
        fmt::format("{} whole networks and layers of unknown types: a fit is made of layers",
                    samples.size() - rows.size()));
  }
  return result;
}

}  // namespace joulecast
