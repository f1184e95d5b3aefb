// SPDX-License-Identifier: Apache-2.0
#include "cli/model_options.h"

#include <type_traits>

#include "base/text.h"

namespace joulecast {
namespace {

/// CLI11 would clamp a number that is too large.
std::string CheckWhole(const std::string& text) {
  return ParseInt(text) ? "" : "'" + Printable(text, 40) + "' is not a whole number";
}

template <typename Target>
void AddParameter(CLI::App& command, const Parameter& parameter, Target& target) {
  CLI::Option* const option =
      command.add_option(FlagOf(parameter), target, std::string(parameter.summary))
          ->type_name(std::string(parameter.value));
  if (!parameter.group.empty()) option->group(std::string(parameter.group));
  if constexpr (std::is_same_v<Target, std::optional<std::int64_t>>) option->check(CheckWhole);
  if constexpr (std::is_same_v<Target, std::vector<std::string>>) option->expected(1)->take_all();
  if (!parameter.choices.empty()) {
    option->check(CLI::IsMember(
        std::vector<std::string>(parameter.choices.begin(), parameter.choices.end())));
  }
}

/// A flag: `--train` alone says it.
void AddParameter(CLI::App& command, const Parameter& parameter, bool& target) {
  command.add_flag(FlagOf(parameter), target, std::string(parameter.summary))
      ->group(std::string(parameter.group));
}

}  // namespace

void AddParameters(CLI::App& command, std::span<const Parameter> parameters) {
  for (const Parameter& parameter : parameters) {
    std::visit([&](auto* target) { AddParameter(command, parameter, *target); }, parameter.target);
  }
}

void DeviceOption::AddTo(CLI::App& command) {
  command
      .add_option("--device", device,
                  "Device by name (see `joulecast devices`) or the path of a profile")
      ->type_name("NAME")
      ->capture_default_str();
}

void AddFormat(CLI::App& command, std::string& format, std::vector<std::string> formats) {
  format = formats.front();
  command.add_option("--format", format, "How to print: " + Join(formats, ", "))
      ->type_name("FORMAT")
      ->check(CLI::IsMember(formats))
      ->capture_default_str();
}

}  // namespace joulecast
