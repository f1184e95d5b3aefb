// SPDX-License-Identifier: Apache-2.0
#include "formats/onnx/onnx.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "formats/onnx/model_writer.h"
#include "joulecast/error.h"

namespace joulecast {
namespace {

using namespace onnx::writer;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Pair;

using Ints = std::vector<std::int64_t>;

class OnnxTest : public testing::Test {
 protected:
  Graph Read(const std::string& bytes) { return ReadOnnx(folder_.Write("net.onnx", bytes)); }

  /// Reads a graph given by its fields.
  Graph ReadGraph(const std::string& graph, std::int64_t opset = 13) {
    return Read(Model(graph, opset));
  }

  std::string ErrorOf(const std::string& bytes) {
    try {
      Read(bytes);
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), ErrorKind::kInput);
      return error.what();
    }
    ADD_FAILURE() << "accepted";
    return "";
  }

  TemporaryFolder folder_;
};

const Value& ValueNamed(const Graph& graph, std::string_view name) {
  const auto found = std::find_if(graph.values.begin(), graph.values.end(),
                                  [&](const Value& value) { return value.name == name; });
  if (found == graph.values.end()) throw std::out_of_range("no value " + std::string(name));
  return *found;
}

const AttributeValue* AttributeNamed(const Node& node, std::string_view name) {
  for (const auto& [key, value] : node.attributes) {
    if (key == name) return &value;
  }
  return nullptr;
}

std::vector<std::string> NamesOf(const Graph& graph, const std::vector<ValueId>& ids) {
  std::vector<std::string> names;
  for (const ValueId id : ids) {
    names.push_back(id == kNoValue ? "-" : graph.values[static_cast<std::size_t>(id)].name);
  }
  return names;
}

const std::string kX = In(ValueInfoProto("x", kFloat, {"N", "3"}));

/// A convolution and a relu, with everything that a file usually has.
std::string SmallModel() {
  const std::string weights = Raw(std::vector<float>(4 * 3 * 1 * 1, 0.5F));
  const std::string kernel = AttributeProto("kernel_shape", 7, Packed(8, {1, 1}));
  return Model(N(NodeProto("Conv", "c", {"x", "w"}, {"y"}, Bytes(5, kernel))) +
               N(NodeProto("Relu", "r", {"y"}, {"z"})) +
               Initializer(TensorProto("w", kFloat, {4, 3, 1, 1}, Bytes(9, weights))) +
               Initializer(TensorProto("s", kInt64, {2}, Packed(7, {0, -1}))) +
               In(ValueInfoProto("x", kFloat, {"batch", "3", "8", "8"})) +
               Out(ValueInfoProto("z", kFloat, {"batch", "4", "8", "8"})) +
               Bytes(13, ValueInfoProto("y", kFloat, {"batch", "4", "8", "8"})));
}

std::string Metadata(std::string_view key, std::string_view value) {
  return Bytes(9, Bytes(1, key) + Bytes(2, value));
}

TEST_F(OnnxTest, PyTorch2SaysTheModulesOfNodesBesideThem) {
  const std::string key = "pkg.torch.onnx.name_scopes";
  const std::string stack = Metadata("pkg.torch.onnx.stack_trace", "['', 'net', 'net.py']");
  const Graph graph =
      ReadGraph(In(ValueInfoProto("x", kFloat, {"1"})) +
                Initializer(TensorProto("layer.conv.weight", kFloat, {1})) +
                // A normalisation that melted into the convolution before it.
                N(NodeProto("Conv", "node_Conv_7", {"x", "layer.conv.weight"}, {"a"},
                            stack + Metadata(key, "['', 'layer', 'layer.bn', 'batch_norm']"))) +
                N(NodeProto("Relu", "node_relu", {"a"}, {"b"},
                            Metadata(key, "['', 'layer', 'layer.relu', 'relu']"))) +
                N(NodeProto("Relu", "node_relu_1", {"b"}, {"c"},
                            Metadata(key, "['', 'layer', 'layer.relu', 'relu_1']"))) +
                N(NodeProto("Neg", "node_neg", {"c"}, {"d"}, Metadata(key, "['', 'neg']"))) +
                N(NodeProto("Abs", "node_abs", {"d"}, {"e"}, Metadata(key, "['abs']"))) +
                N(NodeProto("Exp", "node_exp", {"e"}, {"f"}, Metadata(key, "', '"))) +
                Out(ValueInfoProto("f", kFloat, {"1"})));
  std::vector<std::string> names;
  for (const Node& node : graph.nodes) names.push_back(node.name);
  EXPECT_THAT(names, ElementsAre("layer.conv.Conv", "layer.relu.Relu", "layer.relu.Relu_2",
                                 "node_neg", "node_abs", "node_exp"));
}

