// SPDX-License-Identifier: Apache-2.0
#include "backends/torch/describe.h"

#include <ATen/Context.h>
#include <ATen/Parallel.h>
#include <ATen/Version.h>
#include <ATen/detail/CUDAHooksInterface.h>
#include <dlfcn.h>
#include <gnu/libc-version.h>
#include <torch/version.h>

#include <array>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "backends/torch/device.h"
#include "backends/torch/memory_state.h"
#include "base/text.h"

namespace joulecast {
namespace {

struct Blas {
  std::string name;
  std::string problem;
};

/// What answers matrix products in this process, asked of itself: Debian lets the administrator
/// choose among libraries that differ 37-fold in speed, and the choice shows nowhere else.
Blas FindBlas() {
  if (at::hasMKL()) return {.name = "MKL", .problem = {}};
  if (void* get_config = ::dlsym(RTLD_DEFAULT, "openblas_get_config")) {
    const auto words = SplitBlanks(reinterpret_cast<char* (*)()>(get_config)());
    std::string name = "OpenBLAS";
    if (words.size() > 1) name += " " + std::string(words[1]);
    auto* get_parallel =
        reinterpret_cast<int (*)()>(::dlsym(RTLD_DEFAULT, "openblas_get_parallel"));
    constexpr std::array kFlavours = {"serial", "pthread", "openmp"};
    const int flavour = get_parallel != nullptr ? get_parallel() : -1;
    if (flavour < 0 || flavour > 2) return {.name = name, .problem = {}};
    name += std::string(" ") + kFlavours[static_cast<std::size_t>(flavour)];
    if (flavour == 2) return {.name = name, .problem = {}};
    return {.name = name, .problem = "does not obey the number of threads that PyTorch sets"};
  }
  ::Dl_info info{};
  void* product = ::dlsym(RTLD_DEFAULT, "sgemm_");
  if (product == nullptr || ::dladdr(product, &info) == 0) return {.name = "", .problem = {}};
  const auto library = std::filesystem::weakly_canonical(info.dli_fname);
  return {.name = library.string(),
          .problem = "is many times slower than what others measure with"};
}

/// The line "  - NAME: VALUE" or "  - NAME ... VALUE" of PyTorch's own description.
std::string ConfigLine(std::string_view name) {
  const std::string config = at::show_config();
  const std::size_t at = config.find(name);
  if (at == std::string::npos) return "";
  const std::size_t from = at + name.size();
  return std::string(Trim(config.substr(from, config.find('\n', from) - from)));
}

std::string FirstLine(const std::filesystem::path& path) {
  std::ifstream file(path);
  std::string line;
  std::getline(file, line);
  return line;
}

/// The environment decides how memory is allocated: left as it is, for users run with it.
void AddAllocator(BackendDescription& description) {
  for (const char* name :
       {"MALLOC_ARENA_MAX", "MALLOC_MMAP_MAX_", "MALLOC_MMAP_THRESHOLD_", "MALLOC_TOP_PAD_",
        "MALLOC_TRIM_THRESHOLD_", "GLIBC_TUNABLES", "LD_PRELOAD", "PYTORCH_CUDA_ALLOC_CONF",
        "PYTORCH_NO_CUDA_MEMORY_CACHING", "OMP_NUM_THREADS", "OMP_WAIT_POLICY", "OMP_PROC_BIND",
        "GOMP_CPU_AFFINITY", "ONEDNN_MAX_CPU_ISA"}) {
    if (const char* value = std::getenv(name)) description.facts[name] = value;
  }
  description.facts["in_turn_bytes"] = std::to_string(ColdBytes());
  description.facts["results_in_turn"] = std::to_string(kMostResultSets);
  description.facts["weights_in_turn"] = std::to_string(kMostWeightSets);
  description.facts["libc"] = std::string("glibc ") + ::gnu_get_libc_version();
  const std::filesystem::path pages = "/sys/kernel/mm/transparent_hugepage";
  for (const char* name : {"enabled", "defrag"}) {
    const std::string value = FirstLine(pages / name);
    if (!value.empty()) description.facts[std::string("transparent_hugepage_") + name] = value;
  }
}

}  // namespace

BackendDescription DescribeTorch(at::Device device) {
  BackendDescription description{.software = "libtorch " TORCH_VERSION,
                                 .device = device.str(),
                                 .hardware = HardwareName(device),
                                 .threads = at::get_num_threads()};
  const Blas blas = FindBlas();
  if (!blas.name.empty()) description.software += ", " + blas.name;
  if (!blas.problem.empty()) {
    description.warnings.push_back("matrix products are done by " + blas.name + ", which " +
                                   blas.problem + "; on Debian: apt install libopenblas0-openmp");
  }
  const std::string onednn = ConfigLine("MKL-DNN v");
  if (at::hasMKLDNN()) description.software += ", oneDNN " + onednn.substr(0, onednn.find(' '));
  description.facts["blas"] = blas.name;
  description.facts["cpu_capability"] = ConfigLine("CPU capability usage:");
  description.facts["frontend"] = "C++, inference mode";
  if (device.is_cuda()) {
    const auto& hooks = at::detail::getCUDAHooks();
    description.facts["cuda_runtime"] = std::to_string(hooks.versionCUDART());
    if (hooks.compiledWithCuDNN()) {
      description.facts["cudnn"] = std::to_string(hooks.versionCuDNN());
    }
  }
  AddAllocator(description);
  return description;
}

}  // namespace joulecast
