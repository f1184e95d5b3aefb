// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>

#include "dataset/dataset.h"

namespace joulecast {

/// Stores the getzner2023 measurements below `dir` (whichever of its files are there) as one step,
/// with the verdicts of both cleaning rules. Importing the same folder again changes nothing.
/// Throws Error{kInput} as ReadGetzner2023 does.
ImportReport ImportGetzner2023(Dataset& dataset, const std::filesystem::path& dir);

}  // namespace joulecast