TEST_F(OnnxTest, ReadsNodesValuesAndDimensions) {
  const Graph graph = Read(SmallModel());
  EXPECT_EQ(graph.name, "net");
  EXPECT_EQ(graph.format, "onnx");
  ASSERT_EQ(graph.nodes.size(), 2u);
  EXPECT_EQ(graph.nodes[0].op, "Conv");
  EXPECT_THAT(NamesOf(graph, graph.nodes[0].inputs), ElementsAre("x", "w"));
  EXPECT_THAT(NamesOf(graph, graph.nodes[1].outputs), ElementsAre("z"));
  EXPECT_EQ(std::get<Ints>(*AttributeNamed(graph.nodes[0], "kernel_shape")), (Ints{1, 1}));
  EXPECT_THAT(NamesOf(graph, graph.inputs), ElementsAre("x"));
  EXPECT_THAT(NamesOf(graph, graph.outputs), ElementsAre("z"));
  const auto& declared = *ValueNamed(graph, "x").declared;
  EXPECT_EQ(declared[0].symbol, "batch");
  EXPECT_EQ(declared[0].size, std::nullopt);
  EXPECT_EQ(declared[1].size, 3);
  EXPECT_EQ(ValueNamed(graph, "y").declared->size(), 4u);
  EXPECT_EQ(ValueNamed(graph, "y").dtype, DType::kF32);
  EXPECT_TRUE(ValueNamed(graph, "w").is_constant);
}

TEST_F(OnnxTest, AModelInMemoryIsTheSameAsItsFile) {
  const std::string bytes = SmallModel();
  const Graph graph = ReadOnnx(std::as_bytes(std::span(bytes)), "from memory");
  EXPECT_EQ(graph.name, "from memory");
  EXPECT_EQ(graph.format, "onnx");
  EXPECT_EQ(graph.nodes.size(), Read(bytes).nodes.size());
  EXPECT_EQ(graph.values.size(), Read(bytes).values.size());
  try {
    ReadOnnx(std::as_bytes(std::span(bytes).first(bytes.size() / 2)), "from memory");
    FAIL();
  } catch (const Error& error) {
    EXPECT_THAT(error.what(), HasSubstr("from memory: "));
  }
}

TEST_F(OnnxTest, NotPositiveExtentsAreNotGiven) {
  const Graph graph = ReadGraph(In(ValueInfoProto("x", kFloat, {"-1", "0", "", "7"})));
  const auto& dims = *ValueNamed(graph, "x").declared;
  EXPECT_EQ(dims[0].size, std::nullopt);
  EXPECT_EQ(dims[1].size, std::nullopt);
  EXPECT_EQ(dims[2].size, std::nullopt);
  EXPECT_EQ(dims[3].size, 7);
}

TEST_F(OnnxTest, WeightsAmongTheInputsAreNotInputs) {
  const Graph graph = ReadGraph(kX + In(ValueInfoProto("w", kFloat, {"3"})) +
                                Initializer(TensorProto("w", kFloat, {3})));
  EXPECT_THAT(NamesOf(graph, graph.inputs), ElementsAre("x"));
}

TEST_F(OnnxTest, OrdersNodesAndResolvesLaterNames) {
  const Graph graph = ReadGraph(kX + N(NodeProto("Relu", "b", {"y"}, {"z"})) +
                                N(NodeProto("Relu", "a", {"x"}, {"y"})));
  EXPECT_EQ(graph.nodes[0].name, "a");
  EXPECT_EQ(graph.nodes[1].name, "b");
}

TEST_F(OnnxTest, MakesNamesUnique) {
  const Graph graph = ReadGraph(
      kX + N(NodeProto("Relu", "", {"x"}, {"a"})) + N(NodeProto("Relu", "same", {"x"}, {"b"})) +
      N(NodeProto("Relu", "same", {"x"}, {"c"})) + N(NodeProto("Relu", "Relu_0", {"x"}, {"d"})) +
      N(NodeProto("Relu", "same_2", {"x"}, {"e"})));
  std::vector<std::string> names;
  for (const Node& node : graph.nodes) names.push_back(node.name);
  EXPECT_THAT(names, ElementsAre("Relu_0_2", "same", "same_3", "Relu_0", "same_2"));
}

