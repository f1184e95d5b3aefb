// SPDX-License-Identifier: Apache-2.0
// Sources: proc(5), and Documentation/admin-guide/cgroup-v2.rst and cgroup-v1/memory.rst of Linux.
#include "backends/free_memory.h"

#include <algorithm>
#include <fstream>
#include <sstream>
#include <string>
#include <string_view>

namespace joulecast {
namespace {

namespace fs = std::filesystem;

/// The number behind `name` in a file of lines "name 123" or "name: 123 kB".
std::optional<std::int64_t> NumberOf(const fs::path& file, std::string_view name) {
  std::ifstream in(file);
  for (std::string line; std::getline(in, line);) {
    std::istringstream words(line);
    std::string word;
    std::int64_t number = 0;
    if (words >> word >> number && (word == name || word == std::string(name) + ":")) return number;
  }
  return std::nullopt;
}

/// A file that is one number; nullopt for "max" too, which is no limit.
std::optional<std::int64_t> Number(const fs::path& file) {
  std::ifstream in(file);
  std::int64_t number = 0;
  return in >> number ? std::optional(number) : std::nullopt;
}

void Lower(std::optional<std::int64_t>& least, std::int64_t value) {
  least = std::max<std::int64_t>(0, std::min(least.value_or(value), value));
}

/// The names that the two versions of control groups have for the same things.
struct Version {
  std::string_view limit;
  std::string_view usage;
  std::string_view reclaimable;  ///< page cache that goes when memory is short, in memory.stat
};
constexpr Version kVersion1 = {"memory.limit_in_bytes", "memory.usage_in_bytes",
                               "total_inactive_file"};
constexpr Version kVersion2 = {"memory.max", "memory.current", "inactive_file"};

/// A limit binds the groups below it too: all up to `top` count.
void LowerToGroups(std::optional<std::int64_t>& least, const fs::path& top, const fs::path& group,
                   const Version& version) {
  for (fs::path at = group.relative_path();; at = at.parent_path()) {
    const fs::path folder = top / at;
    const auto limit = Number(folder / version.limit);
    const auto usage = Number(folder / version.usage);
    if (limit && usage) {
      const auto cache = NumberOf(folder / "memory.stat", version.reclaimable);
      Lower(least, *limit - *usage + cache.value_or(0));
    }
    if (at.empty()) return;
  }
}

}  // namespace

std::optional<std::int64_t> FreeHostMemory(const fs::path& root) {
  std::optional<std::int64_t> least;
  if (const auto kib = NumberOf(root / "proc/meminfo", "MemAvailable")) Lower(least, *kib * 1024);
  std::ifstream groups(root / "proc/self/cgroup");
  for (std::string line; std::getline(groups, line);) {  // "0::/path", or "9:memory:/path"
    const std::size_t first = line.find(':');
    const std::size_t second = first == line.npos ? line.npos : line.find(':', first + 1);
    if (second == line.npos) continue;
    const std::string controllers = line.substr(first + 1, second - first - 1);
    const fs::path group = line.substr(second + 1);
    const fs::path top = root / "sys/fs/cgroup";
    if (controllers.empty()) LowerToGroups(least, top, group, kVersion2);
    if (controllers == "memory") LowerToGroups(least, top / "memory", group, kVersion1);
  }
  return least;
}

}  // namespace joulecast
