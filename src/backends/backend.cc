// SPDX-License-Identifier: Apache-2.0
#include "backends/backend.h"

#include <fmt/format.h>

#include <utility>

#include "joulecast/error.h"

namespace joulecast {
namespace {

/// What allocators keep of freed memory, and libraries for themselves.
constexpr std::int64_t kReserveBytes = 256 << 20;

struct Describe {
  std::string operator()(const LayerSpec& spec) const { return spec.ToString(); }
  std::string operator()(const Net& net) const {
    return fmt::format("{} batch={}", net.model.name, net.model.batch);
  }
  std::string operator()(const ScriptFile& file) const {
    std::string text = file.path.string();
    for (const TensorInfo& input : file.inputs) text += " " + ToString(input.shape);
    return text;
  }
};

}  // namespace

Net::Net(Graph net_graph, const InputBinding& binding)
    : graph(std::move(net_graph)), model(Resolve(graph, binding)) {}

std::string ToString(const Workload& workload) { return std::visit(Describe(), workload); }

std::optional<std::string> Obstacle(const Backend& backend, const Workload& workload) {
  try {
    const std::int64_t needed = backend.MemoryNeeded(workload);
    const auto free = backend.FreeMemory();
    if (!free || needed + kReserveBytes <= *free) return std::nullopt;
    return fmt::format(
        "{}: needs {:.2f} GB on {}, where {:.2f} GB are free and "
        "{:.2f} GB stay in reserve; take a smaller batch",
        ToString(workload), 1e-9 * static_cast<double>(needed), backend.description().device,
        1e-9 * static_cast<double>(*free), 1e-9 * kReserveBytes);
  } catch (const Error& error) {
    return error.what();
  }
}

}  // namespace joulecast
