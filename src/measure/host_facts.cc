// SPDX-License-Identifier: Apache-2.0
#include "measure/host_facts.h"

#include <algorithm>
#include <array>
#include <string_view>

#include "base/text.h"
#include "measure/system_file.h"

namespace joulecast {
namespace {

namespace fs = std::filesystem;

std::string FieldOfCpu(std::string_view cpuinfo, std::string_view key) {
  for (const std::string_view line : Split(cpuinfo, '\n')) {
    const std::size_t colon = line.find(':');
    if (colon == std::string_view::npos || Trim(line.substr(0, colon)) != key) continue;
    return std::string(Trim(line.substr(colon + 1)));
  }
  return {};
}

/// What makers of virtual machines write into the firmware's tables; the list of systemd's
/// src/basic/virt.c.
std::optional<std::string> VirtualFirmware(const fs::path& root) {
  constexpr std::array<std::string_view, 14> kVendors = {
      "KVM",    "OpenStack", "KubeVirt", "Amazon EC2",           "QEMU",
      "VMware", "VMW",       "innotek",  "VirtualBox",           "Xen",
      "Bochs",  "Parallels", "BHYVE",    "Google Compute Engine"};
  for (const char* file : {"product_name", "sys_vendor", "board_vendor", "bios_vendor"}) {
    const auto text = ReadSystemFile(root / "sys/class/dmi/id" / file);
    if (!text) continue;
    const bool known =
        std::ranges::any_of(kVendors, [&](auto vendor) { return text->starts_with(vendor); });
    // Hyper-V's vendor is that of real laptops too: only its product tells.
    if (known || *text == "Virtual Machine") {
      return "the firmware says " + Printable(*text, 60);
    }
  }
  return std::nullopt;
}

std::optional<std::string> VirtualMachine(const fs::path& root, std::string_view cpuinfo) {
  if (auto firmware = VirtualFirmware(root)) return firmware;
  const std::string flags = FieldOfCpu(cpuinfo, "flags");
  const auto words = SplitBlanks(flags);
  if (std::ranges::find(words, "hypervisor") != words.end()) {
    return "/proc/cpuinfo has the flag hypervisor";
  }
  if (const auto type = ReadSystemFile(root / "sys/hypervisor/type")) {
    return "/sys/hypervisor/type says " + Printable(*type, 60);
  }
  return std::nullopt;
}

std::optional<std::string> ContainerInCgroup(const fs::path& root) {
  const auto cgroup = ReadSystemFile(root / "proc/1/cgroup");
  if (!cgroup) return std::nullopt;
  for (const char* word : {"docker", "kubepods", "containerd", "lxc", "libpod"}) {
    if (cgroup->find(word) != std::string::npos) {
      return std::string("/proc/1/cgroup names ") + word;
    }
  }
  return std::nullopt;
}

std::optional<std::string> Container(const fs::path& root) {
  for (const char* file : {".dockerenv", "run/.containerenv"}) {
    std::error_code ignored;
    if (fs::exists(root / file, ignored)) return "/" + std::string(file) + " exists";
  }
  if (const auto manager = ReadSystemFile(root / "run/systemd/container")) {
    return "/run/systemd/container says " + Printable(*manager, 60);
  }
  const auto environment = ReadSystemFile(root / "proc/1/environ").value_or("");
  for (const std::string_view entry : Split(environment, '\0')) {
    if (entry.starts_with("container=")) {
      return "the first process has " + Printable(entry, 60);
    }
  }
  return ContainerInCgroup(root);
}

}  // namespace

HostFacts ReadHostFacts(const fs::path& root) {
  const std::string cpuinfo = ReadSystemFile(root / "proc/cpuinfo").value_or("");
  HostFacts facts{.cpu = FieldOfCpu(cpuinfo, "model name"),
                  .kernel = ReadSystemFile(root / "proc/sys/kernel/osrelease").value_or(""),
                  .virtual_machine = VirtualMachine(root, cpuinfo),
                  .container = Container(root)};
  if (auto microcode = FieldOfCpu(cpuinfo, "microcode"); !microcode.empty()) {
    facts.microcode = microcode;
  }
  return facts;
}

}  // namespace joulecast
