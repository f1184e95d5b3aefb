// SPDX-License-Identifier: Apache-2.0
#include "measure/campaign/identity.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <set>

#include "base/json_values.h"
#include "base/text.h"
#include "measure/host_facts.h"
#include "measure/system_file.h"
#include "measure/utc_time.h"

namespace joulecast {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

/// "Intel(R) Xeon(R) Gold 5120 CPU @ 2.20GHz" -> "intel-xeon-gold-5120".
std::string ShortName(const std::string& hardware) {
  std::string name;
  std::string words = hardware.substr(0, hardware.find('@'));
  for (const char* noise : {"(R)", "(TM)", "(r)", "(tm)", " CPU", " Processor"}) {
    for (std::size_t at = words.find(noise); at != std::string::npos; at = words.find(noise)) {
      words.erase(at, std::string_view(noise).size());
    }
  }
  for (const char c : words) {
    if (std::isalnum(static_cast<unsigned char>(c)) != 0) {
      name += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    } else if (!name.empty() && name.back() != '-') {
      name += '-';
    }
  }
  while (!name.empty() && name.back() == '-') name.pop_back();
  return name.empty() ? "unknown" : name;
}

/// "32K", "1024K", "36608K", "2M" in bytes.
std::optional<std::int64_t> CacheBytes(const std::string& text) {
  if (text.empty()) return std::nullopt;
  const char unit = text.back();
  const auto number = ParseInt(std::string_view(text).substr(0, text.size() - 1));
  if (!number || (unit != 'K' && unit != 'M')) return std::nullopt;
  return *number * (unit == 'K' ? 1024 : 1024 * 1024);
}

/// Data caches of the first processor by level, as the kernel tells; virtual machines may not.
void AddCaches(const fs::path& root, Json& facts) {
  constexpr std::array<const char*, 4> kNames = {"", "l1d_bytes", "l2_bytes", "l3_bytes"};
  for (int index = 0; index < 8; ++index) {
    const fs::path folder = root / fmt::format("sys/devices/system/cpu/cpu0/cache/index{}", index);
    const auto level = ReadSystemFile(folder / "level");
    const auto type = ReadSystemFile(folder / "type");
    const auto bytes = CacheBytes(ReadSystemFile(folder / "size").value_or(""));
    if (!level || !type || !bytes || *type == "Instruction") continue;
    const auto number = ParseInt(*level).value_or(0);
    if (number >= 1 && number <= 3) facts[kNames[static_cast<std::size_t>(number)]] = *bytes;
  }
}

struct CpuInfo {
  std::set<std::string> flags;
  std::set<std::string> packages;
};

CpuInfo ReadCpuInfo(const fs::path& root) {
  CpuInfo info;
  const std::string text = ReadSystemFile(root / "proc/cpuinfo").value_or("");
  for (const std::string_view line : Split(text, '\n')) {
    const std::size_t colon = std::min(line.find(':'), line.size());
    const std::string_view key = Trim(line.substr(0, colon));
    const std::string_view value = Trim(line.substr(std::min(colon + 1, line.size())));
    if (key == "physical id") info.packages.emplace(value);
    if (key != "flags" && key != "Features") continue;
    for (const std::string_view flag : SplitBlanks(value)) info.flags.emplace(flag);
  }
  return info;
}

std::optional<std::int64_t> MemoryBytes(const fs::path& root) {
  const std::string text = ReadSystemFile(root / "proc/meminfo").value_or("");
  const auto words = SplitBlanks(text.substr(0, text.find('\n')));
  if (words.size() != 3 || words[0] != "MemTotal:") return std::nullopt;
  const auto kibibytes = ParseInt(words[1]);
  return kibibytes ? std::optional(*kibibytes * 1024) : std::nullopt;
}

Json DomainsJson(const Meter& meter) {
  Json domains = Json::array();
  for (const Domain& domain : meter.domains()) {
    domains.push_back({{"name", domain.name},
                       {"part", domain.part},
                       {"evidence", Name(domain.evidence)},
                       {"resolution_j", domain.resolution.value()}});
  }
  return domains;
}

}  // namespace

Device DescribeDevice(const BackendDescription& backend, const std::string& name,
                      const fs::path& root) {
  const CpuInfo cpu = ReadCpuInfo(root);
  Json facts = {{"device", backend.device}, {"threads", backend.threads}};
  for (const auto& [key, value] : backend.facts) facts[key] = value;
  AddCaches(root, facts);
  facts["vector_instructions"] = Json::array();
  for (const char* flag : {"asimd", "avx", "avx2", "avx512f", "sve"}) {
    if (cpu.flags.contains(flag)) facts["vector_instructions"].push_back(flag);
  }
  Device device{.name = name.empty() ? ShortName(backend.hardware) : name,
                .cpu = backend.hardware,
                .software = fmt::format("{}, {} threads", backend.software, backend.threads),
                .host_facts = facts.dump()};
  if (!cpu.packages.empty()) device.sockets = static_cast<std::int64_t>(cpu.packages.size());
  return device;
}

CampaignRun DescribeRun(const Campaign& campaign, const Shard& shard, MeterSet meters,
                        const std::string& software, const fs::path& root) {
  const HostFacts host = ReadHostFacts(root);
  const std::string host_name = ReadSystemFile(root / "proc/sys/kernel/hostname").value_or("host");
  Json facts = {{"host", host_name},
                {"kernel", host.kernel},
                {"microcode", OrNull<Json>(host.microcode)},
                {"virtual_machine", OrNull<Json>(host.virtual_machine)},
                {"container", OrNull<Json>(host.container)},
                {"memory_bytes", OrNull<Json>(MemoryBytes(root))},
                {"software", software},
                {"campaign", campaign.name},
                {"seed", campaign.seed},
                {"shard", fmt::format("{}/{}", shard.index, shard.count)},
                {"meters", Json::array()}};
  for (const auto& meter : meters) {
    facts["meters"].push_back(
        {{"name", meter->name()}, {"source", meter->source()}, {"domains", DomainsJson(*meter)}});
  }
  const std::string started = UtcTime();
  // Two goes of one host may start in one second: their processes differ.
  return {.name = fmt::format("{} {} {}", host_name, started, ::getpid()),
          .started = started,
          .facts = facts.dump()};
}

}  // namespace joulecast
