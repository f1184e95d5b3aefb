// SPDX-License-Identifier: Apache-2.0
// The networks as torchvision 0.14 builds them (torchvision/models/alexnet.py, vgg.py). Each
// convolution, and each but the last linear layer, is followed by an in-place ReLU.
#include "dataset/formats/getzner2023_nets.h"

#include <fmt/format.h>

#include <map>
#include <utility>

namespace joulecast {
namespace {

struct Window {
  std::int64_t kernel;
  std::int64_t stride;
  std::int64_t padding;
};

/// Appends leaves while following the shape of the activations.
class NetBuilder {
 public:
  explicit NetBuilder(std::int64_t batch) : batch_(batch) {}

  void ConvRelu(std::int64_t out, Window window) {
    const std::int64_t size = SizeAfter(window);
    const std::int64_t outputs = batch_ * out * size * size;
    Add("Conv2d",
        fmt::format("conv2d batch={} in={} out={} image={}x{} kernel={}x{} stride={} padding={}",
                    batch_, channels_, out, size_, size_, window.kernel, window.kernel,
                    window.stride, window.padding),
        outputs * (window.kernel * window.kernel * channels_ + 1));
    channels_ = out;
    size_ = size;
    Relu();
  }

  void MaxPool(Window window) {
    const std::int64_t size = SizeAfter(window);
    const std::int64_t taps = window.kernel * window.kernel * size * size * channels_ * batch_;
    Add("MaxPool2d",
        fmt::format("maxpool2d batch={} channels={} image={}x{} kernel={}x{} stride={} padding={}",
                    batch_, channels_, size_, size_, window.kernel, window.kernel, window.stride,
                    window.padding),
        taps / 2);
    size_ = size;
  }

  /// Both families pool to the size that they already have at 224x224.
  void AdaptivePool() {
    Add("AdaptiveAvgPool2d",
        fmt::format("adaptiveavgpool2d batch={} channels={} image={}x{} output={}x{}", batch_,
                    channels_, size_, size_, size_, size_),
        batch_ * Elements());
  }

  void Dropout() {
    Add("Dropout", fmt::format("dropout batch={} elements={}", batch_, Elements()), 0);
  }

  void Linear(std::int64_t out) {
    Add("Linear", fmt::format("linear batch={} in={} out={}", batch_, Elements(), out),
        batch_ * out * (Elements() + 1));
    channels_ = out;
    size_ = 1;
  }

  void Relu() {
    Add("ReLU", fmt::format("relu batch={} elements={} inplace=1", batch_, Elements()),
        batch_ * Elements());
  }

  std::vector<GetznerLeaf> Take() { return std::move(leaves_); }

 private:
  std::int64_t SizeAfter(Window window) const {
    return (size_ + 2 * window.padding - window.kernel) / window.stride + 1;
  }
  std::int64_t Elements() const { return channels_ * size_ * size_; }
  void Add(std::string module, std::string spec, std::int64_t macs) {
    leaves_.push_back({std::move(module), std::move(spec), macs});
  }

  std::int64_t batch_;
  std::int64_t channels_ = 3;
  std::int64_t size_ = 224;  ///< height and width
  std::vector<GetznerLeaf> leaves_;
};

std::vector<GetznerLeaf> AlexNet(std::int64_t batch) {
  NetBuilder net(batch);
  net.ConvRelu(64, {11, 4, 2});
  net.MaxPool({3, 2, 0});
  net.ConvRelu(192, {5, 1, 2});
  net.MaxPool({3, 2, 0});
  net.ConvRelu(384, {3, 1, 1});
  net.ConvRelu(256, {3, 1, 1});
  net.ConvRelu(256, {3, 1, 1});
  net.MaxPool({3, 2, 0});
  net.AdaptivePool();
  for (int hidden = 0; hidden < 2; ++hidden) {
    net.Dropout();
    net.Linear(4096);
    net.Relu();
  }
  net.Linear(1000);
  return net.Take();
}

/// Convolutions in each of the five stages, which have these channels.
std::vector<GetznerLeaf> Vgg(std::int64_t batch, const std::vector<int>& depths) {
  constexpr std::int64_t kChannels[] = {64, 128, 256, 512, 512};
  NetBuilder net(batch);
  for (std::size_t stage = 0; stage < depths.size(); ++stage) {
    for (int i = 0; i < depths[stage]; ++i) net.ConvRelu(kChannels[stage], {3, 1, 1});
    net.MaxPool({2, 2, 0});
  }
  net.AdaptivePool();
  for (int hidden = 0; hidden < 2; ++hidden) {
    net.Linear(4096);
    net.Relu();
    net.Dropout();
  }
  net.Linear(1000);
  return net.Take();
}

}  // namespace

std::vector<GetznerLeaf> GetznerLeaves(const std::string& architecture, std::int64_t batch) {
  static const std::map<std::string, std::vector<int>> kVgg = {{"vgg11", {1, 1, 2, 2, 2}},
                                                               {"vgg13", {2, 2, 2, 2, 2}},
                                                               {"vgg16", {2, 2, 3, 3, 3}},
                                                               {"vgg19", {2, 2, 4, 4, 4}}};
  if (architecture == "alexnet") return AlexNet(batch);
  const auto vgg = kVgg.find(architecture);
  return vgg == kVgg.end() ? std::vector<GetznerLeaf>() : Vgg(batch, vgg->second);
}

}  // namespace joulecast
