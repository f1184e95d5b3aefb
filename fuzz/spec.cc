// SPDX-License-Identifier: Apache-2.0
// The text of a layer, as arguments, datasets and campaigns have it.
#include <string>

#include "fuzz/estimate_all.h"
#include "fuzz/target.h"
#include "joulecast/layer.h"

namespace joulecast::fuzz {

void ReadSpec(std::string_view text) {
  const LayerSpec spec = LayerSpec::Parse(text);
  const std::string canonical = spec.ToString();
  Promise(LayerSpec::Parse(canonical) == spec, "a layer's own text means the layer");
  Promise(LayerSpec::Parse(canonical).ToString() == canonical, "equal layers have equal text");
  Try([&] { EstimateLayer(spec); });
}

}  // namespace joulecast::fuzz

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace joulecast::fuzz;
  Try([&] { ReadSpec(Text(data, size)); });
  return 0;
}
