// SPDX-License-Identifier: Apache-2.0
// Inception v3 as in torchvision: C. Szegedy et al., arXiv 1512.00567. Wide filters are taken
// apart: 7x7 into 1x7 and 7x1. Its auxiliary classifier has weights that only training uses.
#include "formats/zoo/builder.h"

namespace joulecast {
namespace {

/// One of a chain of convolutions: its name within the module, results, shape.
struct Step {
  const char* name;
  std::int64_t out;
  ConvOptions options = {};
};

constexpr ConvOptions k3x3 = {.kernel = 3, .padding = 1};
constexpr ConvOptions k3x3Halving = {.kernel = 3, .stride = 2};
constexpr ConvOptions k5x5 = {.kernel = 5, .padding = 2};
constexpr ConvOptions k1x7 = {.kernel = {1, 7}, .padding = {0, 3}};
constexpr ConvOptions k7x1 = {.kernel = {7, 1}, .padding = {3, 0}};
constexpr ConvOptions k1x3 = {.kernel = {1, 3}, .padding = {0, 1}};
constexpr ConvOptions k3x1 = {.kernel = {3, 1}, .padding = {1, 0}};

/// A module being built: its path, what it reads, and that one's channels.
struct Inception {
  ZooBuilder& net;
  std::string path;
  ValueId input;
  std::int64_t in;

  ValueId Chain(ValueId x, std::int64_t channels, const std::vector<Step>& steps) const {
    for (const auto& [name, out, given] : steps) {
      ConvOptions options = given;
      options.bias = false;
      x = net.Conv(path + name + ".conv", x, channels, out, options);
      x = net.BatchNorm(path + name + ".bn", x, out);
      x = net.Relu(path + name + ".relu", x, true);
      channels = out;
    }
    return x;
  }

  ValueId Branch(const std::vector<Step>& steps) const { return Chain(input, in, steps); }

  ValueId PooledBranch(std::int64_t out) const {
    const ValueId x =
        net.AvgPool(path + "avg_pool2d", input, {.kernel = 3, .stride = 1, .padding = 1});
    return Chain(x, in, {{"branch_pool", out}});
  }

  ValueId HalvedInput() const {
    return net.MaxPool(path + "max_pool2d", input, {.kernel = 3, .stride = 2});
  }

