// SPDX-License-Identifier: Apache-2.0
// The text of a layer, as arguments, datasets and campaigns have it.
#include <string>

#include "fuzz/estimate_all.h"
#include "fuzz/target.h"
#include "joulecast/layer.h"

namespace joulecast::fuzz {

void RunInput(std::string_view input) {
  const LayerSpec spec = LayerSpec::Parse(input);
  const std::string canonical = spec.ToString();
  Promise(LayerSpec::Parse(canonical) == spec, "a layer's own text means the layer");
  Promise(LayerSpec::Parse(canonical).ToString() == canonical, "equal layers have equal text");
  Try([&] { EstimateLayer(spec); });
}

}  // namespace joulecast::fuzz
