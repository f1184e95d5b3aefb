// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "formats/huggingface/config.h"
#include "formats/huggingface/transformer_builder.h"
#include "joulecast/model.h"

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

/// From the text of a config.json. `path` is for messages.
LanguageModel ReadLanguageModel(std::string_view text, const std::string& path,
                                const std::string& name);

}  // namespace joulecast
