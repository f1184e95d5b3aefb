// SPDX-License-Identifier: Apache-2.0
#include "predict/profile_store.h"

#include <fmt/format.h>
#include <sys/stat.h>

namespace joulecast {
namespace {

/// Changes whenever the profile behind it does. A profile is replaced by a new file, or written
/// over; both show. What is not there has no stamp, and reading it says so.
std::string KeyOf(const ProfileSource& source) {
  if (source.shipped != nullptr) return std::string(source.shipped->name);
  struct stat status {};
  if (::stat(source.file.c_str(), &status) != 0) return source.file.string();
  return fmt::format("{}/{}/{}/{}/{}/{}", source.file.string(), status.st_dev, status.st_ino,
                     status.st_size, status.st_mtim.tv_sec, status.st_mtim.tv_nsec);
}

}  // namespace

std::shared_ptr<const Profile> ProfileStore::Load(std::string_view name_or_path) {
  const ProfileSource source = FindProfile(name_or_path);
  return cache_.Get(KeyOf(source), [&] { return ReadProfile(source); });
}

}  // namespace joulecast
