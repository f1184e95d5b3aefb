// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "joulecast/graph.h"
#include "joulecast/language_model.h"

namespace joulecast {

/// What a model is read into: one pass, or all that a language model does.
using LoadedModel = std::variant<Graph, LanguageModel>;

/// Takes a model's file in pieces as they arrive, and keeps what is read of it: no weights.
class ModelReceiver {
 public:
  virtual ~ModelReceiver() = default;

  /// Throws Error{kInput} as soon as it is clear that this is no such file, or too much of it
  /// would have to be kept.
  virtual void Take(std::span<const std::byte> bytes) = 0;

  /// Bytes kept so far.
  virtual std::size_t kept() const = 0;

  /// The file has ended: what `ModelFormat::read` reads. Throws Error{kInput} if it was cut.
  virtual std::string Finish() = 0;
};

/// One way to name a model: by a file of some format, or by a name that the zoo knows.
/// One folder of `src/formats/` defines it; one line in `src/formats/catalog.inc` lists it.
struct ModelFormat {
  std::string_view name;
  std::string_view expects;  ///< for errors: what it accepts, "a file ending in .onnx"

  /// The model, or nullopt if this is no name or file of this format. Throws Error if it is, but
  /// cannot be read.
  std::optional<LoadedModel> (*load)(std::string_view name_or_path);

  /// Every model it knows by name; null for formats of files.
  std::vector<std::string> (*names)() = nullptr;

  /// For files that arrive from elsewhere: what receives one that begins so, or nullptr if this is
  /// none of this format; `name` is for messages. The format of the catalogue's last line takes
  /// every file: it throws Error{kInput} saying what this is instead. Null for names.
  std::unique_ptr<ModelReceiver> (*receive)(std::string_view head,
                                            const std::string& name) = nullptr;
  /// Reads what was kept of a file of that name. It opens no other file.
  LoadedModel (*read)(std::string_view kept, const std::string& name) = nullptr;
};

#define JOULECAST_FORMAT(format) extern const ModelFormat format;
#include "formats/catalog.inc"
#undef JOULECAST_FORMAT

}  // namespace joulecast
