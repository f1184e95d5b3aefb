// SPDX-License-Identifier: Apache-2.0
#include "layers/recurrent.h"

#include "base/checked.h"
#include "joulecast/error.h"

namespace joulecast {

void CheckRecurrent(const LayerSpec& s, std::int64_t gates) {
  const std::string name(s.type().name);
  if (s[kRecDirections] > 2) {
    throw Error(ErrorKind::kInput,
                name + ": directions=" + std::to_string(s[kRecDirections]) + " should be 1 or 2");
  }
  constexpr std::int64_t kGatesOfLstm = 4;
  if (s[kRecPeepholes] != 0 && gates != kGatesOfLstm) {
    throw Error(ErrorKind::kInput, name + ": only an lstm has peepholes");
  }
}

Shape RecurrentShape(const LayerSpec& s) {
  return {s[kRecSequence], s[kRecDirections], s[kRecBatch], s[kRecHidden]};
}

Work CountRecurrent(const LayerSpec& s, std::int64_t gates) {
  const std::int64_t results = CheckedProduct({ElementCount(RecurrentShape(s)), gates});
  const std::int64_t width = CheckedSum({s[kRecIn], s[kRecHidden]});
  const std::int64_t outputs = CheckedProduct({s[kRecDirections], gates, s[kRecHidden]});
  const std::int64_t params =
      CheckedSum({CheckedProduct({outputs, width}), CheckedProduct({2, outputs, s[kRecBias]}),
                  CheckedProduct({3, s[kRecDirections], s[kRecHidden], s[kRecPeepholes]})});
  return {.macs = CheckedProduct({results, width}),
          .bias_adds = s[kRecBias] * results,
          .params = params,
          .input_bytes =
              BytesOf(CheckedProduct({s[kRecSequence], s[kRecBatch], s[kRecIn]}), s[kRecType]),
          .output_bytes = BytesOf(ElementCount(RecurrentShape(s)), s[kRecType]),
          .weight_bytes = BytesOf(params, s[kRecType])};
}

Work CountRecurrentBackward(const LayerSpec& s, std::int64_t gates, bool input_grad) {
  Work work = BackwardOfFunction(s, true);
  if (input_grad) return work;
  const std::int64_t results = CheckedProduct({ElementCount(RecurrentShape(s)), gates});
  work.macs -= CheckedProduct({results, s[kRecIn]});
  work.output_bytes = 0;
  return work;
}

Lowered LowerRecurrent(const NodeView& node, const LayerType& type, std::int64_t gates) {
  const Shape& x = node.InputOfRank(0, 3).shape;
  const Shape& w = node.InputOfRank(1, 3).shape;
  const Shape& r = node.InputOfRank(2, 3).shape;
  const bool batch_first = node.Int("layout", 0) != 0;
  const std::int64_t hidden = r[2];
  const std::int64_t rows = CheckedProduct({gates, hidden});
  if (w[2] != x[2] || w[1] != rows || r[1] != rows || w[0] != r[0]) {
    node.Fail("weights " + ToString(w) + " and " + ToString(r) + " do not fit the input " +
              ToString(x));
  }
  const std::string direction = node.String("direction", "forward");
  if ((direction == "bidirectional") != (w[0] == 2)) {
    node.Fail("weights " + ToString(w) + " do not fit the direction '" + direction + "'");
  }
  const std::int64_t sequence = x[batch_first ? 1 : 0];
  const std::int64_t batch = x[batch_first ? 0 : 1];
  LayerSpec spec(type);
  spec.Set(kRecBatch, batch)
      .Set(kRecSequence, sequence)
      .Set(kRecIn, x[2])
      .Set(kRecHidden, hidden)
      .Set(kRecDirections, w[0])
      .Set(kRecBias, node.HasInput(3) ? 1 : 0)
      .Set(kRecPeepholes, node.HasInput(7) ? 1 : 0)
      .Set(kRecType, ProductType(node.Input(0)));
  const Shape all =
      batch_first ? Shape{batch, sequence, w[0], hidden} : Shape{sequence, w[0], batch, hidden};
  const Shape last = batch_first ? Shape{batch, w[0], hidden} : Shape{w[0], batch, hidden};
  Lowered lowered = LowerTo(node, spec, all);
  lowered.outputs.insert(lowered.outputs.end(), 2,  // the last state and, of an LSTM, cell
                         {.dtype = node.Input(0).dtype, .shape = last});
  return lowered;
}

void MeasureRecurrent(const LayerSpec& s, std::int64_t gates, const DeviceTraits& traits,
                      std::span<double> amounts) {
  MeasureProduct(s, traits, amounts);
  const auto real = [&](std::size_t slot) { return static_cast<double>(s[slot]); };
  const double state_weights = Bits(static_cast<DType>(s[kRecType])) / 8.0 *
                               static_cast<double>(gates) * real(kRecDirections) *
                               real(kRecHidden) * real(kRecHidden);
  amounts[kProductTermCount] = 1e-9 * state_weights * (real(kRecSequence) - 1);
  amounts[kProductTermCount + 1] = real(kRecSequence) * real(kRecDirections);
}

LayerSpec LinearOfAllSteps(const LayerSpec& s, std::int64_t gates) {
  LayerSpec linear(kLinear);
  linear.Set(linear.SlotOf("batch"), CheckedProduct({s[kRecSequence], s[kRecBatch]}))
      .Set(linear.SlotOf("in"), CheckedSum({s[kRecIn], s[kRecHidden]}))
      .Set(linear.SlotOf("out"), CheckedProduct({s[kRecDirections], gates, s[kRecHidden]}))
      .Set(linear.SlotOf("bias"), s[kRecBias])
      .Set(linear.SlotOf("dtype"), s[kRecType]);
  return linear;
}

}  // namespace joulecast
