// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string_view>

#include "joulecast/graph.h"
#include "joulecast/language_model.h"

namespace joulecast {

/// Reads a model, given by a name that the zoo knows or by the path of a file: ONNX, or a language
/// model's config.json (then its prompt's pass). Weights are never read.
/// Throws Error{kUsage} if it is neither, naming the closest known models; Error{kInput} naming the
/// file and what is wrong with it; Error{kPermission} if it may not be read.
Graph LoadModel(std::string_view name_or_path);

/// Reads a language model's config.json, or the folder that holds one, as all of its passes;
/// nullopt if `path` is neither. The model is named after its folder. Throws Error{kInput} if a
/// field is missing or contradicts another, or the `model_type` is none that is known (listing
/// those).
std::optional<LanguageModel> LoadLanguageModel(std::string_view path);

}  // namespace joulecast