TEST_F(OnnxTest, AbsentOptionalInputsAndForeignDomainsAreKept) {
  const Graph graph =
      ReadGraph(kX + N(NodeProto("Clip", "c", {"x", "", "x"}, {"y", ""}, Bytes(7, "ai.onnx"))) +
                N(NodeProto("Mine", "m", {"y"}, {"z"}, Bytes(7, "my.domain"))));
  EXPECT_THAT(NamesOf(graph, graph.nodes[0].inputs), ElementsAre("x", "-", "x"));
  EXPECT_THAT(NamesOf(graph, graph.nodes[0].outputs), ElementsAre("y", "-"));
  EXPECT_EQ(graph.nodes[0].domain, "");
  EXPECT_EQ(graph.nodes[1].domain, "my.domain");
}

TEST_F(OnnxTest, ReadsAttributesOfAllKinds) {
  const std::string attributes =
      Bytes(5, AttributeProto("i", 2, Int(3, -7))) + Bytes(5, AttributeProto("zero", 2, "")) +
      Bytes(5, AttributeProto("f", 1, Float(2, 0.25F))) +
      Bytes(5, AttributeProto("s", 3, Bytes(4, "SAME"))) +
      Bytes(5, AttributeProto("is", 7, Unpacked(8, {1, -2}))) +
      Bytes(5, AttributeProto("fs", 6, Float(7, 1.5F) + Float(7, 2.5F))) +
      Bytes(5, AttributeProto("t", 4, Bytes(5, TensorProto("", kInt64, {1}, Packed(7, {9}))))) +
      Bytes(5, AttributeProto("strings", 8, Bytes(9, "a"))) +
      Bytes(5, Bytes(1, "untyped") + Int(3, 5));
  const Graph graph = ReadGraph(kX + N(NodeProto("Relu", "r", {"x"}, {"y"}, attributes)));
  const Node& node = graph.nodes[0];
  EXPECT_EQ(std::get<std::int64_t>(*AttributeNamed(node, "i")), -7);
  EXPECT_EQ(std::get<std::int64_t>(*AttributeNamed(node, "zero")), 0);
  EXPECT_EQ(std::get<double>(*AttributeNamed(node, "f")), 0.25);
  EXPECT_EQ(std::get<std::string>(*AttributeNamed(node, "s")), "SAME");
  EXPECT_EQ(std::get<Ints>(*AttributeNamed(node, "is")), (Ints{1, -2}));
  EXPECT_THAT(std::get<std::vector<double>>(*AttributeNamed(node, "fs")), ElementsAre(1.5, 2.5));
  EXPECT_EQ(std::get<Constant>(*AttributeNamed(node, "t")).ints, (Ints{9}));
  EXPECT_EQ(AttributeNamed(node, "strings"), nullptr);
  EXPECT_EQ(std::get<std::int64_t>(*AttributeNamed(node, "untyped")), 5);
}

TEST_F(OnnxTest, ConstantNodesBecomeValues) {
  const auto constant = [](std::string_view output, const std::string& attribute) {
    return N(NodeProto("Constant", "", {}, {std::string(output)}, Bytes(5, attribute)));
  };
  const Graph graph = ReadGraph(
      constant("t", AttributeProto("value", 4,
                                   Bytes(5, TensorProto("", kInt64, {2}, Packed(7, {3, 4}))))) +
      constant("i", AttributeProto("value_int", 2, Int(3, 6))) +
      constant("is", AttributeProto("value_ints", 7, Packed(8, {1, 2, 3}))) +
      constant("f", AttributeProto("value_float", 1, Float(2, 0.5F))) +
      constant("fs", AttributeProto("value_floats", 6, Float(7, 0.5F))) +
      constant("s", AttributeProto("value_string", 3, Bytes(4, "text"))));
  EXPECT_TRUE(graph.nodes.empty());
  EXPECT_EQ(ValueNamed(graph, "t").constant->ints, (Ints{3, 4}));
  EXPECT_EQ(ValueNamed(graph, "i").constant->ints, (Ints{6}));
  EXPECT_TRUE(ValueNamed(graph, "i").declared->empty());
  EXPECT_EQ(ValueNamed(graph, "is").declared->at(0).size, 3);
  EXPECT_EQ(ValueNamed(graph, "f").constant->floats, (std::vector<double>{0.5}));
  EXPECT_EQ(ValueNamed(graph, "fs").constant->floats, (std::vector<double>{0.5}));
  EXPECT_EQ(ValueNamed(graph, "s").dtype, DType::kString);
  EXPECT_TRUE(ValueNamed(graph, "s").is_constant);
}

