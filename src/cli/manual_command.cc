// SPDX-License-Identifier: Apache-2.0
// The manual page, written from the parsers of the commands themselves.
#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <string>

#include "base/text.h"
#include "cli/describe.h"
#include "joulecast/version.h"

namespace joulecast {
namespace {

/// Text for roff: no character of it is a request, and hyphens are what people type.
std::string Roff(std::string_view text) {
  std::string escaped;
  for (const char c : text) {
    if (c == '\\') {
      escaped += "\\e";
    } else if (c == '-') {
      escaped += "\\-";
    } else if ((c == '.' || c == '\'') && (escaped.empty() || escaped.back() == '\n')) {
      escaped += std::string("\\&") + c;
    } else {
      escaped += c;
    }
  }
  return escaped;
}

std::string Argument(const OptionHelp& option) {
  std::string names;
  for (const std::string& name : option.names) {
    names += (names.empty() ? "\\fB" : ", \\fB") + Roff(name) + "\\fR";
  }
  if (option.is_positional) names = "\\fI" + Roff(option.type) + "\\fR";
  if (option.is_positional || option.type.empty()) return names;
  return names + " \\fI" + Roff(option.type) + "\\fR";
}

/// Whether the text itself names every choice.
bool NamesChoices(const OptionHelp& option) {
  return std::all_of(option.choices.begin(), option.choices.end(), [&](const std::string& choice) {
    return option.text.find(choice) != std::string::npos;
  });
}

std::string Options(const CommandHelp& command) {
  std::string text;
  for (const OptionHelp& option : command.options) {
    if (option.names.front() == "--help") continue;
    text += ".TP\n" + Argument(option) + "\n" + Roff(option.text);
    if (!NamesChoices(option)) text += "; one of " + Roff(Join(option.choices, ", "));
    text += "\n";
  }
  return text;
}

std::string Section(const CommandHelp& command, const std::string& above) {
  const std::string path = above + " " + command.name;
  std::string text = ".SS " + Roff(path.substr(1)) + "\n" + Roff(command.summary) + ".\n";
  text += Options(command);
  if (!command.footer.empty()) text += ".PP\n.nf\n" + Roff(command.footer) + "\n.fi\n";
  for (const CommandHelp& sub : command.commands) text += Section(sub, path);
  return text;
}

std::string Page(std::span<const Command> commands) {
  std::string text = fmt::format(R"(.\" Made by: joulecast manual
.TH JOULECAST 1 "" "joulecast {}" "User Commands"
.SH NAME
joulecast \- forecast the energy of a deep-learning model from its configuration
.SH SYNOPSIS
.B joulecast
.I COMMAND
.RI [ OPTION .\|.\|.\&]
.br
.B joulecast
.I COMMAND
.B \-\-help
.SH DESCRIPTION
Forecasts joules per inference of a model, layer by layer, on a named device, with an interval,
without running it; measures energy on this machine, and learns from what was measured.
.SH COMMANDS
)",
                                 Version());
  for (const CommandHelp& command : DescribeAll(commands)) text += Section(command, "");
  return text + R"(.SH EXIT STATUS
.TP
0
done
.TP
1
over budget, or a check failed
.TP
2
bad usage
.TP
3
bad input, or output that cannot be written
.TP
4
no such device or meter, or no permission
.SH ENVIRONMENT
.TP
.B JOULECAST_PROFILES
a folder of device profiles of your own (\fI*.json\fR)
.SH SEE ALSO
/usr/share/doc/joulecast
)";
}

}  // namespace

void AddManual(CLI::App& command, Action& action) {
  const auto output = std::make_shared<std::string>();
  command.add_option("-o,--output", *output, "Write there, not to standard output")
      ->type_name("FILE");
  command.footer(
      "Examples:\n"
      "  joulecast manual | man -l -\n"
      "It is in roff, as man reads it; packages install it.");
  action = [output, commands = action.commands] {
    PrintTo(*output, Page(commands));
    return kDone;
  };
}

}  // namespace joulecast
