// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "formats/onnx/wire.h"

namespace joulecast::onnx {

/// Where a tensor's bytes lie outside the model: the pairs of TensorProto.external_data.
class ExternalData {
 public:
  /// Takes one pair (StringStringEntryProto): location, offset or length.
  void Add(WireReader entry);

  /// `count` bytes, from a regular file inside `folder` only: a model must not make us read
  /// anything else. nullopt if there is no such file, it is too short, length says otherwise, or
  /// `folder` is empty.
  std::optional<std::vector<std::byte>> Read(const std::filesystem::path& folder,
                                             std::size_t count) const;

 private:
  std::string location_;
  std::string offset_ = "0";
  std::string length_;
};

}  // namespace joulecast::onnx
