// SPDX-License-Identifier: Apache-2.0
// Completions of bash, zsh and fish, written from the parsers of the commands themselves.
#include <fmt/format.h>

#include <memory>

#include "base/text.h"
#include "cli/describe.h"

namespace joulecast {
namespace {

/// One place in the tree of commands: "dataset import".
struct Place {
  std::string path;
  const CommandHelp* command = nullptr;
};

std::vector<Place> Places(const std::vector<CommandHelp>& commands, const std::string& above = "") {
  std::vector<Place> places;
  for (const CommandHelp& command : commands) {
    const std::string path = above.empty() ? command.name : above + " " + command.name;
    places.push_back({path, &command});
    for (Place& place : Places(command.commands, path)) places.push_back(std::move(place));
  }
  return places;
}

std::string Names(const std::vector<CommandHelp>& commands) {
  std::vector<std::string> names;
  for (const CommandHelp& command : commands) names.push_back(command.name);
  return Join(names, " ");
}

bool TakesModel(const CommandHelp& command) {
  for (const OptionHelp& option : command.options) {
    if (option.is_positional && option.type.starts_with("MODEL")) return true;
  }
  return false;
}

// ---- bash

std::string Bash(const std::vector<CommandHelp>& commands) {
  std::string paths;
  std::string values;
  std::string words;
  for (const Place& place : Places(commands)) {
    paths += (paths.empty() ? "'" : " | '") + place.path + "'";
    std::string options;
    for (const OptionHelp& option : place.command->options) {
      if (option.is_positional) continue;
      for (const std::string& name : option.names) {
        options += (options.empty() ? "" : " ") + name;
        if (option.choices.empty()) continue;
        values += fmt::format("    '{}:{}') words='{}' ;;\n", place.path, name,
                              Join(option.choices, " "));
      }
    }
    std::string others = Names(place.command->commands);
    if (TakesModel(*place.command)) others = "$(joulecast zoo 2>/dev/null | cut -d ' ' -f 1)";
    for (const OptionHelp& option : place.command->options) {
      if (option.is_positional && !option.choices.empty()) others = Join(option.choices, " ");
    }
    words += fmt::format("    '{}') options='{}' words=\"{}\" ;;\n", place.path, options, others);
  }
  return fmt::format(R"(# Completion of joulecast for bash, made by: joulecast completion bash
_joulecast() {{
  local current=${{COMP_WORDS[COMP_CWORD]}} path='' options='--help --version' words='' i
  words='{}'
  for ((i = 1; i < COMP_CWORD; ++i)); do
    case "${{path:+$path }}${{COMP_WORDS[i]}}" in
      {}) path="${{path:+$path }}${{COMP_WORDS[i]}}" ;;
    esac
  done
  case $path in
{}  esac
  local of_option=''
  case "$path:${{COMP_WORDS[COMP_CWORD - 1]}}" in
{}    *) of_option=no ;;
  esac
  COMPREPLY=()
  if [[ $current == -* && -n $of_option ]]; then
    mapfile -t COMPREPLY < <(compgen -W "$options" -- "$current")
    return
  fi
  mapfile -t COMPREPLY < <(compgen -W "$words" -- "$current")
  if [[ -n $path && -n $of_option ]]; then
    mapfile -t -O "${{#COMPREPLY[@]}}" COMPREPLY < <(compgen -f -- "$current")
  fi
}}
complete -o filenames -F _joulecast joulecast
)",
                     Names(commands), paths, words, values);
}

// ---- zsh

/// For the inside of single quotes and of _arguments' brackets.
std::string ForZsh(std::string_view text) {
  std::string escaped;
  for (const char c : text) {
    if (c == '\'') {
      escaped += "'\\''";
    } else {
      if (c == '[' || c == ']' || c == ':' || c == '\\') escaped += '\\';
      escaped += c;
    }
  }
  return escaped;
}

std::string ZshAction(const OptionHelp& option) {
  if (!option.choices.empty()) return "(" + Join(option.choices, " ") + ")";
  return option.type.starts_with("MODEL") ? "_joulecast_model" : "_files";
}

std::string ZshArguments(const CommandHelp& command) {
  std::string lines;
  int positional = 1;
  for (const OptionHelp& option : command.options) {
    if (option.is_positional) {
      const bool is_list = option.type.ends_with("...");
      lines += fmt::format(" \\\n        '{}:{}:{}'", is_list ? "*" : std::to_string(positional++),
                           ForZsh(option.type), ZshAction(option));
      continue;
    }
    const std::string value =
        option.type.empty() ? "" : fmt::format(":{}:{}", ForZsh(option.type), ZshAction(option));
    for (const std::string& name : option.names) {
      lines += fmt::format(" \\\n        '*{}[{}]{}'", name, ForZsh(option.text), value);
    }
  }
  return lines;
}

std::string ZshDescriptions(const std::vector<CommandHelp>& commands) {
  std::string lines;
  for (const CommandHelp& command : commands) {
    lines += fmt::format("    '{}:{}'\n", command.name, ForZsh(command.summary));
  }
  return lines;
}

