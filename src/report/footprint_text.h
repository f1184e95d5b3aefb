// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "joulecast/footprint.h"

namespace joulecast {

/// Emissions and cost per inference, per 1000 and per year, as lines of at most 80 columns.
std::string FootprintText(const Footprint& footprint);

/// Of something that runs once.
std::string FootprintOfRunText(const Footprint& footprint);

}  // namespace joulecast
