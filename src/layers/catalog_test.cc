// SPDX-License-Identifier: Apache-2.0
// What every line of the catalogue promises.
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "joulecast/error.h"
#include "joulecast/layer.h"
#include "layers/test_specs.h"

namespace joulecast {
namespace {

class LayerTypeTest : public testing::TestWithParam<const LayerType*> {
 protected:
  const LayerType& type() const { return *GetParam(); }
};

std::vector<std::int64_t> Counts(const Work& work) {
  return {work.macs,        work.bias_adds,    work.params,
          work.input_bytes, work.output_bytes, work.weight_bytes};
}

TEST_P(LayerTypeTest, IsComplete) {
  EXPECT_FALSE(type().name.empty());
  for (const char c : type().name) EXPECT_TRUE((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'));
  EXPECT_EQ(FindLayerType(type().name), &type()) << "another type has the same name";
  EXPECT_FALSE(type().summary.empty());
  EXPECT_FALSE(type().ops.empty());
  EXPECT_NE(type().output_shape, nullptr);
  EXPECT_NE(type().work, nullptr);
  EXPECT_NE(type().lower, nullptr);
  EXPECT_EQ(type().terms.empty(), type().amounts == nullptr);
  EXPECT_LE(type().terms.size(), kMaxTerms);
}

TEST_P(LayerTypeTest, HasFewParametersOfDistinctNames) {
  std::size_t slots = 0;
  std::set<std::string_view> names;
  for (const Param& param : type().params) {
    slots += Slots(param.kind);
    EXPECT_TRUE(names.insert(param.name).second) << param.name;
    EXPECT_TRUE(param.shown || param.default_value) << param.name << " is hidden without default";
  }
  EXPECT_LE(slots, kMaxSlots);
  EXPECT_TRUE(names.contains("dtype"));
}

TEST_P(LayerTypeTest, ItsExampleIsOneOfItself) {
  const LayerSpec spec = LayerSpec::Parse(type().example);
  EXPECT_EQ(&spec.type(), &type());
  EXPECT_EQ(LayerSpec::Parse(spec.ToString()), spec);
  EXPECT_GT(ElementCount(spec.OutputShape()), 0);
  if (type().is_free) {
    EXPECT_EQ(spec.CountWork().bytes(), 0);
  } else {
    EXPECT_GT(spec.CountWork().bytes(), 0);
  }
}

TEST_P(LayerTypeTest, WorksMoreForALargerBatch) {
  if (!HasParam(type(), "batch")) return;  // counted in elements: they hold the batch
  LayerSpec spec = LayerSpec::Parse(type().example);
  const auto before = Counts(spec.CountWork());
  spec.Set(spec.SlotOf("batch"), 2 * spec.Get("batch"));
  const Work after = spec.CountWork();
  for (std::size_t i = 0; i < before.size(); ++i) EXPECT_GE(Counts(after)[i], before[i]);
  EXPECT_EQ(after.output_bytes, 2 * before[4]);
}

constexpr DType kTypes[] = {DType::kF32, DType::kF16, DType::kI8, DType::kI4};

TEST_P(LayerTypeTest, AnyValidSpecificationSurvivesItsText) {
  std::mt19937 random(7);
  int valid = 0;
  for (int i = 0; i < 8000; ++i) {
    const auto spec = RandomSpec(type(), random, kTypes);
    if (!spec) continue;
    ++valid;
    const std::string text = spec->ToString();
    ASSERT_EQ(LayerSpec::Parse(text), *spec) << text;
    ASSERT_EQ(LayerSpec::Parse(text).ToString(), text);
    const std::int64_t smallest = type().is_free ? 0 : 1;  // a view may show nothing
    for (const std::int64_t extent : spec->OutputShape()) ASSERT_GE(extent, smallest) << text;
    for (const std::int64_t count : Counts(spec->CountWork())) ASSERT_GE(count, 0) << text;
  }
  EXPECT_GT(valid, 100);
}

TEST_P(LayerTypeTest, ItsRelativeIsValidAndDoesTheSameProducts) {
  if (type().relative == nullptr) return;
  std::mt19937 random(11);
  int related = 0;
  for (int i = 0; i < 8000; ++i) {
    const auto spec = RandomSpec(type(), random, kTypes);
    const auto relative = spec ? type().relative(*spec) : std::nullopt;
    if (!relative) continue;
    ++related;
    ASSERT_NO_THROW(relative->Validate()) << spec->ToString() << " -> " << relative->ToString();
    ASSERT_NE(&relative->type(), &type());
    ASSERT_FALSE(relative->type().terms.empty()) << "nobody can measure it";
    ASSERT_EQ(relative->CountWork().macs, spec->CountWork().macs) << spec->ToString();
  }
  EXPECT_GT(related, 10);
}

INSTANTIATE_TEST_SUITE_P(Catalog, LayerTypeTest,
                         testing::ValuesIn(LayerCatalog().begin(), LayerCatalog().end()),
                         [](const auto& line) { return std::string(line.param->name); });

}  // namespace
}  // namespace joulecast
