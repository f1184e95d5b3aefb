// SPDX-License-Identifier: Apache-2.0
#include "cli/app.h"

namespace joulecast {

#define JOULECAST_DECLARE_core(add) void add(CLI::App&, Action&);
#define JOULECAST_DECLARE_lab(add)
#define JOULECAST_DECLARE_run(add)
#define JOULECAST_DECLARE_serve(add)
#define JOULECAST_COMMAND(name, where, add, summary) JOULECAST_DECLARE_##where(add)
#include "cli/commands.inc"
#undef JOULECAST_COMMAND

}  // namespace joulecast

int main(int argc, char** argv) {
  using joulecast::Command;
#define JOULECAST_ADD_core(add) joulecast::add, ""
#define JOULECAST_ADD_lab(add) nullptr, "joulecast-lab"
#define JOULECAST_ADD_run(add) nullptr, "joulecast-run"
#define JOULECAST_ADD_serve(add) nullptr, "joulecast-serve"
#define JOULECAST_COMMAND(name, where, add, summary) {#name, summary, JOULECAST_ADD_##where(add)},
  constexpr Command kCommands[] = {
#include "cli/commands.inc"
  };
#undef JOULECAST_COMMAND
  return joulecast::RunApp(argc, argv, kCommands);
}
