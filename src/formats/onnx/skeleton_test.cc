// SPDX-License-Identifier: Apache-2.0
#include "formats/onnx/skeleton.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>

#include "formats/onnx/model_writer.h"
#include "formats/onnx/onnx.h"
#include "joulecast/error.h"

namespace joulecast::onnx {
namespace {

using testing::HasSubstr;
using writer::AttributeProto;
using writer::Bytes;
using writer::Initializer;
using writer::Int;
using writer::kFloat;
using writer::kInt64;
using writer::Model;
using writer::N;
using writer::NodeProto;
using writer::Raw;
using writer::TensorProto;
using Ints = std::vector<std::int64_t>;
using Floats = std::vector<float>;

std::string Filter(std::string_view model, std::size_t chunk = SIZE_MAX,
                   SkeletonLimits limits = {}) {
  SkeletonFilter filter("net.onnx", limits);
  for (std::size_t at = 0; at < model.size(); at += std::min(chunk, model.size())) {
    filter.Take(std::as_bytes(std::span(model.substr(at, chunk))));
  }
  const std::size_t kept = filter.kept();
  const std::string skeleton = filter.Finish();
  EXPECT_GE(kept, skeleton.size()) << "what is kept is counted";
  return skeleton;
}

std::string ErrorOf(std::string_view model, SkeletonLimits limits = {}) {
  try {
    Filter(model, SIZE_MAX, limits);
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kInput);
    return error.what();
  }
  ADD_FAILURE() << "accepted";
  return "";
}

std::string Print(const Constant& constant) {
  return std::string(Name(constant.dtype)) + " " + ToString(constant.shape) + " " +
         testing::PrintToString(constant.ints) + testing::PrintToString(constant.floats);
}

std::string Print(const AttributeValue& value) {
  return std::visit(
      [](const auto& held) {
        if constexpr (std::is_same_v<std::decay_t<decltype(held)>, Constant>) {
          return Print(held);
        } else {
          return testing::PrintToString(held);
        }
      },
      value);
}

/// All that a graph says.
std::string Print(const Graph& graph) {
  std::string text = graph.name + " " + graph.format + "\n";
  for (const Value& value : graph.values) {
    text += "value " + value.name + " " + std::string(Name(value.dtype));
    if (value.declared) text += " declared";
    for (const Dim& dim : value.declared.value_or(std::vector<Dim>())) {
      text += " " + (dim.size ? std::to_string(*dim.size) : "?" + dim.symbol);
    }
    if (value.is_constant) text += " constant";
    if (value.constant) text += " " + Print(*value.constant);
    text += "\n";
  }
  for (const Node& node : graph.nodes) {
    text += "node " + node.domain + ":" + node.op + " " + node.name +
            testing::PrintToString(node.inputs) + testing::PrintToString(node.outputs);
    for (const auto& [name, value] : node.attributes) text += " " + name + "=" + Print(value);
    text += node.has_subgraph ? " with a subgraph\n" : "\n";
  }
  return text + testing::PrintToString(graph.inputs) + testing::PrintToString(graph.outputs);
}

/// A model of everything that the filter distinguishes: weights that are raw, packed and one by
/// one, shape arguments, a subgraph, a function, external data, sparse weights, documentation.
std::string FullModel() {
  const std::string weights = Bytes(9, std::string(40'000, 'w'));
  std::string one_by_one;
  for (int i = 0; i < 3000; ++i) one_by_one += Int(7, i) + writer::Float(4, 1);
  const std::string external =
      Bytes(13, Bytes(1, "location") + Bytes(2, "weights.bin")) + Int(14, 1);
  const std::string inner = Initializer(TensorProto("w", kFloat, {100, 100}, weights)) +
                            N(NodeProto("Add", "add", {"w", "x"}, {"sum"})) +
                            writer::Out(writer::ValueInfoProto("sum", kFloat, {"100", "100"}));
  const std::string graph =
      Bytes(2, "the graph's name") + Bytes(10, std::string(20'000, 'd')) +
      writer::In(writer::ValueInfoProto("x", kFloat, {"batch", "100"})) +
      Initializer(TensorProto("raw", kFloat, {100, 100}, weights)) +
      // The name behind the data, and the extents behind them all.
      Initializer(weights + Bytes(8, "late") + Int(2, kFloat) + writer::Packed(1, {10'000})) +
      Initializer(TensorProto("typed", kFloat, {10'000}, Bytes(4, std::string(40'000, 't')))) +
      Initializer(TensorProto("single", kFloat, {3000}, one_by_one)) +
      Initializer(TensorProto("shape", kInt64, {4}, Bytes(9, Raw(Ints{1, 100, 1, 1})))) +
      Initializer(TensorProto("most", kInt64, {1024}, Bytes(9, Raw(Ints(1024, 7))))) +
      Initializer(TensorProto("scale", kFloat, {2}, Bytes(4, Raw(Floats{0.5F, 2})))) +
      Initializer(TensorProto("elsewhere", kInt64, {2}, external)) +
      Bytes(15, Bytes(1, TensorProto("sparse", kFloat, {10'000}, weights)) +
                    Bytes(2, TensorProto("", kInt64, {10'000}, weights)) +
                    writer::Packed(3, {400, 400})) +
      N(NodeProto("Reshape", "reshape", {"x", "shape"}, {"y"}, Bytes(6, "doc"))) +
      N(NodeProto("Constant", "constant", {}, {"c"},
                  Bytes(5, AttributeProto("value", 4,
                                          Bytes(5, TensorProto("", kFloat, {10'000}, weights)))))) +
      N(NodeProto("If", "if", {"y"}, {"z"},
                  Bytes(5, AttributeProto("then_branch", 5, Bytes(6, inner))))) +
      N(NodeProto("Twice", "call", {"z"}, {"out"},
                  Bytes(7, "mine") + Bytes(5, AttributeProto("axis", 2, Int(3, -1))))) +
      writer::Out(writer::ValueInfoProto("out", kFloat, {}));
  const std::string function =
      Bytes(1, "Twice") + Bytes(4, "in") + Bytes(5, "out") +
      Bytes(7, NodeProto("Relu", "relu", {"in"}, {"middle"})) +
      Bytes(7, NodeProto("Softmax", "soft", {"middle"}, {"out"},
                         Bytes(5, Bytes(1, "axis") + Bytes(21, "axis") + Int(20, 2)))) +
      Bytes(9, Int(2, 17)) + Bytes(10, "mine");
  return Int(1, 8) + Bytes(2, "exporter") + Bytes(7, graph) + Bytes(8, Bytes(1, "") + Int(2, 17)) +
         Bytes(14, Bytes(1, "key") + Bytes(2, std::string(10'000, 'm'))) + Bytes(25, function);
}

std::string Whole(const std::string& model) {
  const writer::TemporaryFolder folder;
  return Print(ReadOnnx(folder.Write("net.onnx", model)));
}

std::string OfSkeleton(const std::string& skeleton) {
  return Print(ReadOnnxSkeleton(skeleton, "net.onnx"));
}

TEST(SkeletonTest, MeansTheSameGraphHoweverItComes) {
  const std::string model = FullModel();
  const std::string whole = Whole(model);
  const std::string skeleton = Filter(model);
  EXPECT_EQ(OfSkeleton(skeleton), whole);
  for (const std::size_t chunk : {1, 2, 3, 5, 7, 64, 127, 128, 1000, 4096, 65536}) {
    EXPECT_EQ(Filter(model, chunk), skeleton) << "in pieces of " << chunk;
  }
}

TEST(SkeletonTest, IsItsOwnSkeleton) {
  const std::string skeleton = Filter(FullModel());
  EXPECT_EQ(Filter(skeleton), skeleton);
}

TEST(SkeletonTest, WeightsAndDocumentationAreNotKept) {
  const std::string model = FullModel();
  EXPECT_GT(model.size(), 300'000u);
  // 8 kB are the 1024 integers that may be a shape; the rest is names and structure.
  EXPECT_LT(Filter(model).size(), 10'000u);
}

TEST(SkeletonTest, KeepsWhatContradictsItsExtents) {
  const std::string graph =
      Initializer(TensorProto("t", kInt64, {3}, Bytes(9, std::string(100'000, 'x'))));
  EXPECT_THROW(Whole(Model(graph)), Error);
  EXPECT_THROW(OfSkeleton(Filter(Model(graph))), Error);
}

TEST(SkeletonTest, ExternalDataAreNotLookedFor) {
  const writer::TemporaryFolder folder;
  folder.Write("weights.bin", Raw(Ints{5, 6}));
  const std::string graph = Initializer(TensorProto(
      "t", kInt64, {2}, Bytes(13, Bytes(1, "location") + Bytes(2, "weights.bin")) + Int(14, 1)));
  const Graph whole = ReadOnnx(folder.Write("net.onnx", Model(graph)));
  ASSERT_TRUE(whole.values.at(0).constant);
  EXPECT_FALSE(ReadOnnxSkeleton(Filter(Model(graph)), "net.onnx").values.at(0).constant);
  // Not even where the filter is left out, and whatever folder the program runs in.
  const auto before = std::filesystem::current_path();
  std::filesystem::current_path(folder.path());
  const Graph unfiltered = ReadOnnxSkeleton(Model(graph), "net.onnx");
  std::filesystem::current_path(before);
  EXPECT_FALSE(unfiltered.values.at(0).constant);
}

TEST(SkeletonTest, CutModelsAreSaidToBe) {
  const std::string model = FullModel();
  for (const std::size_t size : {1ul, 10ul, 1000ul, 50'000ul, model.size() - 1}) {
    EXPECT_THAT(ErrorOf(model.substr(0, size)),
                HasSubstr("truncated at byte " + std::to_string(size) + " of at least"));
  }
}

TEST(SkeletonTest, DamageIsSaidToBe) {
  EXPECT_THAT(ErrorOf("\x0B"), HasSubstr("damaged at byte 1 (wire type 3"));
  EXPECT_THAT(ErrorOf(std::string(1, '\0')), HasSubstr("no field has number 0"));
  EXPECT_THAT(ErrorOf(std::string(20, '\xFF')), HasSubstr("longer than 10 bytes"));
  // A graph of 2 bytes that holds a node of 100.
  EXPECT_THAT(ErrorOf(Bytes(7, "\x0A\x64")), HasSubstr("reaches past the end of its message"));
}

TEST(SkeletonTest, NestingHasAnEnd) {
  std::string graph;
  for (int depth = 0; depth < 200; ++depth) {
    graph = N(NodeProto("If", "", {}, {}, Bytes(5, Bytes(1, "b") + Bytes(6, graph))));
  }
  EXPECT_THAT(ErrorOf(Model(graph)), HasSubstr("nested too deeply"));
}

TEST(SkeletonTest, WhatIsKeptHasAnEnd) {
  const std::string name(1000, 'n');
  std::string graph;
  for (int i = 0; i < 50; ++i) graph += N(NodeProto("Relu", name, {"x"}, {"y"}));
  EXPECT_THAT(ErrorOf(Model(graph), {.bytes = 49'000}), HasSubstr("are no weights"));
  EXPECT_THAT(ErrorOf(Model(graph), {.graph_entries = 49}), HasSubstr("more than 49 nodes"));
  EXPECT_NO_THROW(Filter(Model(graph), SIZE_MAX, {.bytes = 60'000, .graph_entries = 50}));
}

/// Real files, where there are some: $JOULECAST_MODELS, or beside the source tree.
TEST(SkeletonTest, MeansTheSameGraphAsRealFiles) {
  const char* given = std::getenv("JOULECAST_MODELS");
  const std::filesystem::path folder =
      (given != nullptr
           ? std::filesystem::path(given)
           : std::filesystem::path(__FILE__).parent_path() / "../../../../shared/models") /
      "onnx_light";
  if (!std::filesystem::is_directory(folder)) GTEST_SKIP() << "no " << folder;
  int files = 0;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    if (entry.path().extension() != ".onnx") continue;
    std::ifstream file(entry.path(), std::ios::binary);
    const std::string model{std::istreambuf_iterator<char>(file), {}};
    const std::string name = entry.path().filename();
    EXPECT_EQ(Print(ReadOnnxSkeleton(Filter(model, 1000), name)), Print(ReadOnnx(entry.path())));
    ++files;
  }
  EXPECT_GT(files, 0);
}

TEST(SkeletonTest, KeepsTheModulesOfNodesAndNoOtherMetadata) {
  const std::string modules =
      Bytes(9, Bytes(1, "pkg.torch.onnx.name_scopes") + Bytes(2, "['', 'layer', 'relu']"));
  const std::string trace =
      Bytes(9, Bytes(1, "pkg.torch.onnx.stack_trace") + Bytes(2, std::string(9000, 'x')));
  const auto model = [](std::string_view metadata) {
    return Model(N(NodeProto("Relu", "node_relu", {"x"}, {"y"}, metadata)));
  };
  const std::string skeleton = Filter(model(trace + modules + trace), 100);
  EXPECT_EQ(skeleton, Filter(model(modules)));
  EXPECT_THAT(skeleton, HasSubstr("layer"));
  EXPECT_LT(skeleton.size(), 200u);
  // What is dropped does not count.
  Filter(model(trace + trace + trace), SIZE_MAX, {.bytes = 12'000});
}

}  // namespace
}  // namespace joulecast::onnx
