// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>

namespace joulecast {

/// Keeps a second campaign from the same dataset: the two would measure each other. A file beside
/// the dataset, locked for as long as this lives; the kernel unlocks it if the process is killed.
class CampaignLock {
 public:
  /// Throws Error{kPermission} if another campaign holds it, or the folder cannot be written.
  explicit CampaignLock(const std::filesystem::path& dataset);
  ~CampaignLock();
  CampaignLock(const CampaignLock&) = delete;
  CampaignLock& operator=(const CampaignLock&) = delete;

 private:
  std::filesystem::path path_;
  int file_ = -1;
};

}  // namespace joulecast
