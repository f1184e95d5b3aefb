// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string_view>

#include "formats/catalog.h"
#include "joulecast/model.h"

namespace joulecast {

/// As the public one, over another table of formats, in its order.
Graph LoadModel(std::string_view name_or_path, std::span<const ModelFormat* const> formats);

}  // namespace joulecast
