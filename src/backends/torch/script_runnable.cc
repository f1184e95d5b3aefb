// SPDX-License-Identifier: Apache-2.0
#include <torch/csrc/jit/serialization/import.h>

#include "backends/torch/torch_runnable.h"

namespace joulecast {
namespace {

class ScriptRunnable : public TorchRunnable {
 public:
  ScriptRunnable(const ScriptFile& file, const TensorSource& source)
      : TorchRunnable(source.device()),
        name_(file.path.string()),
        module_(torch::jit::load(file.path.string(), source.device())) {
    module_.eval();
    for (const TensorInfo& input : file.inputs) {
      const DType dtype = input.dtype == DType::kUnknown ? DType::kF32 : input.dtype;
      inputs_.emplace_back(source.Make({.shape = input.shape}, dtype));
    }
  }

 private:
  Tensors Forward() override {
    Tensors tensors;
    Collect(module_.forward(inputs_), tensors);
    return tensors;
  }

  /// A model may return one tensor, or any nest of them.
  static void Collect(const c10::IValue& value, Tensors& tensors) {
    if (value.isTensor()) tensors.push_back(value.toTensor());
    if (value.isTuple()) {
      for (const auto& element : value.toTupleRef().elements()) Collect(element, tensors);
    }
    if (value.isList()) {
      for (const c10::IValue& element : value.toListRef()) Collect(element, tensors);
    }
    if (value.isGenericDict()) {
      for (const auto& entry : value.toGenericDict()) Collect(entry.value(), tensors);
    }
  }

  std::string Where() const override { return name_; }

  std::string name_;
  torch::jit::Module module_;
  std::vector<c10::IValue> inputs_;
};

}  // namespace

std::unique_ptr<Runnable> MakeRunnable(const ScriptFile& file, const TensorSource& source) {
  try {
    return std::make_unique<ScriptRunnable>(file, source);
  } catch (const c10::Error& error) {
    const Error told = TorchError(file.path.string() + ": cannot load it as TorchScript", error);
    throw Error(
        ErrorKind::kInput,
        std::string(told.what()) + "; save one with torch.jit.trace(model, example).save(FILE)");
  }
}

}  // namespace joulecast
