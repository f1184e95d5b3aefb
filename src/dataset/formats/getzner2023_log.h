// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>

namespace joulecast {

/// Rows that the published cleaning of getzner2023 drops, by section of the log ("conv2d", "relu"):
/// indices from 0 into the rows of that section's CSV file.
using WrappedRows = std::map<std::string, std::set<int>, std::less<>>;

/// Finds the repetitions during which a RAPL counter wrapped, from a collector's Slurm log.
/// Both styles of log are understood: one line per repetition, and progress bars per configuration
/// (where an error drops all three repetitions).
WrappedRows ReadGetznerLog(std::string_view log);

}  // namespace joulecast
