// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "formats/huggingface/config.h"
#include "formats/huggingface/transformer_builder.h"
#include "joulecast/language_model.h"

namespace joulecast {

/// One family of models: which `model_type`s it reads, and how it writes them down.
/// One file in this folder defines it; one line in `catalog.inc` lists it.
struct LanguageFamily {
  std::string_view model_types;  ///< separated by blanks
  LanguageModel (*build)(const ModelConfig& config, const std::string& name);
};

#define JOULECAST_LANGUAGE_FAMILY(family) extern const LanguageFamily family;
#include "formats/huggingface/catalog.inc"
#undef JOULECAST_LANGUAGE_FAMILY

/// Reads a config.json, or the folder that holds one; nullopt if `path` is neither. The model is
/// named after its folder. Throws Error{kInput} if a field is missing or contradicts another, or
/// the `model_type` is none that is known (listing those).
std::optional<LanguageModel> LoadLanguageModel(std::string_view path);

/// From the text of a config.json. `path` is for messages.
LanguageModel ReadLanguageModel(std::string_view text, const std::string& path,
                                const std::string& name);

}  // namespace joulecast
