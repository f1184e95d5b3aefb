// SPDX-License-Identifier: Apache-2.0
#include "cli/lab/meter_options.h"

#include "base/text.h"

namespace joulecast {

void MeterOptions::AddTo(CLI::App& command) {
  std::vector<std::string> names;
  for (const MeterType* type : MeterCatalog()) names.emplace_back(type->name);
  command
      .add_option(
          "--meter", meters,
          "What measures: " + Join(names, ", ") + "; if not given, the best that works here")
      ->type_name("NAME[:ARG],...");
  command.add_option("--tdp-w", tdp_w, "Thermal design power of the processor, for modelled")
      ->type_name("WATTS")
      ->check(CLI::Range(0.1, 10'000.0));
  command.add_flag("--with-memory", with_memory, "The modelled meter adds the memory's power");
}

MeterHost MeterOptions::Host() const {
  MeterHost host{.with_memory = with_memory};
  if (tdp_w) host.tdp = Watts(*tdp_w);
  return host;
}

std::vector<std::unique_ptr<Meter>> MeterOptions::Open() const {
  return meters.empty() ? OpenDefaultMeters(Host()) : OpenMeters(meters, Host());
}

}  // namespace joulecast
