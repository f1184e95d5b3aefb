// SPDX-License-Identifier: Apache-2.0
#include "formats/onnx/external_data.h"

#include <algorithm>
#include <fstream>

#include "base/text.h"

namespace joulecast::onnx {
namespace {

namespace fs = std::filesystem;

/// The regular file that `location` names, if it lies inside `folder` once links are followed.
/// Nothing lies inside an empty path: that of a model which is no file here.
std::optional<fs::path> FileInside(const fs::path& folder, const std::string& location) {
  if (folder.empty()) return std::nullopt;
  std::error_code error;
  const fs::path root = fs::canonical(folder, error);
  if (error) return std::nullopt;
  const fs::path file = fs::canonical(root / location, error);
  if (error || !fs::is_regular_file(file, error)) return std::nullopt;
  const auto [end_of_root, rest] =
      std::mismatch(root.begin(), root.end(), file.begin(), file.end());
  return end_of_root == root.end() ? std::optional(file) : std::nullopt;
}

}  // namespace

void ExternalData::Add(WireReader entry) {
  constexpr std::uint32_t kKey = 1;
  constexpr std::uint32_t kValue = 2;
  std::string_view key;
  std::string_view value;
  while (entry.Next()) {
    if (entry.field() == kKey) key = entry.Text();
    if (entry.field() == kValue) value = entry.Text();
  }
  if (key == "location") location_ = value;
  if (key == "offset") offset_ = value;
  if (key == "length") length_ = value;
}

std::optional<std::vector<std::byte>> ExternalData::Read(const fs::path& folder,
                                                         std::size_t count) const {
  const auto offset = ParseInt(offset_);
  if (location_.empty() || location_.find('\0') != std::string::npos || !offset || *offset < 0) {
    return std::nullopt;
  }
  if (!length_.empty() && ParseInt(length_) != static_cast<std::int64_t>(count)) {
    return std::nullopt;
  }
  const auto path = FileInside(folder, location_);
  if (!path) return std::nullopt;
  std::ifstream file(*path, std::ios::binary);
  file.seekg(*offset);
  std::vector<std::byte> bytes(count);
  file.read(reinterpret_cast<char*>(bytes.data()), static_cast<std::streamsize>(count));
  return file ? std::optional(std::move(bytes)) : std::nullopt;
}

}  // namespace joulecast::onnx
