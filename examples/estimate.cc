// SPDX-License-Identifier: Apache-2.0
// An estimate in ten lines: energy and time of one inference, and the costliest layer.
#include <joulecast/estimate.h>
#include <joulecast/model.h>

#include <algorithm>
#include <cstdio>

int main() {
  using namespace joulecast;
  const Profile profile = LoadProfile("xeon-gold-5120");
  const LayeredModel model = Resolve(LoadModel("resnet50"), {.batch = 8});
  const Estimate estimate = EstimateModel(model, Predictor(profile));
  std::printf("%.1f J in %.2f s\n", estimate.energy.energy.value(), estimate.time.count());
  const auto costliest = std::max_element(
      estimate.layers.begin(), estimate.layers.end(),
      [](const LayerEstimate& a, const LayerEstimate& b) { return a.share < b.share; });
  std::printf("%s takes %.1f %%\n", costliest->layer.name.c_str(), 100 * costliest->share);
}