TEST_F(OnnxTest, OldSoftmaxIsMarkedAsFlattening) {
  const std::string nodes =
      kX + N(NodeProto("Softmax", "s", {"x"}, {"y"})) +
      N(NodeProto("LogSoftmax", "l", {"x"}, {"z"}, Bytes(5, AttributeProto("axis", 2, Int(3, 0)))));
  const Graph old = ReadGraph(nodes, 12);
  EXPECT_EQ(std::get<std::int64_t>(*AttributeNamed(old.nodes[0], "axis")), 1);
  EXPECT_EQ(std::get<std::int64_t>(*AttributeNamed(old.nodes[0], "flatten")), 1);
  EXPECT_EQ(std::get<std::int64_t>(*AttributeNamed(old.nodes[1], "axis")), 0);
  EXPECT_EQ(std::get<std::int64_t>(*AttributeNamed(old.nodes[1], "flatten")), 1);
  const Graph fresh = ReadGraph(nodes, 13);
  EXPECT_EQ(std::get<std::int64_t>(*AttributeNamed(fresh.nodes[0], "axis")), -1);
  EXPECT_EQ(AttributeNamed(fresh.nodes[0], "flatten"), nullptr);
}

TEST_F(OnnxTest, OnlyTheOpsetOfTheDefaultDomainCounts) {
  const std::string graph = kX + N(NodeProto("Softmax", "s", {"x"}, {"y"}));
  const std::string model = Int(1, 8) + Bytes(7, graph) +
                            Bytes(8, Bytes(1, "ai.onnx") + Int(2, 99)) +
                            Bytes(8, Bytes(1, "ai.onnx.ml") + Int(2, 3));
  EXPECT_EQ(AttributeNamed(Read(model).nodes[0], "flatten"), nullptr);
}

TEST_F(OnnxTest, InnerGraphsReadFromAround) {
  const std::string innermost = N(NodeProto("Add", "", {"x", "inner"}, {"deep"}));
  const std::string inner =
      Initializer(TensorProto("own", kFloat, {1})) +
      N(NodeProto("Mul", "", {"own", "w"}, {"inner"})) +
      N(NodeProto("If", "", {"inner"}, {"out"},
                  Bytes(5, AttributeProto("then_branch", 5, Bytes(6, innermost))))) +
      Out(Bytes(1, "out"));
  const Graph graph =
      ReadGraph(kX + Initializer(TensorProto("w", kFloat, {1})) +
                N(NodeProto("If", "i", {"x"}, {"y"},
                            Bytes(5, AttributeProto("then_branch", 5, Bytes(6, inner))))));
  EXPECT_TRUE(graph.nodes[0].has_subgraph);
  EXPECT_THAT(NamesOf(graph, graph.nodes[0].inputs), ElementsAre("x", "w", "x"));
}

TEST_F(OnnxTest, AbsurdNestingIsAnError) {
  std::string graph = N(NodeProto("Relu", "", {"x"}, {"y"}));
  for (int depth = 0; depth < 1000; ++depth) {
    graph = N(NodeProto("If", "", {"x"}, {"y"},
                        Bytes(5, AttributeProto("then_branch", 5, Bytes(6, graph)))));
  }
  EXPECT_THAT(ErrorOf(Model(kX + graph)), HasSubstr("nested deeper than 64"));
}

struct BadModel {
  const char* name;
  std::string bytes;
  const char* says;
};

class BadOnnxTest : public OnnxTest, public testing::WithParamInterface<BadModel> {};

TEST_P(BadOnnxTest, SaysWhatIsWrong) {
  const std::string error = ErrorOf(GetParam().bytes);
  EXPECT_THAT(error, HasSubstr("net.onnx"));
  EXPECT_THAT(error, HasSubstr(GetParam().says));
}

