// SPDX-License-Identifier: Apache-2.0
#include "backends/torch/recurrent_twin.h"

#include <utility>

#include "joulecast/error.h"
#include "layers/recurrent.h"

namespace joulecast {

std::vector<Operand> RecurrentOperands(const LayerSpec& s) {
  if (s[kRecPeepholes] != 0) {
    throw Error(ErrorKind::kInput, s.ToString() + ": PyTorch has no peepholes");
  }
  return {{.shape = {s[kRecSequence], s[kRecBatch], s[kRecIn]}}};
}

RecurrentWeights::RecurrentWeights(const LayerSpec& s, const Site& site, std::int64_t gates)
    : has_bias(s[kRecBias] != 0), is_bidirectional(s[kRecDirections] == 2) {
  const std::int64_t hidden = s[kRecHidden];
  const auto make = [&](const Shape& shape) {
    of_gates.push_back(site.source.Weights(shape, TypeOf(s), hidden));
  };
  for (std::int64_t direction = 0; direction < s[kRecDirections]; ++direction) {
    make({gates * hidden, s[kRecIn]});
    make({gates * hidden, hidden});
    for (int bias = 0; has_bias && bias < 2; ++bias) make({gates * hidden});
  }
  state = site.source.Untrained().Constant({s[kRecDirections], s[kRecBatch], hidden}, TypeOf(s), 0);
}

Step MakeRecurrent(const LayerSpec& s, const Site& site,
                   std::function<Tensors(const at::Tensor&)> run) {
  const bool batch_first = site.node != nullptr && site.node->Int("layout", 0) != 0;
  const Shape shape = {s[kRecSequence], s[kRecBatch], s[kRecDirections], s[kRecHidden]};
  return [=, run = std::move(run)](std::span<const at::Tensor> x) -> Tensors {
    Tensors results = run(batch_first ? x[0].transpose(0, 1) : x[0]);
    const at::Tensor steps = results[0].view(shape);
    results[0] = batch_first ? steps.transpose(0, 1) : steps.transpose(1, 2);
    for (std::size_t i = 1; batch_first && i < results.size(); ++i) {
      results[i] = results[i].transpose(0, 1);
    }
    return results;
  };
}

}  // namespace joulecast
