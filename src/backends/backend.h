// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "joulecast/layer.h"

namespace joulecast {

/// A whole model with every shape known, run layer by layer in the order of its nodes.
struct Net {
  /// Throws what `Resolve` throws.
  explicit Net(Graph net_graph, const InputBinding& binding = {});

  Graph graph;
  LayeredModel model;
};

/// A TorchScript file, and the tensors that its `forward` takes.
struct ScriptFile {
  std::filesystem::path path;
  std::vector<TensorInfo> inputs;
};

/// What can run: a layer alone, a model, a file.
using Workload = std::variant<LayerSpec, Net, ScriptFile>;

/// "conv2d batch=8 ...", "resnet18 batch=8", "net.pt 8x3x224x224": for messages.
std::string ToString(const Workload& workload);

/// What measurements of one backend rest on: recorded beside each of them.
struct BackendDescription {
  std::string software;  ///< "libtorch 1.13.1, OpenBLAS 0.3.21 openmp, oneDNN 2.6.3"
  std::string device;    ///< "cpu", "cuda:0"
  std::string hardware;  ///< "NVIDIA H200"; the processor's model name for the CPU
  int threads = 1;       ///< that compute on the CPU
  /// Anything else that changes what a layer costs. Names are written to disk: never rename.
  std::map<std::string, std::string> facts;
  /// What makes this installation unfit for measuring, and what to do about it.
  std::vector<std::string> warnings;
};

/// A workload with its weights and inputs in place. One runs at a time, and on one thread: the
/// backend's own threads do the work.
class Runnable {
 public:
  virtual ~Runnable() = default;

  /// One forward pass, as an eager framework makes it: activations go when nobody reads them any
  /// more. Returns when the work is queued. Throws Error{kDevice} if the device cannot do it.
  virtual void Run() = 0;
  /// Returns when everything queued is done. Throws Error{kDevice} if it failed.
  virtual void Synchronize() = 0;

  /// Of the last pass; empty before the first.
  virtual const std::vector<Shape>& output_shapes() const = 0;
};

/// Something that runs layers and models. It knows nothing of energy.
class Backend {
 public:
  virtual ~Backend() = default;

  virtual const BackendDescription& description() const = 0;

  /// Bytes on the device that loading and running hold at most, from shapes alone: weights, live
  /// activations, scratch; not what an allocator keeps of what was freed. Of a TorchScript file at
  /// least: what it allocates is its secret. Throws Error{kInput} if the workload cannot run here
  /// at all, saying why.
  virtual std::int64_t MemoryNeeded(const Workload& workload) const = 0;
  /// Bytes that the device can still give, nullopt where that cannot be known.
  virtual std::optional<std::int64_t> FreeMemory() const = 0;

  /// Makes weights and inputs of random numbers. Throws Error{kInput} as MemoryNeeded does, and
  /// Error{kDevice} if the workload does not fit into the free memory.
  virtual std::unique_ptr<Runnable> Load(const Workload& workload) const = 0;
};

/// Why the workload cannot be loaded now, as a row of a dataset records it; nullopt if it can.
std::optional<std::string> Obstacle(const Backend& backend, const Workload& workload);

}  // namespace joulecast
