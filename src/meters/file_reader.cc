// SPDX-License-Identifier: Apache-2.0
#include "meters/file_reader.h"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <utility>

#include "base/text.h"
#include "joulecast/error.h"

namespace joulecast {
namespace {

[[noreturn]] void Fail(const std::string& path, int error) {
  const bool denied = error == EACCES || error == EPERM;
  const bool gone = error == ENODEV || error == ENOENT || error == ESTALE || error == ENXIO;
  throw Error(denied ? ErrorKind::kPermission : ErrorKind::kDevice,
              gone ? path + " is gone: " + std::strerror(error)
                   : "cannot read " + path + ": " + std::strerror(error));
}

}  // namespace

// Without waiting: a pipe in a counter's place must not hang its reader.
FileReader::FileReader(const std::filesystem::path& path)
    : path_(path.string()), descriptor_(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)) {
  if (descriptor_ >= 0) return;
  if (errno == ENOENT) throw Error(ErrorKind::kDevice, "there is no " + path_);
  Fail(path_, errno);
}

FileReader::~FileReader() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

FileReader::FileReader(FileReader&& other) noexcept
    : path_(std::move(other.path_)), descriptor_(std::exchange(other.descriptor_, -1)) {}

std::string_view FileReader::ReadText(std::span<char> buffer) const {
  const ssize_t size = ::pread(descriptor_, buffer.data(), buffer.size(), 0);
  if (size < 0) Fail(path_, errno);
  return {buffer.data(), static_cast<std::size_t>(size)};
}

std::uint64_t FileReader::ReadUnsigned() const {
  std::array<char, 64> buffer;
  const std::string_view text = Trim(ReadText(buffer));
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) {
    throw Error(ErrorKind::kDevice,
                path_ + " holds no count but '" + Printable(text, 40) + "': no energy from it");
  }
  return value;
}

std::optional<std::string> ReadLine(const std::filesystem::path& path) {
  try {
    std::array<char, 4096> buffer;
    return std::string(Trim(Split(FileReader(path).ReadText(buffer), '\n').front()));
  } catch (const Error&) {
    return std::nullopt;
  }
}

std::optional<std::uint64_t> ReadNumber(const std::filesystem::path& path) {
  try {
    return FileReader(path).ReadUnsigned();
  } catch (const Error&) {
    return std::nullopt;
  }
}

}  // namespace joulecast
