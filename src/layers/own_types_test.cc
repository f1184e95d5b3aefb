// SPDX-License-Identifier: Apache-2.0
// Layer types of a program's own: read by name and from a graph, before those of the catalogue.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>

#include "joulecast/error.h"
#include "joulecast/node_view.h"
#include "layers/test_graph.h"

namespace joulecast {
namespace {

using testing::HasSubstr;

constexpr Param kParams[] = {
    {.name = "elements"},
    {.name = "dtype", .kind = ParamKind::kDType, .default_value = std::int64_t(DType::kF32)},
};
constexpr std::string_view kOps[] = {"com.example::Double", "Relu"};

Shape OutputShape(const LayerSpec& spec) { return {spec[0]}; }
Work CountWork(const LayerSpec& spec) { return {.input_bytes = 4 * spec[0]}; }

std::optional<Lowered> Lower(const NodeView& node);

const LayerType kDouble = {.name = "double",
                           .summary = "2 x",
                           .example = "double elements=3",
                           .params = kParams,
                           .ops = kOps,
                           .output_shape = OutputShape,
                           .work = CountWork,
                           .lower = Lower};
const std::array kOwn = {&kDouble};

std::optional<Lowered> Lower(const NodeView& node) {
  if (node.Input(0).shape.size() > 2) return std::nullopt;
  LayerSpec spec(kDouble);
  spec.Set(0, ElementCount(node.Input(0).shape)).Set(1, std::int64_t(DType::kF32));
  return LowerTo(node, spec, node.Input(0).shape);
}

std::string WhyNot(LayerType type) {
  try {
    CheckLayerType(type);
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kUsage);
    return error.what();
  }
  return "";
}

TEST(OwnLayerTypesTest, AreReadByName) {
  EXPECT_EQ(&LayerSpec::Parse("double elements=7", kOwn).type(), &kDouble);
  EXPECT_EQ(LayerSpec::Parse("relu batch=1 elements=7", kOwn).type().name, "relu");
  EXPECT_THROW(LayerSpec::Parse("double elements=7"), Error);
}

TEST(OwnLayerTypesTest, StandBeforeTheCatalogueAndFallBackToIt) {
  TestGraph flat;
  const Graph graph = flat.Finish(flat.Add("Relu", {flat.Input("x", {"batch", 5})}));
  EXPECT_EQ(&Resolve(graph, {.batch = 2}, kOwn).layers[0].spec->type(), &kDouble);
  EXPECT_EQ(Resolve(graph, {.batch = 2}, kOwn).layers[0].spec->Get("elements"), 10);
  EXPECT_EQ(Resolve(graph, {.batch = 2}).layers[0].spec->type().name, "relu");
  TestGraph deep;
  const Graph other = deep.Finish(deep.Add("Relu", {deep.Input("x", {"batch", 5, 5})}));
  EXPECT_EQ(Resolve(other, {.batch = 2}, kOwn).layers[0].spec->type().name, "relu");
}

TEST(OwnLayerTypesTest, AreHeldToTheContract) {
  EXPECT_EQ(WhyNot(kDouble), "");
  for (const LayerType* type : LayerCatalog()) EXPECT_EQ(WhyNot(*type), "") << type->name;
  const auto with = [](auto change) {
    LayerType type = kDouble;
    change(type);
    return WhyNot(type);
  };
  EXPECT_THAT(with([](LayerType& type) { type.name = ""; }), HasSubstr("has no name"));
  EXPECT_THAT(with([](LayerType& type) { type.params = type.params.first(1); }),
              HasSubstr("kDType"));
  EXPECT_THAT(with([](LayerType& type) { type.work = nullptr; }), HasSubstr("lacks work"));
  EXPECT_THAT(with([](LayerType& type) { type.lower = nullptr; }), HasSubstr("no lower"));
  EXPECT_THAT(with([](LayerType& type) { type.example = "double"; }),
              HasSubstr("'elements' is missing"));
  static constexpr std::array<Param, 6> kMany = [] {
    std::array<Param, 6> params{};
    for (Param& param : params) param = {.name = "p", .kind = ParamKind::kPadding3d};
    return params;
  }();
  EXPECT_THAT(with([](LayerType& type) { type.params = kMany; }), HasSubstr("more than 28"));
}

}  // namespace
}  // namespace joulecast
