// SPDX-License-Identifier: Apache-2.0
// What every layer type's runnable twin promises.
#include "backends/torch/twin.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <torch/csrc/autograd/autograd.h>

#include <algorithm>

#include "joulecast/error.h"
#include "layers/catalog.h"
#include "layers/norm.h"
#include "layers/test_specs.h"

namespace joulecast {
namespace {

constexpr DType kFloat[] = {DType::kF32};

class TwinTest : public testing::TestWithParam<const LayerType*> {
 protected:
  const LayerType& type() const { return *GetParam(); }

  void SetUp() override {
    const Twin* twin = FindTwin(type());
    if (twin == nullptr) GTEST_SKIP() << "no twin: see EveryTypeHasOneOrSaysWhy";
    if (!twin->why_not.empty()) GTEST_SKIP() << twin->why_not;
  }

  bool HasParam(std::string_view name) const {
    return std::ranges::any_of(type().params,
                               [&](const Param& param) { return param.name == name; });
  }

  Tensors Operands(const LayerSpec& spec) const {
    Tensors operands;
    for (const Operand& operand : TwinOf(type()).operands(spec)) {
      operands.push_back(source_.Make(operand, TypeOf(spec)));
    }
    return operands;
  }

  Tensors Run(const LayerSpec& spec, const Tensors& operands) const {
    const Site site{.source = source_, .output_shape = spec.OutputShape()};
    return TwinOf(type()).make(spec, site)(operands);
  }

  /// Calls `check` with that many random specifications that the twin has operands for.
  void ForRandomSpecs(int wanted, const std::function<void(const LayerSpec&)>& check) const {
    std::mt19937 random(11);
    int found = 0;
    for (int i = 0; i < 100 * wanted && found < wanted; ++i) {
      auto spec = RandomSpec(type(), random, kFloat);
      if (spec && HasParam("bits")) spec->Set(spec->SlotOf("bits"), 8);  // what PyTorch has
      if (!spec || Refuses(*spec)) continue;
      ++found;
      check(*spec);
    }
    EXPECT_EQ(found, wanted) << "the twin refuses nearly everything";
  }

 private:
  bool Refuses(const LayerSpec& spec) const {
    try {
      TwinOf(type()).operands(spec);
      return false;
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), ErrorKind::kInput);
      EXPECT_THAT(error.what(), testing::HasSubstr(spec.ToString()));
      return true;
    }
  }

  TensorSource source_{at::kCPU, 3};
};

TEST(TwinCatalogTest, EveryTypeHasOneOrSaysWhy) {
  for (const LayerType* type : LayerCatalog()) {
    const Twin* twin = FindTwin(*type);
    if (twin == nullptr) {
      ADD_FAILURE() << "write src/layers/" << type->name << "_torch.cc";
    } else {
      EXPECT_EQ(twin->operands == nullptr, !twin->why_not.empty()) << type->name;
      EXPECT_EQ(twin->make == nullptr, !twin->why_not.empty()) << type->name;
    }
  }
}

TEST(TwinCatalogTest, WhatHasNoneIsRefusedByName) {
  const LayerType unlisted = {.name = "fancy"};
  try {
    TwinOf(unlisted);
    FAIL() << "it should refuse";
  } catch (const Error& error) {
    EXPECT_STREQ(error.what(),
                 "torch: cannot run fancy: there is no src/layers/fancy_torch.cc; estimate it, or "
                 "leave it out");
  }
}

TEST_P(TwinTest, GivesTheShapeOfTheCatalogue) {
  ForRandomSpecs(60, [&](const LayerSpec& spec) {
    const Tensors results = Run(spec, Operands(spec));
    ASSERT_FALSE(results.empty()) << spec.ToString();
    ASSERT_EQ(ShapeOf(results[0]), spec.OutputShape()) << spec.ToString();
    if (results[0].scalar_type() != at::kFloat) {  // truth values, integers of few bits
      ASSERT_EQ(results[0].nbytes(), spec.CountWork().output_bytes) << spec.ToString();
    }
  });
}

TEST_P(TwinTest, RunsItsExampleOnOperandsOfTheBytesCounted) {
  const LayerSpec spec = LayerSpec::Parse(type().example);
  std::int64_t bytes = 0;
  for (const Operand& operand : TwinOf(type()).operands(spec)) {
    const DType dtype = operand.dtype.value_or(TypeOf(spec));
    bytes += ElementCount(operand.shape) * Bits(dtype) / 8;
  }
  LayerSpec once = spec;  // of several copies, all but the first read what was not given
  if (HasParam("copies")) once.Set(once.SlotOf("copies"), 1);
  const Work work = once.CountWork();
  if (!type().is_free) {
    EXPECT_EQ(bytes, work.input_bytes) << spec.ToString();
  }
  EXPECT_EQ(ShapeOf(Run(spec, Operands(spec))[0]), spec.OutputShape());
}

