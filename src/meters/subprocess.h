// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "joulecast/units.h"

namespace joulecast {

/// What a program writes to stdout, its first 4 KiB. Throws Error{kDevice} if it cannot be run,
/// fails, or does not end within `patience`: it is killed then, with all that it started.
std::string RunAndRead(const std::vector<std::string>& command, Seconds patience);

}  // namespace joulecast
