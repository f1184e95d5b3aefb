// SPDX-License-Identifier: Apache-2.0
#include "backends/torch/elementwise_twin.h"

#include <string>

#include "joulecast/error.h"
#include "layers/elementwise.h"

namespace joulecast {

std::vector<Operand> ElementwiseOperands(const LayerSpec& spec) {
  const std::int64_t out = spec[kEwOut];
  const std::int64_t whole = spec[kEwIn] / out;
  const std::int64_t rest = spec[kEwIn] % out;
  if (whole == 0 || (rest > 0 && out % rest != 0)) {
    throw Error(ErrorKind::kInput, spec.ToString() + ": cannot run alone: operands of together " +
                                       std::to_string(spec[kEwIn]) + " elements, one as large " +
                                       "as the result, do not broadcast to " + std::to_string(out));
  }
  // A smaller operand is repeated along the leading dimension, as a bias is.
  const Shape shape = rest > 0 ? Shape{out / rest, rest} : Shape{out};
  std::vector<Operand> operands(static_cast<std::size_t>(whole),
                                {.shape = shape, .fill = Fill::kSigns});
  if (rest > 0) operands.push_back({.shape = {rest}, .fill = Fill::kSigns});
  return operands;
}

Step MakeElementwise(const LayerSpec& spec, const Site& site, Pairwise join, Pairwise join_into) {
  const StoredInputs stored(spec, site);
  const Pairwise first = spec[kEwInplace] != 0 ? join_into : join;
  return [=, shape = site.output_shape](std::span<const at::Tensor> x) -> Tensors {
    const Tensors all = stored.AmongThem(x);
    if (all.size() == 1) return {Seen(all[0], shape)};  // a sum of one
    at::Tensor result = first(all[0], all[1]);
    for (std::size_t i = 2; i < all.size(); ++i) result = first(result, all[i]);
    return {Seen(result, shape)};
  };
}

}  // namespace joulecast
