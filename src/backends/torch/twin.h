// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string_view>
#include <vector>

#include "backends/torch/tensors.h"
#include "layers/node_view.h"

namespace joulecast {

using Tensors = std::vector<at::Tensor>;

/// One call of a layer: its computed operands in, its results out.
using Step = std::function<Tensors(std::span<const at::Tensor>)>;

/// Where a layer runs: alone, or at a node of a net, where its tensors have their real shapes
/// (a spec counts elements where only their number matters).
struct Site {
  const TensorSource& source;
  Shape output_shape;              ///< of the first result
  const NodeView* node = nullptr;  ///< null if the layer runs alone; valid while the step is made
};

/// How a layer type runs in PyTorch. `src/layers/NAME_torch.cc` defines `kNameTwin` for the
/// catalogue's `kName`; there is no other list.
struct Twin {
  /// Computed operands of a layer alone; weights are not among them. Throws Error{kInput} if no
  /// operands fit the spec, or PyTorch has no such operation.
  std::vector<Operand> (*operands)(const LayerSpec&) = nullptr;

  /// Makes weights, once. In a net the step gets the node's computed inputs, in their order.
  Step (*make)(const LayerSpec&, const Site&) = nullptr;

  /// The same of a forward pass in training, where it differs; null: it does not.
  Step (*make_for_training)(const LayerSpec&, const Site&) = nullptr;

  /// Bytes that a call takes besides operands, weights and results; null: none.
  std::int64_t (*scratch_bytes)(const LayerSpec&) = nullptr;

  /// Why this type cannot run; empty if it can, and then both functions above are there.
  std::string_view why_not = {};
};

/// The type's twin, null if it has no file.
const Twin* FindTwin(const LayerType& type);

/// The twin of a type that can run, the same for all its passes; throws Error{kInput} with the
/// reason if it cannot.
const Twin& TwinOf(const LayerType& type);

DType TypeOf(const LayerSpec& spec);

/// Inputs of a node that are stored with the model, with their numbers if those are known, else
/// made up once. A layer alone has none: its operands are all computed.
class StoredInputs {
 public:
  StoredInputs(const LayerSpec& spec, const Site& site);

  /// All inputs of the node by their place; undefined where one is absent.
  Tensors AmongThem(std::span<const at::Tensor> computed) const;

 private:
  Tensors stored_;              ///< by their place; undefined where there is none
  std::vector<bool> computed_;  ///< by place
};

/// `x` under another shape of as many elements; the same tensor if it has that shape.
at::Tensor Seen(const at::Tensor& x, const Shape& shape);

}  // namespace joulecast
