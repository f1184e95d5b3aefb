// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string_view>

#include "formats/catalog.h"
#include "joulecast/model.h"

namespace joulecast {

/// Every way to name a model.
std::span<const ModelFormat* const> ModelFormats();

/// Reads a model, given by a name that the zoo knows or by the path of a file; by one of `formats`,
/// in their order. Throws Error{kUsage} if it is neither, naming the closest known models; what
/// reading throws.
LoadedModel LoadAnyModel(std::string_view name_or_path,
                         std::span<const ModelFormat* const> formats = ModelFormats());

/// The same as a graph: of a language model, its pass over the prompt.
Graph LoadModel(std::string_view name_or_path, std::span<const ModelFormat* const> formats);

/// The graph of what was read: of a language model, its pass over the prompt.
Graph GraphOf(LoadedModel model);

}  // namespace joulecast
