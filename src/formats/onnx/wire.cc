// SPDX-License-Identifier: Apache-2.0
#include "formats/onnx/wire.h"

#include "formats/onnx/little_endian.h"
#include "joulecast/error.h"

namespace joulecast::onnx {

void WireFile::Fail(const std::string& message) const {
  throw Error(ErrorKind::kInput, name + ": " + message);
}

/// The file ends before what it announces, or a message inside it does.
void WireReader::FailCut(std::uint64_t missing) const {
  const bool is_whole_file = message_.size() == file_->bytes.size();
  if (!is_whole_file) {
    FailDamaged("field " + std::to_string(field_) + " reaches past the end of its message");
  }
  const std::uint64_t size = message_.size();
  const std::uint64_t needed = missing > UINT64_MAX - size ? UINT64_MAX : size + missing;
  file_->Fail("truncated at byte " + std::to_string(size) + " of at least " +
              std::to_string(needed) + ": download or export it again");
}

void WireReader::FailDamaged(const std::string& why) const {
  const auto offset = static_cast<std::size_t>(message_.data() - file_->bytes.data()) + position_;
  file_->Fail("damaged at byte " + std::to_string(offset) + " of " +
              std::to_string(file_->bytes.size()) + " (" + why +
              "): download or export it again, if it is an ONNX model at all");
}

std::span<const std::byte> WireReader::Take(std::uint64_t count) {
  const std::size_t left = message_.size() - position_;
  if (count > left) FailCut(count - left);
  const auto taken = message_.subspan(position_, static_cast<std::size_t>(count));
  position_ += taken.size();
  return taken;
}

/// Seven bits a byte, least significant first; the top bit says that more follow.
std::uint64_t WireReader::TakeVarint() {
  std::uint64_t number = 0;
  for (int shift = 0; shift < 64; shift += 7) {
    const auto byte = std::to_integer<std::uint64_t>(Take(1)[0]);
    number |= (byte & 0x7F) << shift;
    if ((byte & 0x80) == 0) return number;
  }
  FailDamaged("a number is longer than 10 bytes");
}

bool WireReader::Next() {
  if (position_ == message_.size()) return false;
  const std::uint64_t tag = TakeVarint();
  if (tag >> 3 == 0 || tag >> 32 != 0)
    FailDamaged("no field has number " + std::to_string(tag >> 3));
  field_ = static_cast<std::uint32_t>(tag >> 3);
  type_ = static_cast<Type>(tag & 7);
  switch (type_) {
    case Type::kVarint:
      varint_ = TakeVarint();
      return true;
    case Type::kFixed64:
      payload_ = Take(8);
      return true;
    case Type::kBytes:
      payload_ = Take(TakeVarint());
      return true;
    case Type::kFixed32:
      payload_ = Take(4);
      return true;
  }
  FailDamaged("wire type " + std::to_string(tag & 7) + " is not used by ONNX");
}

void WireReader::Require(Type type) const {
  if (type_ == type) return;
  FailDamaged("field " + std::to_string(field_) + " has wire type " +
              std::to_string(static_cast<int>(type_)) + " instead of " +
              std::to_string(static_cast<int>(type)));
}

std::int64_t WireReader::Int() const {
  Require(Type::kVarint);
  return static_cast<std::int64_t>(varint_);
}

float WireReader::Float() const {
  Require(Type::kFixed32);
  return LoadLittleEndian<float>(payload_);
}

std::span<const std::byte> WireReader::Bytes() const {
  Require(Type::kBytes);
  return payload_;
}

std::string_view WireReader::Text() const {
  const auto bytes = Bytes();
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

WireReader WireReader::Message() const { return {*file_, Bytes()}; }

void WireReader::AppendInts(std::vector<std::int64_t>& numbers, std::size_t most) const {
  if (type_ == Type::kVarint) {
    numbers.push_back(Int());
    return;
  }
  WireReader packed = Message();
  packed.field_ = field_;
  while (packed.position_ < packed.message_.size() && numbers.size() <= most) {
    numbers.push_back(static_cast<std::int64_t>(packed.TakeVarint()));
  }
}

template <typename Number>
void WireReader::AppendFixed(std::vector<double>& numbers, std::size_t most, Type unpacked) const {
  if (type_ != unpacked) Require(Type::kBytes);
  if (payload_.size() % sizeof(Number) != 0) FailDamaged("a list of numbers ends inside a number");
  for (std::size_t at = 0; at < payload_.size() && numbers.size() <= most; at += sizeof(Number)) {
    numbers.push_back(LoadLittleEndian<Number>(payload_.subspan(at)));
  }
}

void WireReader::AppendFloats(std::vector<double>& numbers, std::size_t most) const {
  AppendFixed<float>(numbers, most, Type::kFixed32);
}

void WireReader::AppendDoubles(std::vector<double>& numbers, std::size_t most) const {
  AppendFixed<double>(numbers, most, Type::kFixed64);
}

}  // namespace joulecast::onnx
