// SPDX-License-Identifier: Apache-2.0
#include "meters/cpu_facts.h"

#include <algorithm>
#include <fstream>

#include "base/text.h"

namespace joulecast {
namespace {

int Number(std::string_view text) { return static_cast<int>(ParseInt(text).value_or(0)); }

void Note(std::string_view key, std::string_view value, CpuFacts& facts) {
  if (key == "processor") {
    facts.cpus.push_back({.number = Number(value)});
  } else if (key == "physical id" && !facts.cpus.empty()) {
    facts.cpus.back().package = Number(value);
  } else if (key == "vendor_id") {
    facts.vendor = value;
  } else if (key == "cpu family") {
    facts.family = Number(value);
  } else if (key == "model") {
    facts.model = Number(value);
  } else if (key == "stepping") {
    facts.stepping = Number(value);
  } else if (key == "model name") {
    facts.model_name = value;
  } else if (key == "flags") {
    const auto flags = SplitBlanks(value);
    facts.virtual_machine = std::find(flags.begin(), flags.end(), "hypervisor") != flags.end();
  }
}

}  // namespace

CpuFacts ReadCpuFacts(const std::filesystem::path& root) {
  CpuFacts facts;
  std::ifstream file(root / "proc/cpuinfo");
  for (std::string line; std::getline(file, line);) {
    const std::size_t colon = std::min(line.find(':'), line.size());
    const std::string_view text = line;
    Note(Trim(text.substr(0, colon)), Trim(text.substr(std::min(colon + 1, text.size()))), facts);
  }
  return facts;
}

}  // namespace joulecast
