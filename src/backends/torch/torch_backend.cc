// SPDX-License-Identifier: Apache-2.0
#include "backends/torch/torch_backend.h"

#include <ATen/Parallel.h>
#include <c10/core/InferenceMode.h>

#include <thread>

#include "backends/schedule.h"
#include "backends/torch/describe.h"
#include "backends/torch/device.h"
#include "backends/torch/memory_state.h"
#include "backends/torch/torch_runnable.h"
#include "base/checked.h"

namespace joulecast {
namespace {

int SetThreads(const std::optional<int>& wanted) {
  if (wanted && *wanted < 1) {
    throw Error(ErrorKind::kUsage,
                std::to_string(*wanted) + " threads are not possible; take at least 1");
  }
  at::set_num_threads(wanted.value_or(static_cast<int>(std::thread::hardware_concurrency())));
  return at::get_num_threads();
}

std::int64_t ScratchBytes(const LayerSpec& spec) {
  const Twin& twin = TwinOf(spec.type());
  return twin.scratch_bytes == nullptr ? 0 : twin.scratch_bytes(spec);
}

struct NeedMemory {
  std::int64_t operator()(const LayerSpec& spec) const {
    const LayerSpec forward = spec.Forward();
    TwinOf(spec.type()).operands(forward);  // throws if there are none
    ScalarTypeOf(TypeOf(spec));
    const std::int64_t scratch = ScratchBytes(forward);
    const std::int64_t bytes = PeakBytes(forward, scratch);
    if (spec.type().pass == LayerPass::kForward) {
      const std::int64_t weights = HeldWeightBytes(spec);
      const std::int64_t results = ResultBytes(spec);
      return CheckedSum({bytes, CheckedProduct({WeightSets(weights) - 1, weights}),
                         CheckedProduct({ResultSets(results) - 1, results})});
    }
    // All tensors of the forward pass stay; the result's gradient and those computed come on top.
    const Work work = spec.CountWork();
    return CheckedSum({bytes, forward.CountWork().output_bytes, work.output_bytes,
                       work.weight_bytes, CheckedProduct({2, scratch})});
  }
  std::int64_t operator()(const Net& net) const { return PeakBytes(net, ScratchBytes); }
  std::int64_t operator()(const ScriptFile& file) const {
    std::error_code failure;
    std::int64_t bytes =
        static_cast<std::int64_t>(std::filesystem::file_size(file.path, failure));  // its weights
    if (failure) {
      throw Error(ErrorKind::kInput, file.path.string() + ": cannot read it: " + failure.message());
    }
    for (const TensorInfo& input : file.inputs) {
      const std::int64_t bits = std::max(8, Bits(input.dtype));
      bytes = CheckedSum({bytes, CheckedProduct({ElementCount(input.shape), bits}) / 8});
    }
    return bytes;
  }
};

class TorchBackend : public Backend {
 public:
  explicit TorchBackend(const TorchSettings& settings)
      : device_(OpenDevice(settings.device)), seed_(settings.seed), fusion_(settings.fusion) {
    if (fusion_ == Fusion::kConvBnRelu) {
      throw Error(ErrorKind::kUsage,
                  "torch: eager PyTorch has no convolution that does its relu: none or conv-bn");
    }
    SetThreads(settings.threads);
    SettleAllocator();
    description_ = DescribeTorch(device_);
    if (fusion_ != Fusion::kNone) description_.facts["fusion"] = Name(fusion_);
  }

  const BackendDescription& description() const override { return description_; }

  std::int64_t MemoryNeeded(const Subject& subject) const override {
    return std::visit(NeedMemory(), AsRun(subject));
  }

  std::optional<std::int64_t> FreeMemory() const override { return FreeDeviceMemory(device_); }

  std::unique_ptr<Runnable> Load(const Subject& subject) const override {
    MemoryNeeded(subject);  // throws its own kind of error
    if (const auto obstacle = Obstacle(*this, subject)) {
      throw Error(ErrorKind::kDevice, *obstacle);
    }
    const auto* spec = std::get_if<LayerSpec>(&subject);
    const c10::InferenceMode guard(spec == nullptr || spec->type().pass == LayerPass::kForward);
    try {
      const TensorSource source(device_, seed_);
      return std::visit([&](const auto& what) { return MakeRunnable(what, source); },
                        AsRun(subject));
    } catch (const c10::Error& error) {
      throw TorchError(ToString(subject), error);
    }
  }

 private:
  Subject AsRun(Subject subject) const {
    if (auto* net = std::get_if<Net>(&subject)) Fuse(net->model, fusion_);
    return subject;
  }

  at::Device device_;
  std::uint64_t seed_;
  Fusion fusion_;
  BackendDescription description_;
};

}  // namespace

std::unique_ptr<Backend> OpenTorchBackend(const TorchSettings& settings) {
  return std::make_unique<TorchBackend>(settings);
}

}  // namespace joulecast
