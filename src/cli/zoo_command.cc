// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <memory>
#include <nlohmann/json.hpp>

#include "base/json_values.h"
#include "cli/model_options.h"
#include "joulecast/zoo.h"

namespace joulecast {
namespace {

std::string ZooText() {
  std::string text;
  for (const ZooEntry& entry : ZooCatalog()) {
    text += fmt::format("{:<18}  {:<12}  {:>11}  {}\n", entry.name, entry.family,
                        ToString(entry.input_shape), entry.summary);
  }
  return text;
}

std::string ZooJson() {
  nlohmann::ordered_json json = {{"models", nlohmann::ordered_json::array()}};
  for (const ZooEntry& entry : ZooCatalog()) {
    json["models"].push_back({{"name", entry.name},
                              {"family", entry.family},
                              {"summary", entry.summary},
                              {"input_shape", entry.input_shape}});
  }
  return DumpJson(json);
}

}  // namespace

void AddZoo(CLI::App& command, Action& action) {
  const auto format = std::make_shared<std::string>();
  AddFormat(command, *format, {"text", "json"});
  command.footer(
      "Examples:\n"
      "  joulecast zoo\n"
      "  joulecast zoo --format json\n"
      "Names and networks are torchvision's.");
  action = [format] {
    Print(*format == "json" ? ZooJson() : ZooText());
    return kDone;
  };
}

}  // namespace joulecast
