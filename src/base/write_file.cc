// SPDX-License-Identifier: Apache-2.0
#include "base/write_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <string>

#include "joulecast/error.h"

namespace joulecast {
namespace {

[[noreturn]] void Fail(const std::filesystem::path& path, int error) {
  const bool denied = error == EACCES || error == EPERM || error == EROFS;
  throw Error(denied ? ErrorKind::kPermission : ErrorKind::kInput,
              "cannot write " + path.string() + ": " + std::strerror(error));
}

/// Where a path's file is, behind any links; a path to nothing as it is. Throws Error{kInput} for
/// a folder, a device or a pipe: replacing those would break them.
std::filesystem::path FileBehind(const std::filesystem::path& path) {
  std::error_code error;
  const auto status = std::filesystem::status(path, error);
  if (std::filesystem::is_directory(status)) Fail(path, EISDIR);
  if (!std::filesystem::exists(status)) return path;
  if (!std::filesystem::is_regular_file(status)) {
    throw Error(ErrorKind::kInput,
                "cannot write " + path.string() + ": not a regular file; name a file");
  }
  auto target = std::filesystem::canonical(path, error);
  return error ? path : target;
}

}  // namespace

void WriteFile(const std::filesystem::path& path, std::string_view content) {
  const std::filesystem::path target = FileBehind(path);
  std::string temporary = target.string() + ".XXXXXX";
  const int file = ::mkstemp(temporary.data());
  if (file < 0) Fail(path, errno);
  int error = 0;
  while (error == 0 && !content.empty()) {
    const ssize_t written = ::write(file, content.data(), content.size());
    if (written < 0 && errno != EINTR) error = errno;
    if (written > 0) content.remove_prefix(static_cast<std::size_t>(written));
  }
  constexpr mode_t kReadableByAll = 0644;
  if (error == 0 && ::fchmod(file, kReadableByAll) != 0) error = errno;
  if (error == 0 && ::fsync(file) != 0) error = errno;
  if (::close(file) != 0 && error == 0) error = errno;
  if (error == 0 && ::rename(temporary.c_str(), target.c_str()) != 0) error = errno;
  if (error == 0) return;
  ::unlink(temporary.c_str());
  Fail(path, error);
}

void CheckWritable(const std::filesystem::path& path) {
  const std::filesystem::path folder = FileBehind(path).parent_path();
  if (::access(folder.empty() ? "." : folder.c_str(), W_OK | X_OK) != 0) Fail(path, errno);
}

}  // namespace joulecast
