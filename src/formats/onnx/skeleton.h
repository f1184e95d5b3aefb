// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace joulecast::onnx {

/// What may be kept of one model. The largest exports have some 20,000 nodes in 6 MB.
struct SkeletonLimits {
  std::size_t bytes = 16 << 20;
  std::size_t graph_entries = 100'000;  ///< nodes, initializers and value infos
};

/// Makes a ModelProto that comes in pieces into one that means the same graph and lacks what
/// nothing reads: the numbers of weights, documentation, and where external data lie. Memory is
/// that of the result, whatever the size of the model.
class SkeletonFilter {
 public:
  /// `name` is the file's, for messages.
  explicit SkeletonFilter(std::string name, SkeletonLimits limits = {});

  /// Throws Error{kInput} for what no ModelProto is, and beyond the limits.
  void Take(std::span<const std::byte> bytes);

  /// Bytes kept so far.
  std::size_t kept() const { return kept_; }

  /// The model has ended: its skeleton. Throws Error{kInput} if it ends inside a field.
  std::string Finish();

 private:
  enum class Kind : std::uint8_t;
  enum class State : std::uint8_t { kTag, kVarint, kLength, kPayload };

  /// A message that has begun and not ended.
  struct Open {
    Kind kind;
    std::uint64_t tag = 0;    ///< its own, in the message around it
    std::uint64_t left = 0;   ///< bytes that are still to come
    std::size_t numbers = 0;  ///< bytes kept of a tensor's numbers
    std::string kept;
  };

  static Kind KindOf(Kind message, std::uint64_t field);
  std::uint64_t field() const { return tag_ >> 3; }

  void TakeNumber(std::uint8_t byte);
  void BeginField(std::uint64_t tag);
  void TakeVarint(std::uint64_t number);
  bool MayKeepNumbers(std::size_t size);
  void BeginPayload(std::uint64_t size);
  std::size_t TakePayload(std::span<const std::byte> bytes);
  void EndMessage();
  bool SaysModule(const Open& metadata) const;
  void DropWeights(Open& tensor) const;
  void Keep(std::string_view bytes);
  void KeepNumber(std::uint64_t number);
  [[noreturn]] void FailDamaged(const std::string& why) const;
  [[noreturn]] void Fail(const std::string& why) const;

  std::string name_;
  SkeletonLimits limits_;
  std::vector<Open> open_;  ///< the model itself is the first
  State state_ = State::kTag;
  Kind kind_;                 ///< of the current field
  std::uint64_t tag_ = 0;     ///< of the current field
  std::uint64_t number_ = 0;  ///< the varint that is being read
  int shift_ = 0;             ///< bits of it so far
  std::uint64_t payload_left_ = 0;
  std::uint64_t payload_kept_ = 0;  ///< of the bytes left, the first so many are kept
  std::uint64_t position_ = 0;      ///< in the model, for messages
  std::size_t kept_ = 0;
  std::size_t graph_entries_ = 0;
};

}  // namespace joulecast::onnx
