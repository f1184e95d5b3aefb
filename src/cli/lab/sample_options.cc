// SPDX-License-Identifier: Apache-2.0
#include "cli/lab/sample_options.h"

#include <set>

#include "base/text.h"
#include "joulecast/error.h"

namespace joulecast {

void SampleOptions::AddTo(CLI::App& command) {
  command
      .add_option("--origin", origins,
                  "Rows of this origin only: random, net-config, net-layer, net-total; "
                  "may be repeated")
      ->type_name("ORIGIN")
      ->expected(1)
      ->take_all()
      ->check(CLI::IsMember(std::vector<std::string>(kOrigins.begin(), kOrigins.end())));
  command.add_option("--from-device", device, "Rows of this device of the dataset only")
      ->type_name("NAME");
  command
      .add_option("--cleaning", cleaning,
                  "Rows left out: those that physics refuses, those that the publisher refused, "
                  "or none")
      ->type_name("RULE")
      ->check(CLI::IsMember({"physics", "published", "none"}))
      ->capture_default_str();
}

SampleFilter SampleOptions::Filter() const {
  return {.origins = {origins.begin(), origins.end()},
          .device = device,
          .cleaning = CleaningOf(cleaning)};
}

std::vector<Sample> SampleOptions::Load(const std::string& dataset) const {
  return LoadSamples(dataset, Filter());
}

void RequireOneDevice(const std::vector<Sample>& samples) {
  std::set<std::string> devices;
  std::set<std::string> tags;
  for (const Sample& sample : samples) {
    devices.insert(sample.device);
    tags.insert(sample.tag);
  }
  const auto all = [](const std::set<std::string>& names) {
    return Join(std::vector<std::string>(names.begin(), names.end()), ", ");
  };
  if (devices.size() > 1) {
    throw Error(ErrorKind::kInput, "the rows are of several devices: " + all(devices) +
                                       "; choose one with --from-device");
  }
  if (tags.size() > 1) {
    throw Error(ErrorKind::kInput, "the rows are of several kinds: " + all(tags) +
                                       "; measured and modelled energies are never mixed");
  }
}

}  // namespace joulecast
