// SPDX-License-Identifier: Apache-2.0
#include "measure/campaign/lock.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "joulecast/error.h"

namespace joulecast {
namespace {

/// Whether the open file is still the one under its name: its holder removes it in the end.
bool IsCurrent(int file, const std::filesystem::path& path) {
  struct stat open {};
  struct stat named {};
  return ::fstat(file, &open) == 0 && ::stat(path.c_str(), &named) == 0 &&
         open.st_ino == named.st_ino && open.st_dev == named.st_dev;
}

}  // namespace

CampaignLock::CampaignLock(const std::filesystem::path& dataset)
    : path_(dataset.string() + ".campaign") {
  while (file_ < 0) {
    const int file = ::open(path_.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666);
    if (file < 0) {
      throw Error(ErrorKind::kPermission,
                  "dataset " + dataset.string() + ": cannot write beside it (" +
                      std::strerror(errno) +
                      "); its folder must be writable, or give another path");
    }
    if (::flock(file, LOCK_EX | LOCK_NB) != 0) {
      ::close(file);
      throw Error(ErrorKind::kPermission,
                  "dataset " + dataset.string() +
                      ": another campaign is collecting into it; wait for it, or give each a "
                      "dataset of its own and merge them");
    }
    if (IsCurrent(file, path_)) {
      file_ = file;
    } else {
      ::close(file);
    }
  }
}

CampaignLock::~CampaignLock() {
  ::unlink(path_.c_str());
  ::close(file_);
}

}  // namespace joulecast
