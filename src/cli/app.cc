// SPDX-License-Identifier: Apache-2.0
#include "cli/app.h"

#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <exception>
#include <filesystem>
#include <new>

#include "base/text.h"
#include "base/write_file.h"
#include "cli/describe.h"
#include "joulecast/error.h"
#include "joulecast/layer.h"
#include "joulecast/version.h"

namespace joulecast {
namespace {

constexpr int kBadUsage = 2;
constexpr int kBadInput = 3;
constexpr int kNoDevice = 4;

int ExitCodeOf(ErrorKind kind) {
  switch (kind) {
    case ErrorKind::kUsage:
      return kBadUsage;
    case ErrorKind::kInput:
      return kBadInput;
    case ErrorKind::kDevice:
    case ErrorKind::kPermission:
      break;
  }
  return kNoDevice;
}

/// Errors are one line, whatever a file's names hold.
void PrintError(std::string_view text) {
  std::fprintf(stderr, "joulecast: %s\n", Printable(text, 2000).c_str());
}

[[noreturn]] void HandOver(char** argv, const char* binary) {
  const auto other = FindBinary(binary);
  ::execv(other.c_str(), argv);
  throw Error(ErrorKind::kDevice,
              "the command '" + std::string(argv[1]) + "' needs " + other.string() + ": " +
                  std::strerror(errno) +
                  "; what it does not take to estimate is a package of its own: install " + binary +
                  ", or build with -DJOULECAST_LAB=ON, with -DJOULECAST_TORCH=ON to run layers, "
                  "with -DJOULECAST_SERVER=ON to serve");
}

const Command* FindCommand(std::span<const Command> commands, std::string_view name) {
  for (const Command& command : commands) {
    if (command.name == name) return &command;
  }
  return nullptr;
}

void CheckCommandName(std::span<const Command> commands, std::string_view name) {
  if (name.starts_with("-") || FindCommand(commands, name) != nullptr) return;
  std::vector<std::string> known;
  for (const Command& command : commands) known.emplace_back(command.name);
  const auto close = ClosestName(name, known);
  throw Error(ErrorKind::kUsage,
              "no command '" + Printable(name, 60) + "'" +
                  (close ? "; did you mean '" + *close + "'?" : "; known: " + Join(known, ", ")));
}

/// Help within 80 columns: longer lines go on under the column of the descriptions.
std::string WrapHelp(std::string_view help) {
  constexpr std::size_t kWidth = 80;
  constexpr std::size_t kDescription = 30;  // where CLI11 starts them
  std::string wrapped;
  for (std::string_view line : Split(help, '\n')) {
    std::string indent;
    while (indent.size() + line.size() > kWidth) {
      const std::size_t space = line.rfind(' ', kWidth - indent.size());
      if (space == std::string_view::npos || space + indent.size() <= kDescription) break;
      wrapped += indent + std::string(line.substr(0, space)) + "\n";
      line.remove_prefix(space + 1);
      indent.assign(kDescription, ' ');
    }
    wrapped += indent + std::string(line) + "\n";
  }
  wrapped.pop_back();  // the text's last line has an end of its own
  return wrapped;
}

/// Takes what follows the first "--" off the arguments: CLI11 would look for options in it.
std::vector<std::string> CutWords(int& argc, char** argv) {
  for (int i = 1; i < argc; ++i) {
    if (std::string_view(argv[i]) != "--") continue;
    std::vector<std::string> words(argv + i + 1, argv + argc);
    argc = i;
    return words;
  }
  return {};
}

int Run(int argc, char** argv, std::span<const Command> commands) {
  if (argc == 2 && argv[1] == kDescribeFlag) {
    Print(DescribeJson(commands));
    return kDone;
  }
  if (argc > 1) {
    CheckCommandName(commands, argv[1]);
    const Command* command = FindCommand(commands, argv[1]);
    if (command != nullptr && command->add == nullptr) HandOver(argv, command->binary);
  }
  CLI::App app("Forecasts the energy of a deep-learning model from its configuration.",
               "joulecast");
  app.set_version_flag("--version", "joulecast " + std::string(Version()) + "\nfeatures version " +
                                        std::to_string(kFeaturesVersion) + "\n" +
                                        std::string(BuildDescription()));
  app.require_subcommand(1);
  app.footer(
      "Examples:\n"
      "  joulecast estimate vgg16 --batch 8\n"
      "  joulecast estimate model.onnx --format json\n"
      "  joulecast COMMAND --help");
  Action action{.commands = commands};
  for (const Command& command : commands) {
    CLI::App* sub = app.add_subcommand(std::string(command.name), std::string(command.summary));
    if (command.add == nullptr) continue;
    // Options are made only for the command that is meant: this is most of the start-up time.
    if (argc > 1 && command.name == argv[1]) command.add(*sub, action);
  }
  if (action.takes_words) action.words = CutWords(argc, argv);
  try {
    app.parse(argc, argv);
  } catch (const CLI::CallForHelp&) {
    const CLI::App* wanted = &app;
    std::string parents;
    while (!wanted->get_subcommands().empty()) {
      parents += (parents.empty() ? "" : " ") + wanted->get_name();
      wanted = wanted->get_subcommands().front();
    }
    Print(WrapHelp(wanted->help(parents)));
    return kDone;
  } catch (const CLI::CallForVersion& version) {
    Print(std::string(version.what()) + "\n");
    return kDone;
  } catch (const CLI::ParseError& error) {
    const std::string name = argc > 1 ? std::string(argv[1]) + " " : "";
    throw Error(ErrorKind::kUsage,
                std::string(error.what()) + "; see joulecast " + name + "--help");
  }
  return action.run();
}

}  // namespace

std::filesystem::path FindBinary(const std::string& name) {
  std::error_code error;
  const auto folder = std::filesystem::read_symlink("/proc/self/exe", error).parent_path();
  const auto installed = folder / "../libexec/joulecast" / name;
  return std::filesystem::exists(installed, error) ? installed.lexically_normal() : folder / name;
}

void Print(std::string_view text) {
  const bool written = std::fwrite(text.data(), 1, text.size(), stdout) == text.size();
  if (!written || std::fflush(stdout) != 0) {
    throw Error(ErrorKind::kInput,
                std::string("cannot write to standard output: ") + std::strerror(errno));
  }
}

void PrintTo(const std::string& file, std::string_view text) {
  if (file.empty()) {
    Print(text);
  } else {
    WriteFile(file, text);
  }
}

void Warn(std::string_view text) {
  std::fprintf(stderr, "joulecast: warning: %s\n", Printable(text, 2000).c_str());
}

int RunApp(int argc, char** argv, std::span<const Command> commands) {
  try {
    return Run(argc, argv, commands);
  } catch (const Error& error) {
    PrintError(error.what());
    return ExitCodeOf(error.kind());
  } catch (const std::bad_alloc&) {
    PrintError("out of memory; the input asks for more than this machine has");
  } catch (const std::exception& error) {
    PrintError(std::string("unexpected failure, please report it: ") + error.what());
  }
  return kBadInput;
}

}  // namespace joulecast
