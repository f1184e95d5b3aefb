// SPDX-License-Identifier: Apache-2.0
#include "measure/system_file.h"

#include <fstream>
#include <iterator>

#include "base/text.h"

namespace joulecast {

std::optional<std::string> ReadSystemFile(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return std::nullopt;
  const std::string content{std::istreambuf_iterator<char>(file), {}};
  if (file.bad()) return std::nullopt;
  return std::string(Trim(content));
}

}  // namespace joulecast
