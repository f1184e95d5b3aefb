// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <memory>

#include "cli/model_options.h"
#include "joulecast/zoo.h"
#include "request/catalogs.h"

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
