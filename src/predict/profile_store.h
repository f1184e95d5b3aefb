// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

#include "base/bounded_cache.h"
#include "joulecast/profile.h"
#include "predict/shipped_profiles.h"

namespace joulecast {

/// Where a profile is: among those that ship, or in a file.
struct ProfileSource {
  const ShippedProfile* shipped = nullptr;
  std::filesystem::path file;  ///< if it does not ship
};

/// What `name_or_path` means, as for LoadProfile. Throws Error{kDevice} listing the known ones.
ProfileSource FindProfile(std::string_view name_or_path);

/// Throws as LoadProfile does.
Profile ReadProfile(const ProfileSource& source, OwnLayerTypes own = {});

/// Profiles for who asks for them again and again: each is read once, and a file that has changed
/// since is read again. Any number of threads may ask.
class ProfileStore {
 public:
  /// Throws as LoadProfile does.
  std::shared_ptr<const Profile> Load(std::string_view name_or_path);

 private:
  BoundedCache<std::string, Profile> cache_{16};
};

}  // namespace joulecast
