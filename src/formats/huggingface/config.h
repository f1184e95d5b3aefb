// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <initializer_list>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "joulecast/graph.h"

namespace joulecast {

/// The fields of a Hugging Face `config.json`. Every error names the file and the field.
class ModelConfig {
 public:
  /// Throws Error{kInput} if the text is no JSON object. A multimodal model's `text_config` is read
  /// in its place. `path` is for messages.
  static ModelConfig Parse(std::string_view text, std::string path);

  const std::string& path() const { return path_; }

  /// A text, or the first of a list of texts ("architectures"); nullopt if absent or null. Throws
  /// Error{kInput} if it is something else.
  std::optional<std::string> Text(std::string_view name) const;
  bool Flag(std::string_view name, bool otherwise) const;

  /// A whole number from 1 to 2^31; nullopt if absent or null. Throws Error{kInput} otherwise.
  std::optional<std::int64_t> OptionalCount(std::string_view name) const;
  /// The same under the first of the names that is there: families call one thing differently.
  /// Throws Error{kInput} naming them all if none is.
  std::int64_t Count(std::initializer_list<std::string_view> names) const;

  /// Throws Error{kInput}: "PATH: FIELD: WHY".
  [[noreturn]] void Fail(std::string_view field, const std::string& why) const;

 private:
  using Field = std::variant<std::monostate, bool, double, std::string>;
  const Field* Find(std::string_view name) const;

  std::string path_;
  std::map<std::string, Field> fields_;  ///< a list of texts is there as its first text
};

/// Element type of weights and activations: `torch_dtype` (or `dtype`); f32 if absent.
DType DTypeOf(const ModelConfig& config);

}  // namespace joulecast
