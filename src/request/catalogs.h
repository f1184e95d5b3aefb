// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "joulecast/profile.h"

namespace joulecast {

/// The networks known by name, as JSON.
std::string ZooJson();

/// Every device's profile at hand. One bad file of the user's own must not hide the others: what
/// is wrong with it goes to `problems`.
std::vector<Profile> KnownProfiles(std::vector<std::string>& problems);

}  // namespace joulecast
