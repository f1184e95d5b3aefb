// SPDX-License-Identifier: Apache-2.0
#include "base/mapped_file.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <string>

#include "joulecast/error.h"

namespace joulecast {
namespace {

[[noreturn]] void Fail(const std::filesystem::path& path, int error) {
  const bool denied = error == EACCES || error == EPERM;
  throw Error(denied ? ErrorKind::kPermission : ErrorKind::kInput,
              "cannot read " + path.string() + ": " + std::strerror(error));
}

/// Closes a descriptor at the end of a scope.
struct Descriptor {
  int number;
  explicit Descriptor(int n) : number(n) {}
  ~Descriptor() {
    if (number >= 0) ::close(number);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
};

}  // namespace

MappedFile::MappedFile(const std::filesystem::path& path) {
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (file.number < 0) Fail(path, errno);
  struct stat status {};
  if (::fstat(file.number, &status) != 0) Fail(path, errno);
  if (S_ISDIR(status.st_mode)) Fail(path, EISDIR);
  if (!S_ISREG(status.st_mode)) {
    throw Error(ErrorKind::kInput, "cannot read " + path.string() + ": not a regular file");
  }
  if (status.st_size == 0) {
    throw Error(ErrorKind::kInput, "cannot read " + path.string() + ": the file is empty");
  }
  size_ = static_cast<std::size_t>(status.st_size);
  void* const data = ::mmap(nullptr, size_, PROT_READ, MAP_PRIVATE, file.number, 0);
  if (data == MAP_FAILED) Fail(path, errno);
  // Weights lie between the parts that are read: reading ahead would load them.
  ::madvise(data, size_, MADV_RANDOM);
  data_ = static_cast<const std::byte*>(data);
}

MappedFile::~MappedFile() {
  ::munmap(const_cast<std::byte*>(data_), size_);  // NOLINT: munmap takes what mmap gave
}

void MappedFile::Release() const {
  ::madvise(const_cast<std::byte*>(data_), size_, MADV_DONTNEED);  // NOLINT: as above
}

}  // namespace joulecast
