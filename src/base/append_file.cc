// SPDX-License-Identifier: Apache-2.0
#include "base/append_file.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <string>

#include "base/text.h"
#include "joulecast/error.h"

namespace joulecast {
namespace {

/// A file under an exclusive lock, which ends with it.
class LockedFile {
 public:
  explicit LockedFile(const std::filesystem::path& path) : path_(path) {
    file_ = ::open(path.c_str(), O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
    if (file_ < 0) Fail(errno);
    while (::flock(file_, LOCK_EX) != 0) {
      if (errno != EINTR) FailAndClose(errno);
    }
    struct stat facts {};
    if (::fstat(file_, &facts) != 0) FailAndClose(errno);
    if (!S_ISREG(facts.st_mode)) {
      ::close(file_);
      throw Error(ErrorKind::kInput,
                  "cannot append to " + path.string() + ": not a regular file; name a file");
    }
    size_ = facts.st_size;
  }
  ~LockedFile() { ::close(file_); }
  LockedFile(const LockedFile&) = delete;
  LockedFile& operator=(const LockedFile&) = delete;

  off_t size() const { return size_; }

  std::string Read(off_t from, std::size_t count) const {
    std::string text(count, '\0');
    const ssize_t got = ::pread(file_, text.data(), count, from);
    if (got < 0) Fail(errno);
    text.resize(static_cast<std::size_t>(got));
    return text;
  }

  /// All of it or nothing.
  void Append(std::string_view text) const {
    while (!text.empty()) {
      const ssize_t written = ::write(file_, text.data(), text.size());
      if (written < 0 && errno != EINTR) Undo(errno);
      if (written > 0) text.remove_prefix(static_cast<std::size_t>(written));
    }
    if (::fsync(file_) != 0) Undo(errno);
  }

 private:
  [[noreturn]] void Fail(int error) const {
    const bool denied = error == EACCES || error == EPERM || error == EROFS;
    throw Error(denied ? ErrorKind::kPermission : ErrorKind::kInput,
                "cannot append to " + path_.string() + ": " + std::strerror(error));
  }
  [[noreturn]] void FailAndClose(int error) const {
    ::close(file_);
    Fail(error);
  }
  [[noreturn]] void Undo(int error) const {
    // Where even that fails, the next one who appends ends the torn line.
    [[maybe_unused]] const int undone = ::ftruncate(file_, size_);
    Fail(error);
  }

  std::filesystem::path path_;
  int file_ = -1;
  off_t size_ = 0;
};

void CheckHeader(const LockedFile& file, const std::filesystem::path& path,
                 std::string_view header) {
  const std::string found = file.Read(0, header.size());
  if (found == header) return;
  const std::string line(Split(found, '\n').front());
  throw Error(ErrorKind::kInput, "cannot append to " + path.string() +
                                     ": its first line is another one than this program writes (" +
                                     Printable(line, 60) + "); name another file");
}

}  // namespace

void PrepareRows(const std::filesystem::path& path, std::string_view header) {
  AppendRows(path, header, "");
}

void AppendRows(const std::filesystem::path& path, std::string_view header, std::string_view rows) {
  const LockedFile file(path);
  if (file.size() == 0) {
    file.Append(std::string(header) + std::string(rows));
    return;
  }
  CheckHeader(file, path, header);
  if (rows.empty()) return;
  const bool torn = file.Read(file.size() - 1, 1) != "\n";
  file.Append((torn ? "\n" : "") + std::string(rows));
}

}  // namespace joulecast
