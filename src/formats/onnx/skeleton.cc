// SPDX-License-Identifier: Apache-2.0
#include "formats/onnx/skeleton.h"

#include <algorithm>
#include <utility>

#include "base/text.h"
#include "formats/onnx/raw_node.h"
#include "formats/onnx/tensor.h"
#include "formats/onnx/wire.h"
#include "joulecast/error.h"

namespace joulecast::onnx {
namespace {

/// A tensor whose numbers are read has fewer bytes of them. So many of every other one's are kept
/// until its extents are known: what contradicts them still does.
constexpr std::size_t kMostNumberBytes = 16 << 10;

/// Deeper than control flow that the reader accepts: each of its 64 graphs takes three messages.
constexpr std::size_t kDeepest = 256;

std::string_view AsText(std::span<const std::byte> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

}  // namespace

/// What a field is to the reader.
enum class SkeletonFilter::Kind : std::uint8_t {
  kUnread,
  kRead,
  kNumbers,  ///< of a tensor
  // Messages that are walked.
  kModel,
  kGraph,
  kNode,
  kAttribute,
  kTensor,
  kSparseTensor,
  kFunction,
  kMetadata,  ///< of a node
};

/// The fields that this folder reads, by the numbers of onnx.proto3.
SkeletonFilter::Kind SkeletonFilter::KindOf(Kind message, std::uint64_t field) {
  switch (message) {
    case Kind::kModel:
      if (field == 7) return Kind::kGraph;
      if (field == 25) return Kind::kFunction;
      return field == 8 ? Kind::kRead : Kind::kUnread;  // opset_import
    case Kind::kGraph:
      if (field == 1) return Kind::kNode;
      if (field == 5) return Kind::kTensor;                             // initializer
      if (field == 15) return Kind::kSparseTensor;                      // sparse_initializer
      return field >= 11 && field <= 13 ? Kind::kRead : Kind::kUnread;  // input, output, value_info
    case Kind::kNode:
      if (field == 5) return Kind::kAttribute;
      if (field == 9) return Kind::kMetadata;
      return field <= 4 || field == 7 ? Kind::kRead : Kind::kUnread;  // names, domain
    case Kind::kAttribute:
      if (field == 5) return Kind::kTensor;
      if (field == 6 || field == 11) return Kind::kGraph;
      return field <= 8 || field == 20 || field == 21 ? Kind::kRead : Kind::kUnread;
    case Kind::kTensor:
      if (field == 1 || field == 2 || field == 8) return Kind::kRead;  // dims, data_type, name
      // 13, external_data, is left out: what a sender's model names is not looked for here.
      return (field >= 4 && field <= 7) || (field >= 9 && field <= 11) ? Kind::kNumbers
                                                                       : Kind::kUnread;
    case Kind::kSparseTensor:
      if (field == 1) return Kind::kTensor;             // values
      return field == 3 ? Kind::kRead : Kind::kUnread;  // dims
    case Kind::kFunction:
      if (field == 7) return Kind::kNode;
      if (field == 11) return Kind::kAttribute;  // a default
      return field == 8 || field > 10 ? Kind::kUnread : Kind::kRead;
    case Kind::kMetadata:
      return field <= 2 ? Kind::kRead : Kind::kUnread;  // key, value
    default:
      return Kind::kUnread;
  }
}

SkeletonFilter::SkeletonFilter(std::string name, SkeletonLimits limits)
    : name_(std::move(name)), limits_(limits), kind_(Kind::kModel) {
  open_.push_back({.kind = Kind::kModel, .left = UINT64_MAX});
}

void SkeletonFilter::Take(std::span<const std::byte> bytes) {
  while (!bytes.empty()) {
    std::size_t taken = 1;
    if (state_ == State::kPayload) {
      taken = TakePayload(bytes);
    } else {
      if (open_.back().left-- == 0) FailDamaged("a field reaches past the end of its message");
      ++position_;
      TakeNumber(std::to_integer<std::uint8_t>(bytes.front()));
    }
    bytes = bytes.subspan(taken);
    const bool is_between_fields = state_ == State::kTag && shift_ == 0;
    while (is_between_fields && open_.size() > 1 && open_.back().left == 0) EndMessage();
  }
}

std::string SkeletonFilter::Finish() {
  if (state_ != State::kTag || shift_ != 0 || open_.size() > 1) {
    const std::uint64_t missing =
        std::max<std::uint64_t>(payload_left_ + (open_.size() > 1 ? open_[1].left : 0), 1);
    Fail("truncated at byte " + std::to_string(position_) + " of at least " +
         std::to_string(position_ + missing) + ": send it again, or export it again");
  }
  return std::move(open_.front().kept);
}

/// One byte of a tag, a length or a number: seven bits, least significant first; the top bit says
/// that more follow.
void SkeletonFilter::TakeNumber(std::uint8_t byte) {
  if (shift_ >= 64) FailDamaged("a number is longer than 10 bytes");
  number_ |= static_cast<std::uint64_t>(byte & 0x7F) << shift_;
  shift_ += 7;
  if ((byte & 0x80) != 0) return;
  const std::uint64_t number = std::exchange(number_, 0);
  shift_ = 0;
  switch (state_) {
    case State::kTag:
      return BeginField(number);
    case State::kLength:
      return BeginPayload(number);
    default:
      return TakeVarint(number);
  }
}

void SkeletonFilter::BeginField(std::uint64_t tag) {
  tag_ = tag;
  if (field() == 0 || tag_ >> 32 != 0) {
    FailDamaged("no field has number " + std::to_string(field()));
  }
  Open& message = open_.back();
  kind_ = KindOf(message.kind, field());
  const bool is_graph = message.kind == Kind::kGraph || message.kind == Kind::kFunction;
  if (is_graph && ++graph_entries_ > limits_.graph_entries) {
    Fail("its graphs have more than " + std::to_string(limits_.graph_entries) +
         " nodes, weights and values: more than is taken from elsewhere; run joulecast on the "
         "file itself");
  }
  switch (tag_ & 7) {
    case 0:
      state_ = State::kVarint;
      return;
    case 1:
      return BeginPayload(8);
    case 2:
      state_ = State::kLength;
      return;
    case 5:
      return BeginPayload(4);
    default:
      FailDamaged("wire type " + std::to_string(tag_ & 7) + " is not used by ONNX");
  }
}

/// Numbers of a tensor may each be a field of their own.
void SkeletonFilter::TakeVarint(std::uint64_t number) {
  constexpr std::size_t kLongest = 10;
  state_ = State::kTag;
  if (kind_ == Kind::kUnread) return;
  if (kind_ == Kind::kNumbers && !MayKeepNumbers(kLongest)) return;
  KeepNumber(tag_);
  KeepNumber(number);
}

bool SkeletonFilter::MayKeepNumbers(std::size_t size) {
  std::size_t& numbers = open_.back().numbers;
  if (size > kMostNumberBytes - numbers) return false;
  numbers += size;
  return true;
}

/// A message is walked; of everything else the bytes are kept or not.
void SkeletonFilter::BeginPayload(std::uint64_t size) {
  Open& message = open_.back();
  if (size > message.left) {
    FailDamaged("field " + std::to_string(field()) + " reaches past the end of its message");
  }
  message.left -= size;
  const bool is_length = (tag_ & 7) == 2;
  if (is_length && kind_ >= Kind::kModel) {
    if (open_.size() >= kDeepest) Fail("its messages are nested too deeply: the file is damaged");
    open_.push_back({.kind = kind_, .tag = tag_, .left = size});
    state_ = State::kTag;
    return;
  }
  payload_left_ = size;
  payload_kept_ = kind_ == Kind::kUnread ? 0 : size;
  if (kind_ == Kind::kNumbers) {
    const std::size_t room = kMostNumberBytes - message.numbers;
    if (is_length) payload_kept_ = std::min<std::uint64_t>(size, room);
    if (!MayKeepNumbers(static_cast<std::size_t>(payload_kept_))) payload_kept_ = 0;
  }
  if (payload_kept_ > 0 || (size == 0 && kind_ != Kind::kUnread)) {
    KeepNumber(tag_);
    if (is_length) KeepNumber(payload_kept_);
  }
  state_ = size == 0 ? State::kTag : State::kPayload;
}

std::size_t SkeletonFilter::TakePayload(std::span<const std::byte> bytes) {
  const auto taken = static_cast<std::size_t>(std::min<std::uint64_t>(bytes.size(), payload_left_));
  const auto kept = static_cast<std::size_t>(std::min<std::uint64_t>(taken, payload_kept_));
  Keep(AsText(bytes.first(kept)));
  payload_kept_ -= kept;
  payload_left_ -= taken;
  position_ += taken;
  if (payload_left_ == 0) state_ = State::kTag;
  return taken;
}

void SkeletonFilter::EndMessage() {
  Open message = std::move(open_.back());
  open_.pop_back();
  if (message.kind == Kind::kTensor && message.numbers > 0) {
    kept_ -= message.kept.size();
    DropWeights(message);
    kept_ += message.kept.size();
  }
  if (message.kind == Kind::kMetadata && !SaysModule(message)) {
    kept_ -= message.kept.size();
    return;
  }
  KeepNumber(message.tag);
  KeepNumber(message.kept.size());
  open_.back().kept += message.kept;
}

bool SkeletonFilter::SaysModule(const Open& metadata) const {
  const WireFile file{.name = name_, .bytes = std::as_bytes(std::span(metadata.kept))};
  return !ModuleOf(WireReader(file)).empty();
}

/// Takes its numbers out of a tensor that the reader would not read them of.
void SkeletonFilter::DropWeights(Open& tensor) const {
  const WireFile file{.name = name_, .bytes = std::as_bytes(std::span(tensor.kept))};
  if (ReadsNumbers(WireReader(file))) return;
  std::string rest;
  WireReader fields(file);
  std::size_t begin = 0;
  while (fields.Next()) {
    if (KindOf(Kind::kTensor, fields.field()) != Kind::kNumbers) {
      rest.append(tensor.kept, begin, fields.position() - begin);
    }
    begin = fields.position();
  }
  tensor.kept = std::move(rest);
}

void SkeletonFilter::Keep(std::string_view bytes) {
  kept_ += bytes.size();
  if (kept_ > limits_.bytes) {
    Fail("more than " + std::to_string(limits_.bytes >> 20) +
         " MB of it are no weights: more than is taken from elsewhere; run joulecast on the file "
         "itself");
  }
  open_.back().kept += bytes;
}

void SkeletonFilter::KeepNumber(std::uint64_t number) {
  std::string bytes;
  for (; number >= 0x80; number >>= 7) bytes += static_cast<char>((number & 0x7F) | 0x80);
  bytes += static_cast<char>(number);
  Keep(bytes);
}

void SkeletonFilter::FailDamaged(const std::string& why) const {
  Fail("damaged at byte " + std::to_string(position_) + " (" + why +
       "): send it again, if it is an ONNX model at all");
}

void SkeletonFilter::Fail(const std::string& why) const {
  throw Error(ErrorKind::kInput, Printable(name_) + ": " + why);
}

}  // namespace joulecast::onnx
