// SPDX-License-Identifier: Apache-2.0
// Functions of the model's own, as their calls become nodes.
#include <gmock/gmock.h>

#include "formats/onnx/model_writer.h"
#include "formats/onnx/onnx.h"
#include "joulecast/error.h"

namespace joulecast {
namespace {

using namespace onnx::writer;
using testing::ElementsAre;
using testing::HasSubstr;

struct Called {
  std::string name;
  std::vector<std::string> inputs;
  std::vector<std::string> outputs;
};

/// A FunctionProto of the domain "mine", in opset 11 of ONNX's operators.
std::string Function(const Called& called, const std::vector<std::string>& nodes,
                     const std::string& more = "") {
  std::string bytes = Bytes(1, called.name) + Bytes(10, "mine");
  for (const std::string& input : called.inputs) bytes += Bytes(4, input);
  for (const std::string& output : called.outputs) bytes += Bytes(5, output);
  for (const std::string& node : nodes) bytes += Bytes(7, node);
  return Bytes(25, bytes + Bytes(9, Bytes(1, "") + Int(2, 11)) + more);
}

std::string Call(const Called& called, const std::string& name, const std::string& more = "") {
  return N(NodeProto(called.name, name, called.inputs, called.outputs, Bytes(7, "mine") + more));
}

class FunctionsTest : public testing::Test {
 protected:
  /// x [2, 3] -> y through `nodes`, with these functions.
  Graph Read(const std::string& nodes, const std::string& functions) {
    const std::string graph = In(ValueInfoProto("x", kFloat, {"2", "3"})) + nodes +
                              Out(ValueInfoProto("y", kFloat, {"2", "3"}));
    return ReadOnnx(folder_.Write("net.onnx", Model(graph) + functions));
  }

  static std::vector<std::string> OpsOf(const Graph& graph) {
    std::vector<std::string> ops;
    for (const Node& node : graph.nodes) ops.push_back(node.op);
    return ops;
  }

