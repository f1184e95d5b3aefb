// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <bit>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>
#include <vector>

/// Writes ONNX messages byte by byte, for tests. A message is the string of its fields.
namespace joulecast::onnx::writer {

inline std::string Varint(std::uint64_t number) {
  std::string bytes;
  for (; number >= 0x80; number >>= 7) bytes += static_cast<char>((number & 0x7F) | 0x80);
  return bytes + static_cast<char>(number);
}

inline std::string Int(std::uint32_t field, std::int64_t number) {
  return Varint(field << 3) + Varint(static_cast<std::uint64_t>(number));
}

inline std::string Bytes(std::uint32_t field, std::string_view bytes) {
  return Varint(field << 3 | 2) + Varint(bytes.size()) + std::string(bytes);
}

/// The bytes of numbers as files hold them.
template <typename Number>
std::string Raw(const std::vector<Number>& numbers) {
  return {reinterpret_cast<const char*>(numbers.data()), numbers.size() * sizeof(Number)};
}

inline std::string Float(std::uint32_t field, float number) {
  return Varint(field << 3 | 5) + Raw(std::vector<float>{number});
}

inline std::string Packed(std::uint32_t field, const std::vector<std::int64_t>& numbers) {
  std::string bytes;
  for (const std::int64_t number : numbers) bytes += Varint(static_cast<std::uint64_t>(number));
  return Bytes(field, bytes);
}

inline std::string Unpacked(std::uint32_t field, const std::vector<std::int64_t>& numbers) {
  std::string bytes;
  for (const std::int64_t number : numbers) bytes += Int(field, number);
  return bytes;
}

// TensorProto.DataType
inline constexpr std::int64_t kFloat = 1;
inline constexpr std::int64_t kInt32 = 6;
inline constexpr std::int64_t kInt64 = 7;
inline constexpr std::int64_t kFloat16 = 10;
inline constexpr std::int64_t kBFloat16 = 16;

/// One TensorProto; `data` is its fields that hold the numbers.
inline std::string TensorProto(std::string_view name, std::int64_t type,
                               const std::vector<std::int64_t>& dims, std::string_view data = "") {
  return Packed(1, dims) + Int(2, type) + Bytes(8, name) + std::string(data);
}

/// One ValueInfoProto; an extent is "n" or a symbol, "" for neither.
inline std::string ValueInfoProto(std::string_view name, std::int64_t type,
                                  const std::vector<std::string>& dims) {
  std::string shape;
  for (const std::string& dim : dims) {
    const bool is_number = dim.find_first_not_of("-0123456789") == std::string::npos;
    shape += Bytes(1, dim.empty() ? "" : is_number ? Int(1, std::stoll(dim)) : Bytes(2, dim));
  }
  return Bytes(1, name) + Bytes(2, Bytes(1, Int(1, type) + Bytes(2, shape)));
}

/// One AttributeProto; `field` is the one that holds the value, `type` its AttributeType.
inline std::string AttributeProto(std::string_view name, std::int64_t type,
                                  std::string_view field) {
  return Bytes(1, name) + std::string(field) + Int(20, type);
}

/// One NodeProto; `more` is further fields of it.
inline std::string NodeProto(std::string_view op, std::string_view name,
                             const std::vector<std::string>& inputs,
                             const std::vector<std::string>& outputs, std::string_view more = "") {
  std::string bytes;
  for (const std::string& input : inputs) bytes += Bytes(1, input);
  for (const std::string& output : outputs) bytes += Bytes(2, output);
  if (!name.empty()) bytes += Bytes(3, name);
  return bytes + Bytes(4, op) + std::string(more);
}

/// A ModelProto of a graph, which is the string of its fields.
inline std::string Model(std::string_view graph, std::int64_t opset = 13) {
  return Int(1, 8) + Bytes(7, graph) + Bytes(8, Bytes(1, "") + Int(2, opset));
}

// Fields of GraphProto.
inline std::string N(std::string_view node) { return Bytes(1, node); }
inline std::string Initializer(std::string_view tensor) { return Bytes(5, tensor); }
inline std::string In(std::string_view info) { return Bytes(11, info); }
inline std::string Out(std::string_view info) { return Bytes(12, info); }

/// A folder that lasts as long as the object.
class TemporaryFolder {
 public:
  TemporaryFolder() {
    std::string name = (std::filesystem::temp_directory_path() / "joulecast-XXXXXX").string();
    path_ = ::mkdtemp(name.data());
  }
  ~TemporaryFolder() { std::filesystem::remove_all(path_); }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;

  const std::filesystem::path& path() const { return path_; }

  /// Writes a file into it and returns its path.
  std::filesystem::path Write(std::string_view name, std::string_view bytes) const {
    const std::filesystem::path file = path_ / name;
    std::ofstream(file, std::ios::binary)
        .write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    return file;
  }

 private:
  std::filesystem::path path_;
};

}  // namespace joulecast::onnx::writer