INSTANTIATE_TEST_SUITE_P(
    All, BadOnnxTest,
    testing::Values(
        BadModel{"Empty", "", "empty"},
        BadModel{"Png", "\x89PNG\r\n\x1A\n", "this is a PNG image, not an ONNX model"},
        BadModel{"Html", "\n<!DOCTYPE html><html>", "an HTML or XML page"},
        BadModel{"Text", "hello\n", "a text file"},
        BadModel{"Lfs", "version https://git-lfs.github.com/spec/v1\n", "git lfs pull"},
        BadModel{"Zip", std::string("PK\x03\x04") + "word/document.xml", "a zip archive"},
        BadModel{"TorchScript", std::string("PK\x03\x04") + "net/data.pkl", "torch.onnx.export"},
        BadModel{"Pickle", std::string("\x80\x02") + "}q", "a Python pickle"},
        BadModel{"Safetensors", std::string(8, '\0') + "{\"w\":{}}", "a safetensors file"},
        BadModel{"Noise", std::string("\x07\x01\x02", 3), "not an ONNX model"},
        BadModel{"NoGraph", Int(1, 8), "ends at byte 2 without a graph"},
        BadModel{"Cut", Bytes(7, std::string(300, 'x')).substr(0, 100),
                 "truncated at byte 100 of at least 303"},
        BadModel{"Group", Int(1, 8) + std::string("\x0B"), "damaged at byte 3 of 3 (wire type 3"},
        BadModel{"FieldZero", Int(1, 8) + Int(0, 1), "no field has number 0"},
        BadModel{"LongVarint", std::string("\x08") + std::string(11, '\xFF'), "10 bytes"},
        BadModel{"WrongType", Int(1, 8) + Int(7, 1), "wire type 0 instead of 2"},
        BadModel{"TwoGraphs", Model("") + Model(""), "two graphs"},
        BadModel{"InnerCut", Model(std::string("\x0A\x7F")), "reaches past the end"},
        BadModel{"UndefinedInput", Model(N(NodeProto("Relu", "r", {"nowhere"}, {"y"}))),
                 "Relu 'r' reads the value 'nowhere', which nothing defines"},
        BadModel{"UndefinedOutput", Model(Out(Bytes(1, "y"))), "output 'y'"},
        BadModel{"WrittenTwice",
                 Model(kX + N(NodeProto("Relu", "a", {"x"}, {"y"})) +
                       N(NodeProto("Relu", "b", {"x"}, {"y"}))),
                 "Relu 'b' defines the value 'y', which is defined already"},
        BadModel{"Cyclic",
                 Model(N(NodeProto("Relu", "a", {"z"}, {"y"})) +
                       N(NodeProto("Relu", "b", {"y"}, {"z"}))),
                 "the graph is cyclic"},
        BadModel{"NoOperator", Model(N(Bytes(3, "n"))), "says no operator"},
        BadModel{"EmptyConstant", Model(N(NodeProto("Constant", "c", {}, {"y"}))), "Constant 'c'"},
        BadModel{"NegativeExtent", Model(Initializer(TensorProto("w", kFloat, {-1}))),
                 "negative extent"},
        BadModel{"ShortData", Model(Initializer(TensorProto("w", kInt64, {2}, Bytes(9, "1234")))),
                 "tensor 'w' has 4 bytes for 2 elements of i64"},
        BadModel{"TooManyNumbers",
                 Model(Initializer(TensorProto("w", kInt64, {2}, Packed(7, {1, 2, 3})))),
                 "tensor 'w' does not hold 2 elements of i64"}),
    [](const auto& tested) { return std::string(tested.param.name); });

/// Reads damaged bytes: they may parse or be refused, and nothing else.
void ExpectHandled(const std::filesystem::path& path) {
  try {
    ReadOnnx(path);
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kInput);
  }
}

TEST_F(OnnxTest, EveryTruncationIsAnErrorOrAModel) {
  const std::string whole = SmallModel();
  for (std::size_t size = 0; size < whole.size(); ++size) {
    ExpectHandled(folder_.Write("cut.onnx", whole.substr(0, size)));
  }
}

TEST_F(OnnxTest, EveryChangedByteIsAnErrorOrAModel) {
  const std::string whole = SmallModel();
  for (std::size_t at = 0; at < whole.size(); ++at) {
    for (const int change : {0x01, 0x02, 0x04, 0x08, 0x10, 0x20, 0x40, 0x80, 0xFF}) {
      std::string changed = whole;
      changed[at] = static_cast<char>(changed[at] ^ change);
      ExpectHandled(folder_.Write("changed.onnx", changed));
    }
  }
}

TEST_F(OnnxTest, MissingFileAndFolderAreErrors) {
  EXPECT_THROW(ReadOnnx(folder_.path() / "missing.onnx"), Error);
  EXPECT_THROW(ReadOnnx(folder_.path()), Error);
}

}  // namespace
}  // namespace joulecast
