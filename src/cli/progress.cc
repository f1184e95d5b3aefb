// SPDX-License-Identifier: Apache-2.0
#include "cli/progress.h"

#include <unistd.h>

#include <cstdio>

#include "base/text.h"

namespace joulecast {

Progress::Progress() : is_terminal_(::isatty(STDERR_FILENO) != 0) {}

Progress::~Progress() {
  if (is_terminal_) std::fprintf(stderr, "\r\033[K");
}

void Progress::Show(std::string_view step) {
  if (is_terminal_) std::fprintf(stderr, "\r\033[K%s ...", Printable(step, 70).c_str());
}

}  // namespace joulecast
