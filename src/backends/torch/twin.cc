// SPDX-License-Identifier: Apache-2.0
#include "backends/torch/twin.h"

#include <string>

#include "joulecast/error.h"
#include "layers/catalog.h"

namespace joulecast {

// Weak: where a type's file is missing, so is only that type's twin.
#define JOULECAST_LAYER(type) [[gnu::weak]] extern const Twin type##Twin;
#include "layers/catalog.inc"
#undef JOULECAST_LAYER

const Twin* FindTwin(const LayerType& type) {
#define JOULECAST_LAYER(name) \
  if (&type == &name) return &name##Twin;
#include "layers/catalog.inc"
#undef JOULECAST_LAYER
  return nullptr;
}

const Twin& TwinOf(const LayerType& type) {
  if (type.forward != nullptr) return TwinOf(*type.forward);
  const Twin* twin = FindTwin(type);
  const std::string name(type.name);
  if (twin == nullptr) {
    throw Error(ErrorKind::kInput, "torch: cannot run " + name + ": there is no src/layers/" +
                                       name + "_torch.cc; estimate it, or leave it out");
  }
  if (!twin->why_not.empty()) {
    throw Error(ErrorKind::kInput, "torch: cannot run " + name + ": " + std::string(twin->why_not));
  }
  return *twin;
}

DType TypeOf(const LayerSpec& spec) { return static_cast<DType>(spec[DTypeSlot(spec.type())]); }

namespace {

/// Not all constants that are known are kept number by number.
bool HasAllNumbers(const TensorInfo& tensor) {
  if (!tensor.constant) return false;
  const std::size_t known = tensor.constant->ints.size() + tensor.constant->floats.size();
  return known == static_cast<std::size_t>(ElementCount(tensor.shape));
}

}  // namespace

StoredInputs::StoredInputs(const LayerSpec& spec, const Site& site) {
  if (site.node == nullptr) return;
  for (std::size_t i = 0; i < site.node->input_count(); ++i) {
    computed_.push_back(site.node->HasInput(i) && !site.node->Input(i).is_constant);
    stored_.emplace_back();
    if (computed_[i] || !site.node->HasInput(i)) continue;
    const TensorInfo& input = site.node->Input(i);
    const DType dtype = input.dtype == DType::kUnknown ? TypeOf(spec) : input.dtype;
    stored_[i] = HasAllNumbers(input) ? site.source.Known(*input.constant, input.shape, dtype)
                                      : site.source.Make({.shape = input.shape}, dtype);
  }
}

Tensors StoredInputs::AmongThem(std::span<const at::Tensor> computed) const {
  if (stored_.empty()) return {computed.begin(), computed.end()};
  Tensors all = stored_;
  auto next = computed.begin();
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (computed_[i]) all[i] = *next++;
  }
  return all;
}

at::Tensor Seen(const at::Tensor& x, const Shape& shape) {
  return x.sizes() == at::IntArrayRef(shape) ? x : x.reshape(shape);
}

}  // namespace joulecast
