// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <initializer_list>

namespace joulecast {

/// Product of counts. Throws Error{kInput} when it exceeds 2^53, past which a double no longer
/// holds each integer: such a model is a mistake or an attack, not a workload.
std::int64_t CheckedProduct(std::initializer_list<std::int64_t> factors);

/// Sum of counts, with the same bound.
std::int64_t CheckedSum(std::initializer_list<std::int64_t> terms);

}  // namespace joulecast
