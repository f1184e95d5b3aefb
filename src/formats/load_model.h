// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "formats/catalog.h"
#include "joulecast/graph.h"

namespace joulecast {

/// Reads a model, given by a name that the zoo knows or by the path of a file.
/// Throws Error{kUsage} if it is neither, naming the closest known models; what reading throws.
Graph LoadModel(std::string_view name_or_path);

/// The same over another table of formats, in its order.
Graph LoadModel(std::string_view name_or_path, std::span<const ModelFormat* const> formats);

}  // namespace joulecast
