// SPDX-License-Identifier: Apache-2.0
#include "formats/receive_model.h"

#include <algorithm>

#include "base/text.h"
#include "joulecast/error.h"

namespace joulecast {
namespace {

/// Enough to tell any format, and what other kinds of file people have.
constexpr std::size_t kHead = 512;

}  // namespace

ModelStream::ModelStream(std::string name, std::span<const ModelFormat* const> formats)
    : name_(std::move(name)), formats_(formats) {}

void ModelStream::Take(std::span<const std::byte> bytes) {
  if (receiver_ == nullptr) {
    const auto head = bytes.first(std::min(bytes.size(), kHead - head_.size()));
    head_.append(reinterpret_cast<const char*>(head.data()), head.size());
    bytes = bytes.subspan(head.size());
    if (head_.size() < kHead) return;
    ChooseFormat();
  }
  receiver_->Take(bytes);
}

ReceivedModel ModelStream::Finish() {
  if (receiver_ == nullptr) ChooseFormat();
  std::string kept = receiver_->Finish();
  return {.format = format_, .name = std::move(name_), .kept = std::move(kept)};
}

void ModelStream::ChooseFormat() {
  for (const ModelFormat* format : formats_) {
    if (format->receive == nullptr) continue;
    receiver_ = format->receive(head_, name_);
    if (receiver_ == nullptr) continue;
    format_ = format;
    receiver_->Take(std::as_bytes(std::span(head_)));
    head_.clear();
    return;
  }
  throw Error(ErrorKind::kInput, Printable(name_) + ": no format that is read begins like this");
}

}  // namespace joulecast