std::string ZshCase(const CommandHelp& command) {
  if (command.commands.empty()) {
    return fmt::format("    {})\n      _arguments{}\n      ;;\n", command.name,
                       ZshArguments(command));
  }
  std::string inner;
  for (const CommandHelp& sub : command.commands) inner += ZshCase(sub);
  return fmt::format(R"(    {0})
      if ((CURRENT == 2)); then
        local -a inner=(
{1}        )
        _describe command inner
        _arguments{2}
        return
      fi
      shift words
      ((CURRENT--))
      case $words[1] in
{3}      esac
      ;;
)",
                     command.name, ZshDescriptions(command.commands), ZshArguments(command), inner);
}

std::string Zsh(const std::vector<CommandHelp>& commands) {
  std::string cases;
  for (const CommandHelp& command : commands) cases += ZshCase(command);
  return fmt::format(R"ZSH(#compdef joulecast
# Completion of joulecast for zsh, made by: joulecast completion zsh
_joulecast_model() {{
  local -a names=(${{(f)"$(joulecast zoo 2>/dev/null | cut -d ' ' -f 1)"}})
  _alternative 'zoo:network:compadd -a names' 'files:file:_files'
}}

_joulecast() {{
  local -a commands=(
{}  )
  if ((CURRENT == 2)); then
    _describe command commands
    _arguments '--help[Print help]' '--version[Print the version]'
    return
  fi
  shift words
  ((CURRENT--))
  case $words[1] in
{}  esac
}}

_joulecast "$@"
)ZSH",
                     ZshDescriptions(commands), cases);
}

// ---- fish

std::string ForFish(std::string_view text) {
  std::string escaped;
  for (const char c : text) {
    if (c == '\'' || c == '\\') escaped += '\\';
    escaped += c;
  }
  return "'" + escaped + "'";
}

std::string FishOptions(const CommandHelp& command, const std::string& where) {
  std::string lines;
  for (const OptionHelp& option : command.options) {
    if (option.is_positional) {
      if (option.type.starts_with("MODEL")) {
        lines += fmt::format(
            "complete -c joulecast -n {} -a '(joulecast zoo 2>/dev/null | cut -d \" \" -f 1)'\n",
            where);
      }
      if (!option.choices.empty()) {
        lines += fmt::format("complete -c joulecast -n {} -a {}\n", where,
                             ForFish(Join(option.choices, " ")));
      }
      continue;
    }
    lines += fmt::format("complete -c joulecast -n {}", where);
    for (const std::string& name : option.names) {
      const bool is_long = name.starts_with("--");
      lines += (is_long ? " -l " : " -s ") + name.substr(is_long ? 2 : 1);
    }
    if (!option.type.empty()) lines += option.choices.empty() ? " -r" : " -x";
    if (!option.choices.empty()) lines += " -a " + ForFish(Join(option.choices, " "));
    lines += fmt::format(" -d {}\n", ForFish(option.text));
  }
  return lines;
}

std::string Fish(const std::vector<CommandHelp>& commands) {
  std::string text =
      "# Completion of joulecast for fish, made by: joulecast completion fish\n"
      "complete -c joulecast -n __fish_use_subcommand -f\n"
      "complete -c joulecast -n __fish_use_subcommand -l help -d 'Print help'\n"
      "complete -c joulecast -n __fish_use_subcommand -l version -d 'Print the version'\n";
  for (const CommandHelp& command : commands) {
    text += fmt::format("complete -c joulecast -n __fish_use_subcommand -a {} -d {}\n",
                        command.name, ForFish(command.summary));
  }
  for (const CommandHelp& command : commands) {
    const std::string seen = "__fish_seen_subcommand_from " + command.name;
    text += FishOptions(command, ForFish(seen));
    for (const CommandHelp& sub : command.commands) {
      const std::string names = Names(command.commands);
      text += fmt::format("complete -c joulecast -f -n {} -a {} -d {}\n",
                          ForFish(seen + "; and not __fish_seen_subcommand_from " + names),
                          sub.name, ForFish(sub.summary));
      text += FishOptions(sub, ForFish(seen + "; and __fish_seen_subcommand_from " + sub.name));
    }
  }
  return text;
}

struct Options {
  std::string shell;
  std::string output;
};

int Run(const Options& options, std::span<const Command> commands) {
  const std::vector<CommandHelp> all = DescribeAll(commands);
  PrintTo(options.output, options.shell == "bash"  ? Bash(all)
                          : options.shell == "zsh" ? Zsh(all)
                                                   : Fish(all));
  return kDone;
}

}  // namespace

void AddCompletion(CLI::App& command, Action& action) {
  const auto options = std::make_shared<Options>();
  command.add_option("shell", options->shell, "bash, zsh or fish")
      ->required()
      ->type_name("SHELL")
      ->check(CLI::IsMember({"bash", "zsh", "fish"}));
  command.add_option("-o,--output", options->output, "Write there, not to standard output")
      ->type_name("FILE");
  command.footer(
      "Examples:\n"
      "  source <(joulecast completion bash)\n"
      "  joulecast completion zsh -o ~/.zfunc/_joulecast\n"
      "  joulecast completion fish -o ~/.config/fish/completions/joulecast.fish\n"
      "Packages install all three.");
  action = [options, commands = action.commands] { return Run(*options, commands); };
}

}  // namespace joulecast