 private:
  TemporaryFolder folder_;
};

TEST_F(FunctionsTest, CallsBecomeNodesWithNamesOfTheirOwn) {
  const std::string twice = Function({"Twice", {"a"}, {"b"}}, {NodeProto("Relu", "r", {"a"}, {"t"}),
                                                               NodeProto("Abs", "", {"t"}, {"b"})});
  const Graph graph =
      Read(Call({"Twice", {"x"}, {"m"}}, "first") + Call({"Twice", {"m"}, {"y"}}, "second"), twice);
  EXPECT_THAT(OpsOf(graph), ElementsAre("Relu", "Abs", "Relu", "Abs"));
  EXPECT_EQ(graph.nodes[0].name, "first/r");
  EXPECT_EQ(graph.nodes[3].name, "second/Abs");
  EXPECT_EQ(graph.nodes[0].inputs, graph.inputs);
  EXPECT_EQ(graph.nodes[2].inputs, graph.nodes[1].outputs);
  EXPECT_EQ(graph.nodes[3].outputs, graph.outputs);
}

TEST_F(FunctionsTest, FunctionsCallEachOther) {
  const std::string functions =
      Function({"Outer", {"a"}, {"b"}},
               {NodeProto("Inner", "in", {"a"}, {"b"}, Bytes(7, "mine"))}) +
      Function({"Inner", {"c"}, {"d"}}, {NodeProto("Relu", "r", {"c"}, {"d"})});
  const Graph graph = Read(Call({"Outer", {"x"}, {"y"}}, "call"), functions);
  ASSERT_THAT(OpsOf(graph), ElementsAre("Relu"));
  EXPECT_EQ(graph.nodes[0].name, "call/in/r");
}

TEST_F(FunctionsTest, AttributesComeFromTheCallOrTheirDefault) {
  const auto refers = [](std::string_view name) {
    return Bytes(5, Bytes(1, name) + Bytes(21, name) + Int(20, 2));
  };
  const std::string function = Function(
      {"Soft", {"a"}, {"b"}},
      {NodeProto("Softmax", "s", {"a"}, {"b"}, refers("axis") + refers("unset") + refers("depth"))},
      Bytes(11, AttributeProto("depth", 2, Int(3, 7))));
  const Graph graph =
      Read(Call({"Soft", {"x"}, {"y"}}, "call", Bytes(5, AttributeProto("axis", 2, Int(3, -2)))),
           function);
  ASSERT_THAT(OpsOf(graph), ElementsAre("Softmax"));
  const auto& attributes = graph.nodes[0].attributes;
  ASSERT_EQ(attributes.size(), 3u);
  EXPECT_EQ(attributes[0].first, "axis");
  EXPECT_EQ(std::get<std::int64_t>(attributes[0].second), -2);
  EXPECT_EQ(attributes[1].first, "depth");
  EXPECT_EQ(std::get<std::int64_t>(attributes[1].second), 7);
  // Its body is written in opset 11, where softmax flattens, though the graph is of opset 13.
  EXPECT_EQ(attributes[2].first, "flatten");
}

TEST_F(FunctionsTest, InputsLeftOutStayOutAndPassedOnesAreIdentities) {
  const std::string function =
      Function({"Clamp", {"a", "low"}, {"b", "a"}}, {NodeProto("Clip", "c", {"a", "low"}, {"b"})});
  const Graph graph = Read(Call({"Clamp", {"x"}, {"clipped", "y"}}, "call"), function);
  ASSERT_THAT(OpsOf(graph), ElementsAre("Identity", "Clip"));
  EXPECT_EQ(graph.nodes[0].inputs, graph.inputs);
  EXPECT_THAT(graph.nodes[1].inputs, ElementsAre(graph.inputs[0], kNoValue));
}

TEST_F(FunctionsTest, AFunctionThatCallsItselfIsRefused) {
  const std::string function = Function(
      {"Again", {"a"}, {"b"}}, {NodeProto("Again", "again", {"a"}, {"b"}, Bytes(7, "mine"))});
  try {
    Read(Call({"Again", {"x"}, {"y"}}, "call"), function);
    FAIL() << "accepted";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kInput);
    EXPECT_THAT(error.what(), HasSubstr("calls itself"));
  }
}

TEST_F(FunctionsTest, FunctionsThatDoubleAtEachLevelAreRefused) {
  std::string functions = Function({"F0", {"a"}, {"b"}}, {NodeProto("Relu", "", {"a"}, {"b"})});
  for (int i = 1; i <= 40; ++i) {
    const std::string below = "F" + std::to_string(i - 1);
    functions += Function({"F" + std::to_string(i), {"a"}, {"b"}},
                          {NodeProto(below, "p", {"a"}, {"t"}, Bytes(7, "mine")),
                           NodeProto(below, "q", {"t"}, {"b"}, Bytes(7, "mine"))});
  }
  EXPECT_THROW(Read(Call({"F40", {"x"}, {"y"}}, "call"), functions), Error);
}

TEST_F(FunctionsTest, ALongNameThatWouldBeMadeOverAndOverIsRefused) {
  const std::string name(std::size_t{1} << 20, 'n');
  std::string functions = Function({"F0", {"a"}, {"b"}}, {NodeProto("Relu", name, {"a"}, {"b"})});
  for (int i = 1; i <= 7; ++i) {  // 2^7 calls, 128 MiB of names
    const std::string below = "F" + std::to_string(i - 1);
    functions += Function({"F" + std::to_string(i), {"a"}, {"b"}},
                          {NodeProto(below, "p", {"a"}, {"t"}, Bytes(7, "mine")),
                           NodeProto(below, "q", {"t"}, {"b"}, Bytes(7, "mine"))});
  }
  EXPECT_THROW(Read(Call({"F7", {"x"}, {"y"}}, "call"), functions), Error);
}

TEST_F(FunctionsTest, CallsOfNothingThatDoubleAtEachLevelAreRefused) {
  std::string functions = Function({"F0", {}, {}}, {});
  for (int i = 1; i <= 40; ++i) {
    const std::string call = NodeProto("F" + std::to_string(i - 1), "p", {}, {}, Bytes(7, "mine"));
    functions += Function({"F" + std::to_string(i), {}, {}}, {call, call});
  }
  EXPECT_THROW(Read(Call({"F40", {"x"}, {"y"}}, "call"), functions), Error);
}

}  // namespace
}  // namespace joulecast
