// SPDX-License-Identifier: Apache-2.0
#include "cli/describe.h"

#include <algorithm>
#include <cstdio>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <utility>

#include "base/json_values.h"
#include "base/text.h"

namespace joulecast {
namespace {

using Json = nlohmann::ordered_json;

/// CLI11 writes what a check allows behind the type: "FORMAT:{text,json}". A colon that opens a
/// bracket is the type's own: "NAME[:ARG]".
void SplitType(const std::string& written, OptionHelp& option) {
  std::size_t end = written.find(':');
  while (end != std::string::npos && end > 0 && written[end - 1] == '[') {
    end = written.find(':', end + 1);
  }
  option.type = written.substr(0, end);
  const std::size_t open = written.find(":{");
  if (open == std::string::npos) return;
  const std::size_t first = open + 2;
  const std::string list = written.substr(first, written.find('}', first) - first);
  for (const std::string_view choice : Split(list, ',')) option.choices.emplace_back(choice);
}

OptionHelp Describe(const CLI::Option& from) {
  OptionHelp option{.text = from.get_description(), .is_positional = from.get_positional()};
  for (const std::string& name : from.get_lnames()) option.names.push_back("--" + name);
  for (const std::string& name : from.get_snames()) option.names.push_back("-" + name);
  if (option.is_positional) option.names = {from.get_name()};
  if (from.get_type_size() > 0) SplitType(from.get_type_name(), option);
  std::replace(option.text.begin(), option.text.end(), '\n', ' ');
  return option;
}

CommandHelp Describe(const CLI::App& app) {
  CommandHelp command{
      .name = app.get_name(), .summary = app.get_description(), .footer = app.get_footer()};
  for (const CLI::Option* option : app.get_options()) command.options.push_back(Describe(*option));
  for (const CLI::App* sub : app.get_subcommands([](const CLI::App*) { return true; })) {
    command.commands.push_back(Describe(*sub));
  }
  return command;
}

Json ToJson(const CommandHelp& command) {
  Json json = {{"name", command.name}, {"summary", command.summary}, {"footer", command.footer}};
  json["options"] = Json::array();
  for (const OptionHelp& option : command.options) {
    json["options"].push_back({{"names", option.names},
                               {"type", option.type},
                               {"choices", option.choices},
                               {"text", option.text},
                               {"is_positional", option.is_positional}});
  }
  json["commands"] = Json::array();
  for (const CommandHelp& sub : command.commands) json["commands"].push_back(ToJson(sub));
  return json;
}

CommandHelp FromJson(const Json& json) {
  CommandHelp command{
      .name = json.at("name"), .summary = json.at("summary"), .footer = json.at("footer")};
  for (const Json& option : json.at("options")) {
    command.options.push_back({.names = option.at("names"),
                               .type = option.at("type"),
                               .choices = option.at("choices"),
                               .text = option.at("text"),
                               .is_positional = option.at("is_positional")});
  }
  for (const Json& sub : json.at("commands")) command.commands.push_back(FromJson(sub));
  return command;
}

std::vector<CommandHelp> DescribeOwn(std::span<const Command> commands) {
  std::vector<CommandHelp> own;
  for (const Command& command : commands) {
    if (command.add == nullptr) continue;
    CLI::App app{std::string(command.summary), std::string(command.name)};
    Action action;
    command.add(app, action);
    own.push_back(Describe(app));
  }
  return own;
}

/// For popen's shell.
std::string Quoted(const std::string& text) {
  std::string quoted = "'";
  for (const char c : text) quoted += c == '\'' ? "'\\''" : std::string(1, c);
  return quoted + "'";
}

/// What another binary says of its commands; none if it is not there.
std::vector<CommandHelp> Ask(const std::string& binary) {
  const std::filesystem::path path = FindBinary(binary);
  std::error_code ignored;
  if (!std::filesystem::exists(path, ignored)) return {};
  const std::string line =
      Quoted(path.string()) + " " + std::string(kDescribeFlag) + " 2>/dev/null";
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> pipe(::popen(line.c_str(), "r"), ::pclose);
  if (pipe == nullptr) return {};
  std::string text;
  char buffer[4096];
  while (const std::size_t got = std::fread(buffer, 1, sizeof buffer, pipe.get())) {
    text.append(buffer, got);
  }
  std::vector<CommandHelp> commands;
  const Json json = Json::parse(text, nullptr, /*allow_exceptions=*/false);
  if (!json.is_array()) return {};  // of another version, or broken: its own call will tell
  for (const Json& each : json) commands.push_back(FromJson(each));
  return commands;
}

}  // namespace

std::string DescribeJson(std::span<const Command> commands) {
  Json json = Json::array();
  for (const CommandHelp& command : DescribeOwn(commands)) json.push_back(ToJson(command));
  return DumpJson(json);
}

std::vector<CommandHelp> DescribeAll(std::span<const Command> commands) {
  std::map<std::string, CommandHelp> known;
  std::map<std::string, bool> asked;
  for (CommandHelp& command : DescribeOwn(commands)) known.emplace(command.name, command);
  std::vector<CommandHelp> all;
  for (const Command& command : commands) {
    const std::string name(command.name);
    if (command.add == nullptr && !std::exchange(asked[command.binary], true)) {
      for (CommandHelp& other : Ask(command.binary)) known.emplace(other.name, other);
    }
    all.push_back({.name = name});
    if (known.contains(name)) all.back() = known[name];
    all.back().summary = std::string(command.summary);
  }
  return all;
}

}  // namespace joulecast
