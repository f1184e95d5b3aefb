// SPDX-License-Identifier: Apache-2.0
// LSTM, GRU and RNN by ONNX's semantics.
#include <gmock/gmock.h>

#include "layers/test_nodes.h"
#include "layers/test_terms.h"

namespace joulecast {
namespace {

using testing::HasSubstr;

TEST(RecurrentTest, BothDirections) {
  // 5 steps, batch 2, 3 inputs, 4 hidden: 4 gates make 16 rows.
  const auto lowered =
      LowerWhole("LSTM", {Data({5, 2, 3}), Stored({2, 16, 3}), Stored({2, 16, 4}), Stored({2, 32})},
                 {{"direction", "bidirectional"}, {"hidden_size", std::int64_t{4}}});
  ASSERT_TRUE(lowered);
  EXPECT_EQ(lowered->spec.ToString(),
            "lstm batch=2 sequence=5 in=3 hidden=4 directions=2 dtype=f32");
  ASSERT_EQ(lowered->outputs.size(), 3u);
  EXPECT_EQ(ToString(lowered->outputs[0].shape), "5x2x2x4");
  EXPECT_EQ(ToString(lowered->outputs[1].shape), "2x2x4");
  EXPECT_EQ(ToString(lowered->outputs[2].shape), "2x2x4");
}

TEST(RecurrentTest, BatchFirst) {
  EXPECT_EQ(
      Lower("GRU", {Data({2, 5, 3}), Stored({1, 12, 3}), Stored({1, 12, 4})},
            {{"layout", std::int64_t{1}}}),
      (Result{"gru batch=2 sequence=5 in=3 hidden=4 directions=1 bias=0 dtype=f32", "2x5x1x4"}));
}

TEST(RecurrentTest, WeightsHaveToFit) {
  EXPECT_EQ(Lower("RNN", {Data({5, 2, 3}), Stored({1, 4, 3}), Stored({1, 4, 4})}).spec,
            "rnn batch=2 sequence=5 in=3 hidden=4 directions=1 bias=0 dtype=f32");
  EXPECT_THAT(Complaint("GRU", {Data({5, 2, 3}), Stored({1, 16, 3}), Stored({1, 16, 4})}),
              HasSubstr("weights 1x16x3 and 1x16x4 do not fit"));
  EXPECT_THAT(Complaint("RNN", {Data({5, 2, 3}), Stored({1, 4, 3}), Stored({1, 4, 4})},
                        {{"direction", "bidirectional"}}),
              HasSubstr("do not fit the direction 'bidirectional'"));
}

// torch.nn.LSTM(3, 4, bidirectional=True) has 2 x (16 x 3 + 16 x 4 + 16 + 16) = 288 parameters.
TEST(RecurrentTest, Counts) {
  const Work work =
      LayerSpec::Parse("lstm batch=2 sequence=5 in=3 hidden=4 directions=2").CountWork();
  EXPECT_EQ(work.macs, 5 * 2 * 2 * 16 * 7);
  EXPECT_EQ(work.bias_adds, 5 * 2 * 2 * 16);
  EXPECT_EQ(work.params, 288);
  EXPECT_EQ(work.input_bytes, 4 * 30);
  EXPECT_EQ(work.output_bytes, 4 * 80);
  EXPECT_EQ(work.weight_bytes, 4 * 288);
  EXPECT_EQ(LayerSpec::Parse("lstm batch=1 sequence=1 in=3 hidden=4 bias=0 peepholes=1")
                .CountWork()
                .params,
            16 * 7 + 12);
  EXPECT_THROW(LayerSpec::Parse("gru batch=1 sequence=1 in=3 hidden=4 peepholes=1"), Error);
  EXPECT_THROW(LayerSpec::Parse("rnn batch=1 sequence=1 in=3 hidden=4 directions=3"), Error);
}

TEST(RecurrentTest, EachStepReadsTheStatesWeightsAgain) {
  const Amounts amounts = AmountsOf("gru batch=2 sequence=5 in=3 hidden=4 directions=2", {});
  EXPECT_NEAR(amounts.at("weights_again_per_step"), 4 * (2 * 12 * 4 * 4e-9), 1e-18);
  EXPECT_EQ(amounts.at("steps"), 10);
}

TEST(RecurrentTest, RelativeIsOneProductOfAllSteps) {
  const LayerSpec spec = LayerSpec::Parse("gru batch=2 sequence=5 in=3 hidden=4 directions=2");
  EXPECT_EQ(spec.type().relative(spec)->ToString(), "linear batch=10 in=7 out=24 dtype=f32");
}

}  // namespace
}  // namespace joulecast
