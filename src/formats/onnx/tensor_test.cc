// SPDX-License-Identifier: Apache-2.0
#include "formats/onnx/tensor.h"

#include <gtest/gtest.h>

#include "formats/onnx/model_writer.h"

namespace joulecast::onnx {
namespace {

using writer::Bytes;
using writer::Int;
using writer::kBFloat16;
using writer::kFloat;
using writer::kFloat16;
using writer::kInt32;
using writer::kInt64;
using writer::Packed;
using writer::Raw;
using writer::Unpacked;
using Ints = std::vector<std::int64_t>;
using Doubles = std::vector<double>;

class TensorTest : public testing::Test {
 protected:
  std::optional<Constant> Numbers(std::int64_t type, const Ints& dims, const std::string& data) {
    bytes_ = writer::TensorProto("t", type, dims, data);
    const WireFile file{.name = "file", .bytes = std::as_bytes(std::span(bytes_))};
    return ReadTensor(WireReader(file), folder_.path()).constant;
  }

  /// The fields that say where a tensor's bytes lie.
  static std::string External(std::string_view location, std::string_view offset,
                              std::string_view length) {
    const auto entry = [](std::string_view key, std::string_view value) {
      return Bytes(13, Bytes(1, key) + Bytes(2, value));
    };
    return entry("location", location) + entry("offset", offset) + entry("length", length) +
           Int(14, 1);
  }

  std::string bytes_;
  writer::TemporaryFolder folder_;
};

TEST_F(TensorTest, ReadsRawNumbers) {
  EXPECT_EQ(Numbers(kInt64, {2}, Bytes(9, Raw(Ints{5, -1})))->ints, (Ints{5, -1}));
  EXPECT_EQ(Numbers(kInt32, {2}, Bytes(9, Raw(std::vector<std::int32_t>{5, -1})))->ints,
            (Ints{5, -1}));
  EXPECT_EQ(Numbers(kFloat, {1, 2}, Bytes(9, Raw(std::vector<float>{0.5F, -2})))->floats,
            (Doubles{0.5, -2}));
}

TEST_F(TensorTest, ReadsPackedAndUnpackedNumbers) {
  EXPECT_EQ(Numbers(kInt64, {3}, Packed(7, {1, -1, 300}))->ints, (Ints{1, -1, 300}));
  EXPECT_EQ(Numbers(kInt64, {3}, Unpacked(7, {1, -1, 300}))->ints, (Ints{1, -1, 300}));
  EXPECT_EQ(Numbers(kInt32, {2}, Packed(5, {1, -1}))->ints, (Ints{1, -1}));
  EXPECT_EQ(Numbers(kFloat, {2}, Bytes(4, Raw(std::vector<float>{1, 2})))->floats, (Doubles{1, 2}));
  EXPECT_EQ(Numbers(kFloat, {1}, writer::Float(4, 3))->floats, (Doubles{3}));
}

TEST_F(TensorTest, ReadsHalves) {
  // 0x3C00 is 1, 0xC100 is -2.5, 0x0001 the smallest subnormal 2^-24; bfloat16 0x3F80 is 1.
  const std::vector<std::uint16_t> halves = {0x3C00, 0xC100, 0x0001};
  const Doubles expected = {1, -2.5, 1.0 / (1 << 24)};
  EXPECT_EQ(Numbers(kFloat16, {3}, Bytes(9, Raw(halves)))->floats, expected);
  EXPECT_EQ(Numbers(kFloat16, {1}, Packed(5, {0x3C00}))->floats, (Doubles{1}));
  EXPECT_EQ(Numbers(kBFloat16, {1}, Bytes(9, Raw(std::vector<std::uint16_t>{0x3F80})))->floats,
            (Doubles{1}));
}

TEST_F(TensorTest, ScalarHasOneNumberAndEmptyTensorNone) {
  EXPECT_EQ(Numbers(kInt64, {}, Packed(7, {4}))->ints, (Ints{4}));
  EXPECT_TRUE(Numbers(kInt64, {0}, "")->ints.empty());
}

TEST_F(TensorTest, LeavesWeightsAlone) {
  EXPECT_TRUE(Numbers(kInt64, {1024}, Bytes(9, std::string(8 * 1024, '\0'))));
  EXPECT_FALSE(Numbers(kInt64, {1025}, Bytes(9, std::string(8 * 1025, '\0'))));
  EXPECT_FALSE(Numbers(kFloat, {65}, Bytes(9, std::string(4 * 65, '\0'))));
  EXPECT_FALSE(Numbers(kInt64, {1LL << 62, 1LL << 62}, ""));
}

TEST_F(TensorTest, DataThatWereStrippedAreUnknown) {
  EXPECT_FALSE(Numbers(kInt64, {2}, ""));
  EXPECT_FALSE(Numbers(kInt64, {2}, Bytes(9, "")));
}

TEST_F(TensorTest, ReadsSmallExternalData) {
  folder_.Write("net.data", "12345678" + Raw(Ints{7, 8}));
  EXPECT_EQ(Numbers(kInt64, {2}, External("net.data", "8", "16"))->ints, (Ints{7, 8}));
  EXPECT_FALSE(Numbers(kInt64, {2}, External("net.data", "16", "16"))) << "past the end";
  EXPECT_FALSE(Numbers(kInt64, {2}, External("net.data", "8", "8"))) << "another length";
  EXPECT_FALSE(Numbers(kInt64, {2}, External("net.data", "-8", "16")));
  EXPECT_FALSE(Numbers(kInt64, {2}, External("missing.data", "0", "16")));
  EXPECT_FALSE(Numbers(kInt64, {2}, External(".", "0", "16")));
}

TEST_F(TensorTest, ExternalDataMustLieInTheModelsFolder) {
  const writer::TemporaryFolder elsewhere;
  const auto outside = elsewhere.Write("secret", Raw(Ints{7, 8}));
  std::filesystem::create_symlink(outside, folder_.path() / "link");
  const std::string up = "../" + elsewhere.path().filename().string() + "/secret";
  EXPECT_FALSE(Numbers(kInt64, {2}, External(outside.string(), "0", "16")));
  EXPECT_FALSE(Numbers(kInt64, {2}, External(up, "0", "16")));
  EXPECT_FALSE(Numbers(kInt64, {2}, External("link", "0", "16")));
}

TEST_F(TensorTest, WithoutAFolderNoExternalDataAreLookedFor) {
  const auto file = folder_.Write("net.data", Raw(Ints{7, 8}));
  bytes_ = writer::TensorProto("t", kInt64, {2}, External(file.string(), "0", "16"));
  const WireFile model{.name = "in memory", .bytes = std::as_bytes(std::span(bytes_))};
  EXPECT_FALSE(ReadTensor(WireReader(model), {}).constant);
}

TEST_F(TensorTest, SparseTensorsHaveTheirDenseShape) {
  bytes_ =
      Bytes(1, writer::TensorProto("s", kFloat, {2}, Bytes(9, Raw(std::vector<float>{1, 2})))) +
      Packed(3, {10, 20});
  const WireFile file{.name = "file", .bytes = std::as_bytes(std::span(bytes_))};
  const Tensor tensor = ReadSparseTensor(WireReader(file), folder_.path());
  EXPECT_EQ(tensor.name, "s");
  EXPECT_EQ(tensor.shape, (Shape{10, 20}));
  EXPECT_FALSE(tensor.constant);
}

}  // namespace
}  // namespace joulecast::onnx
