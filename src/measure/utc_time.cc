// SPDX-License-Identifier: Apache-2.0
#include "measure/utc_time.h"

#include <fmt/chrono.h>

#include <ctime>

namespace joulecast {

std::string UtcTime() { return fmt::format("{:%FT%TZ}", fmt::gmtime(std::time(nullptr))); }

}  // namespace joulecast
