// SPDX-License-Identifier: Apache-2.0
#include "formats/receive_model.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "formats/onnx/model_writer.h"
#include "joulecast/error.h"

namespace joulecast {
namespace {

using testing::HasSubstr;

constexpr const char* kConfig =
    R"({"model_type": "gpt2", "n_embd": 64, "n_layer": 2, "n_head": 2, "n_positions": 128,
        "vocab_size": 100})";

ReceivedModel Receive(std::string_view file, std::size_t chunk, const std::string& name = "net") {
  ModelStream stream(name);
  for (std::size_t at = 0; at < file.size(); at += chunk) {
    stream.Take(std::as_bytes(std::span(file.substr(at, chunk))));
  }
  return stream.Finish();
}

std::string ErrorOf(std::string_view file) {
  try {
    Receive(file, 100);
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kInput);
    return error.what();
  }
  ADD_FAILURE() << "accepted";
  return "";
}

TEST(ReceiveModelTest, AConfigurationIsReadAsALanguageModel) {
  for (const std::size_t chunk : {1, 10, 1000}) {
    const ReceivedModel received = Receive(kConfig, chunk, "tiny.json");
    EXPECT_EQ(received.format->name, "huggingface");
    const auto model = std::get<LanguageModel>(received.Read());
    EXPECT_EQ(model.family, "gpt2");
    EXPECT_EQ(model.prefill.name, "tiny");
  }
}

TEST(ReceiveModelTest, AnOnnxFileIsReadAsAGraph) {
  namespace writer = onnx::writer;
  const std::string graph = writer::In(writer::ValueInfoProto("x", writer::kFloat, {"1", "8"})) +
                            writer::N(writer::NodeProto("Relu", "relu", {"x"}, {"y"})) +
                            writer::Out(writer::ValueInfoProto("y", writer::kFloat, {}));
  for (const std::size_t chunk : {1, 10, 1000}) {
    const ReceivedModel received = Receive(writer::Model(graph), chunk, "some/net.onnx");
    EXPECT_EQ(received.format->name, "onnx");
    const auto model = std::get<Graph>(received.Read());
    EXPECT_EQ(model.name, "net");
    ASSERT_EQ(model.nodes.size(), 1u);
    EXPECT_EQ(model.nodes[0].op, "Relu");
  }
}

TEST(ReceiveModelTest, OtherFilesAreRefusedByTheirBeginning) {
  EXPECT_THAT(ErrorOf("\x89PNG\r\n\x1A\n" + std::string(600, 'x')), HasSubstr("a PNG image"));
  EXPECT_THAT(ErrorOf("PK\x03\x04" + std::string(600, '\0')), HasSubstr("a zip archive"));
  EXPECT_THAT(ErrorOf(""), HasSubstr("the file is empty"));
  ModelStream stream("net");
  const std::string head = "\x89PNG" + std::string(508, 'x');
  EXPECT_THROW(stream.Take(std::as_bytes(std::span(head))), Error) << "before the file has ended";
}

TEST(ReceiveModelTest, JsonHasAnEnd) {
  const std::string deep = "{\"a\":" + std::string(100'000, '[');
  EXPECT_THROW(Receive(deep, 1000).Read(), Error);
  EXPECT_THAT(ErrorOf("{" + std::string(2 << 20, ' ')), HasSubstr("more than 1 MB"));
}

}  // namespace
}  // namespace joulecast
