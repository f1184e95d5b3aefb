// SPDX-License-Identifier: Apache-2.0
#include "layers/convtranspose.h"

namespace joulecast {

std::optional<LayerSpec> UntransposedConv(const LayerSpec& s, const ConvLayout& layout,
                                          const LayerType& conv) {
  const ConvLayout forward{.rank = layout.rank};
  LayerSpec spec(conv);
  spec.Set(forward.kBatch, s[layout.kBatch])
      .Set(forward.kIn, s[layout.kOut])
      .Set(forward.kOut, s[layout.kIn])
      .Set(forward.groups(), s[layout.groups()])
      .Set(forward.bias(), 0)
      .Set(forward.dtype(), s[layout.dtype()]);
  for (std::size_t axis = 0; axis < layout.rank; ++axis) {
    spec.Set(forward.kImage + axis, ConvExtent(s, layout, axis))
        .Set(forward.kernel() + axis, s[layout.kernel() + axis])
        .Set(forward.stride() + axis, s[layout.stride() + axis])
        .Set(forward.dilation() + axis, s[layout.dilation() + axis])
        .Set(forward.padding() + axis, s[layout.padding() + axis])
        .Set(forward.padding() + layout.rank + axis, s[layout.padding() + layout.rank + axis]);
    if (ConvExtent(spec, forward, axis) != s[layout.kImage + axis]) return std::nullopt;
  }
  return spec;
}

}  // namespace joulecast