  ValueId Join(std::vector<ValueId> branches) const {
    return net.Concat(path + "cat", std::move(branches));
  }
};

ValueId ModuleA(const Inception& module, std::int64_t pooled) {
  return module.Join(
      {module.Branch({{"branch1x1", 64}}),
       module.Branch({{"branch5x5_1", 48}, {"branch5x5_2", 64, k5x5}}),
       module.Branch(
           {{"branch3x3dbl_1", 64}, {"branch3x3dbl_2", 96, k3x3}, {"branch3x3dbl_3", 96, k3x3}}),
       module.PooledBranch(pooled)});
}

ValueId ModuleB(const Inception& module) {
  return module.Join({module.Branch({{"branch3x3", 384, k3x3Halving}}),
                      module.Branch({{"branch3x3dbl_1", 64},
                                     {"branch3x3dbl_2", 96, k3x3},
                                     {"branch3x3dbl_3", 96, k3x3Halving}}),
                      module.HalvedInput()});
}

ValueId ModuleC(const Inception& module, std::int64_t width) {
  return module.Join(
      {module.Branch({{"branch1x1", 192}}),
       module.Branch(
           {{"branch7x7_1", width}, {"branch7x7_2", width, k1x7}, {"branch7x7_3", 192, k7x1}}),
       module.Branch({{"branch7x7dbl_1", width},
                      {"branch7x7dbl_2", width, k7x1},
                      {"branch7x7dbl_3", width, k1x7},
                      {"branch7x7dbl_4", width, k7x1},
                      {"branch7x7dbl_5", 192, k1x7}}),
       module.PooledBranch(192)});
}

ValueId ModuleD(const Inception& module) {
  return module.Join({module.Branch({{"branch3x3_1", 192}, {"branch3x3_2", 320, k3x3Halving}}),
                      module.Branch({{"branch7x7x3_1", 192},
                                     {"branch7x7x3_2", 192, k1x7},
                                     {"branch7x7x3_3", 192, k7x1},
                                     {"branch7x7x3_4", 192, k3x3Halving}}),
                      module.HalvedInput()});
}

ValueId ModuleE(const Inception& module) {
  const ValueId narrow = module.Branch({{"branch3x3_1", 384}});
  const ValueId wide = module.Branch({{"branch3x3dbl_1", 448}, {"branch3x3dbl_2", 384, k3x3}});
  const auto fork = [&](const std::string& name, ValueId x) {
    const std::string a = name + "a";
    const std::string b = name + "b";
    return module.net.Concat(module.path + name + ".cat",
                             {module.Chain(x, 384, {{a.c_str(), 384, k1x3}}),
                              module.Chain(x, 384, {{b.c_str(), 384, k3x1}})});
  };
  return module.Join({module.Branch({{"branch1x1", 320}}), fork("branch3x3_2", narrow),
                      fork("branch3x3dbl_3", wide), module.PooledBranch(192)});
}

ValueId Stem(ZooBuilder& net) {
  const Inception stem = {net, "", net.input(), 3};
  ValueId x = stem.Branch({{"Conv2d_1a_3x3", 32, k3x3Halving},
                           {"Conv2d_2a_3x3", 32, {.kernel = 3}},
                           {"Conv2d_2b_3x3", 64, k3x3}});
  x = net.MaxPool("maxpool1", x, {.kernel = 3, .stride = 2});
  x = stem.Chain(x, 64, {{"Conv2d_3b_1x1", 80}, {"Conv2d_4a_3x3", 192, {.kernel = 3}}});
  return net.MaxPool("maxpool2", x, {.kernel = 3, .stride = 2});
}

void AuxiliaryClassifier(ZooBuilder& net) {
  const std::string path = "AuxLogits.";
  net.TrainingOnly(
      "AuxLogits",
      {net.Weight(path + "conv0.conv.weight", {128, 768, 1, 1}),
       net.Weight(path + "conv0.bn.weight", {128}), net.Weight(path + "conv0.bn.bias", {128}),
       net.Weight(path + "conv1.conv.weight", {768, 128, 5, 5}),
       net.Weight(path + "conv1.bn.weight", {768}), net.Weight(path + "conv1.bn.bias", {768}),
       net.Weight(path + "fc.weight", {1000, 768}), net.Weight(path + "fc.bias", {1000})});
}

}  // namespace

ValueId BuildInceptionV3(ZooBuilder& net) {
  ValueId x = Stem(net);
  x = ModuleA({net, "Mixed_5b.", x, 192}, 32);
  x = ModuleA({net, "Mixed_5c.", x, 256}, 64);
  x = ModuleA({net, "Mixed_5d.", x, 288}, 64);
  x = ModuleB({net, "Mixed_6a.", x, 288});
  x = ModuleC({net, "Mixed_6b.", x, 768}, 128);
  x = ModuleC({net, "Mixed_6c.", x, 768}, 160);
  x = ModuleC({net, "Mixed_6d.", x, 768}, 160);
  x = ModuleC({net, "Mixed_6e.", x, 768}, 192);
  AuxiliaryClassifier(net);
  x = ModuleD({net, "Mixed_7a.", x, 768});
  x = ModuleE({net, "Mixed_7b.", x, 1280});
  x = ModuleE({net, "Mixed_7c.", x, 2048});
  x = net.AdaptiveAvgPool("avgpool", x, 1, 1);
  x = net.Dropout("dropout", x);
  x = net.Flatten("flatten", x);
  return net.Linear("fc", x, 2048, 1000);
}

}  // namespace joulecast
