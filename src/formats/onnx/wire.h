// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/mapped_file.h"

namespace joulecast::onnx {

/// A file of protobuf messages, and the name that its errors carry.
struct WireFile {
  std::string name;
  std::span<const std::byte> bytes;
  const MappedFile* mapped = nullptr;  ///< what holds the bytes, if they are a file's

  /// Throws Error{kInput}: the name and the message.
  [[noreturn]] void Fail(const std::string& message) const;
};

/// Walks the fields of one protobuf message (https://protobuf.dev/programming-guides/encoding).
/// Payloads are located, not looked at: a skipped weight costs no page of memory.
/// Everything throws Error{kInput} with file name and byte offset on input that is cut or damaged.
class WireReader {
 public:
  /// The file as one message. The file must outlive the reader and what it hands out.
  explicit WireReader(const WireFile& file) : WireReader(file, file.bytes) {}

  /// Steps to the next field; false at the end of the message.
  bool Next();

  /// Number of the current field.
  std::uint32_t field() const { return field_; }

  /// Bytes of the message up to the end of the current field.
  std::size_t position() const { return position_; }

  /// Bytes of its payload, 0 for a varint.
  std::size_t size() const { return type_ == Type::kVarint ? 0 : payload_.size(); }

  /// The current field's payload. Throws if the field is of another wire type.
  std::int64_t Int() const;
  float Float() const;
  std::span<const std::byte> Bytes() const;
  std::string_view Text() const;
  WireReader Message() const;

  /// Appends the numbers of the current field, part of a repeated one, packed or not; stops once
  /// `numbers` holds more than `most`.
  void AppendInts(std::vector<std::int64_t>& numbers, std::size_t most = SIZE_MAX) const;
  void AppendFloats(std::vector<double>& numbers, std::size_t most = SIZE_MAX) const;
  void AppendDoubles(std::vector<double>& numbers, std::size_t most = SIZE_MAX) const;

  const WireFile& file() const { return *file_; }

 private:
  enum class Type : std::uint8_t { kVarint = 0, kFixed64 = 1, kBytes = 2, kFixed32 = 5 };

  WireReader(const WireFile& file, std::span<const std::byte> message)
      : file_(&file), message_(message) {}

  std::uint64_t TakeVarint();
  std::span<const std::byte> Take(std::uint64_t count);
  void Require(Type type) const;
  template <typename Number>
  void AppendFixed(std::vector<double>& numbers, std::size_t most, Type unpacked) const;
  [[noreturn]] void FailCut(std::uint64_t missing) const;
  [[noreturn]] void FailDamaged(const std::string& why) const;

  const WireFile* file_;
  std::span<const std::byte> message_;
  std::size_t position_ = 0;  ///< in `message_`, behind the current field
  std::uint32_t field_ = 0;
  Type type_ = Type::kVarint;
  std::uint64_t varint_ = 0;            ///< payload of a kVarint field
  std::span<const std::byte> payload_;  ///< payload of every other field
};

}  // namespace joulecast::onnx