TEST_P(TwinTest, OverwritesItsOperandOnlyInPlace) {
  if (!HasParam("inplace")) return;
  ForRandomSpecs(40, [&](const LayerSpec& spec) {
    const Tensors operands = Operands(spec);
    if (type().params[0].name == "out" && operands.size() < 2) return;  // a sum of one is itself
    const Tensors results = Run(spec, operands);
    const bool same = results[0].data_ptr() == operands[0].data_ptr();
    ASSERT_EQ(same, spec.Get("inplace") != 0) << spec.ToString();
  });
}

/// What a type runs in training.
Step TrainingStepOf(const LayerSpec& forward, const TensorSource& source) {
  const Twin& twin = TwinOf(forward.type());
  const auto make = twin.make_for_training != nullptr ? twin.make_for_training : twin.make;
  return make(forward, {.source = source, .output_shape = forward.OutputShape()});
}

struct ByteRange {
  std::int64_t least;
  std::int64_t most;
};

/// Gradients of weights. Which experts a router's tokens meet is chance, and the count its mean:
/// at least those of one token, at most one for each row.
ByteRange GradientsOfWeights(const LayerSpec& forward) {
  const std::int64_t all = BytesOf(forward.CountWork().params, forward[DTypeSlot(forward.type())]);
  if (&forward.type() != &kExpertLinear) return {all, all};
  const std::int64_t active = forward.Get("active");
  const std::int64_t experts = forward.Get("experts");
  const std::int64_t matrix = all / experts;
  return {active * matrix, std::min(experts, forward.Get("tokens") * active) * matrix};
}

/// What PyTorch has of the type, and trains in one call.
LayerSpec Trainable(LayerSpec forward) {
  const auto set = [&](std::string_view name, std::int64_t value) {
    forward.Set(forward.SlotOf(name), value);
  };
  if (&forward.type() == &kAttention) {
    set("stored", 0);                                 // a cache is not for training
    if (forward.Get("project") == 0) set("bias", 0);  // PyTorch has one in projections only
  }
  if (&forward.type() == &kWindows) set("copies", 1);  // others hand on what nobody asked for
  if (forward.type().work == CountNorm) {  // stored elements: none, a scale, or a shift as well
    const bool per_row = &forward.type() == &kGroupNorm || &forward.type() == &kInstanceNorm;
    const std::int64_t most = &forward.type() == &kRmsNorm ? 1 : 2;
    set("weights",
        std::min(forward[kNormWeights], most) * forward[per_row ? kNormRows : kNormLength]);
  }
  return forward;
}

TEST_P(TwinTest, ItsGradientsAreThoseThatAreCounted) {
  const LayerType* backward = TypeOfPass(type(), LayerPass::kBackward);
  if (backward == nullptr) return;
  int found = 0;
  ForRandomSpecs(40, [&](const LayerSpec& random) {
    const LayerSpec spec = *Trainable(random).InPass(LayerPass::kBackward);
    const LayerSpec forward = spec.Forward();
    const TensorSource source(at::kCPU, 3);
    Tensors wanted;
    Tensors operands;
    for (const Operand& operand : TwinOf(type()).operands(forward)) {
      operands.push_back(
          (operand.gets_gradient ? source.Noting(wanted) : source).Make(operand, TypeOf(spec)));
    }
    const at::Tensor result = TrainingStepOf(forward, source.Noting(wanted))(operands)[0];
    if (!result.requires_grad()) return;  // what this kind computes are places or truth values
    ++found;
    const at::Tensor gradient = source.Make({.shape = ShapeOf(result)}, TypeOf(spec));
    const Tensors gradients = torch::autograd::grad({result}, wanted, {gradient}, {}, false,
                                                    /*allow_unused=*/true);
    ASSERT_EQ(gradients.size(), wanted.size());
    std::int64_t written = 0;
    std::int64_t handed_on = 0;  // the result's gradient, seen differently: may count as written
    for (std::size_t i = 0; i < gradients.size(); ++i) {
      if (!gradients[i].defined()) continue;
      ASSERT_EQ(ShapeOf(gradients[i]), ShapeOf(wanted[i])) << spec.ToString();
      const auto bytes = static_cast<std::int64_t>(gradients[i].nbytes());
      (gradients[i].is_alias_of(gradient) ? handed_on : written) += bytes;
    }
    const ByteRange weights = GradientsOfWeights(forward);
    const std::int64_t counted = spec.CountWork().output_bytes;
    ASSERT_LE(written, counted + weights.most) << spec.ToString();
    ASSERT_GE(written + handed_on, counted + weights.least) << spec.ToString();
  });
  EXPECT_GT(found, 10);
}

INSTANTIATE_TEST_SUITE_P(Catalog, TwinTest,
                         testing::ValuesIn(LayerCatalog().begin(), LayerCatalog().end()),
                         [](const auto& line) { return std::string(line.param->name); });

}  // namespace
}  // namespace joulecast
