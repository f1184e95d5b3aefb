// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdlib>
#include <iostream>
#include <string_view>

#include "joulecast/error.h"

// What a fuzz target consists of. Bad input may throw joulecast::Error and nothing else: whatever
// else leaves a target is found, as are crashes, leaks, hangs, and promises that do not hold.

namespace joulecast::fuzz {

/// What a target does with one input, which it may refuse by an Error: each NAME.cc defines it for
/// its own program.
void RunInput(std::string_view input);

/// Runs what may refuse its input.
template <typename Work>
void Try(const Work& work) {
  try {
    work();
  } catch (const Error&) {
  }
}

/// Ends the run where what was promised does not hold.
inline void Promise(bool holds, std::string_view what) {
  if (holds) return;
  std::cerr << "broken promise: " << what << "\n";
  std::abort();
}

}  // namespace joulecast::fuzz
