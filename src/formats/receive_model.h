// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <span>
#include <string>

#include "formats/load_model.h"

namespace joulecast {

/// What is kept of a model's file that came in pieces.
struct ReceivedModel {
  const ModelFormat* format = nullptr;
  std::string name;  ///< of the file, as its sender calls it
  std::string kept;

  /// Throws as reading a file of that format does. No file is opened.
  LoadedModel Read() const { return format->read(kept, name); }
};

/// Receives a model's file of any format: the first of `formats` that knows its beginning takes it.
class ModelStream {
 public:
  explicit ModelStream(std::string name,
                       std::span<const ModelFormat* const> formats = ModelFormats());

  /// Throws Error{kInput} as soon as it is clear that no format reads this file.
  void Take(std::span<const std::byte> bytes);

  /// Bytes kept so far.
  std::size_t kept() const { return receiver_ ? receiver_->kept() : head_.size(); }

  /// The file has ended. Throws Error{kInput} if it was cut or is none that can be read.
  ReceivedModel Finish();

 private:
  void ChooseFormat();

  std::string name_;
  std::span<const ModelFormat* const> formats_;
  std::string head_;  ///< the first bytes, until they tell the format
  const ModelFormat* format_ = nullptr;
  std::unique_ptr<ModelReceiver> receiver_;
};

}  // namespace joulecast
