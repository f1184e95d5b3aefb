// SPDX-License-Identifier: Apache-2.0
#include "joulecast/training.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "formats/huggingface/huggingface.h"
#include "joulecast/error.h"
#include "joulecast/generation.h"
#include "joulecast/zoo.h"
#include "layers/test_graph.h"
#include "predict/test_profile.h"

namespace joulecast {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using Ints = std::vector<std::int64_t>;

const TestGraph::Attributes kPadded = {{"pads", Ints{1, 1, 1, 1}}};

/// "name: spec" of each layer of a phase.
std::vector<std::string> Texts(const TrainingStep& step, TrainingPhase phase) {
  std::vector<std::string> texts;
  for (std::size_t i = 0; i < step.model.layers.size(); ++i) {
    const Layer& layer = step.model.layers[i];
    if (step.PhaseOf(i) != phase) continue;
    texts.push_back(layer.name + ": " + (layer.spec ? layer.spec->ToString() : "unknown"));
  }
  return texts;
}

TrainingStep StepOf(const Graph& graph, const InputBinding& binding = {}) {
  return MakeTrainingStep(graph, Resolve(graph, binding), OptimizerCatalog()[0]);
}

std::string Complaint(const Graph& graph) {
  try {
    StepOf(graph);
    return "accepted";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kInput);
    return error.what();
  }
}

/// conv -> relu -> conv, added to the relu's result -> pool -> linear.
Graph SmallNet() {
  TestGraph graph;
  const ValueId x = graph.Input("x", {2, 3, 8, 8});
  const ValueId first =
      graph.Add("Conv", {x, graph.Weight({4, 3, 3, 3}), graph.Weight({4})}, kPadded);
  const ValueId relu = graph.Add("Relu", {first});
  const ValueId second = graph.Add("Conv", {relu, graph.Weight({4, 4, 3, 3})}, kPadded);
  const ValueId sum = graph.Add("Add", {second, relu});
  const ValueId pooled = graph.Add("GlobalAveragePool", {sum});
  const ValueId flat = graph.Add("Flatten", {pooled});
  return graph.Finish(graph.Add("Gemm", {flat, graph.Weight({4, 10}), graph.Weight({10})}));
}

TEST(TrainingStepTest, GradientsGoBackLayerByLayer) {
  const TrainingStep step = StepOf(SmallNet());
  // The sum and the view hand gradients on as they are; both of its branches end in the relu.
  EXPECT_THAT(
      Texts(step, TrainingPhase::kBackward),
      ElementsAre("Gemm6: linear batch=2 in=4 out=10 dtype=f32 pass=backward",
                  "GlobalAveragePool4: adaptiveavgpool2d batch=2 channels=4 image=8x8 output=1x1 "
                  "dtype=f32 pass=backward",
                  "Conv2: conv2d batch=2 in=4 out=4 image=8x8 kernel=3x3 stride=1 padding=1 "
                  "groups=1 bias=0 dtype=f32 pass=backward",
                  "Relu1 (gradients meet): add out=512 in=1024 inplace=1 dtype=f32",
                  "Relu1: relu batch=2 elements=256 inplace=0 dtype=f32 pass=backward",
                  "Conv0: conv2d batch=2 in=3 out=4 image=8x8 kernel=3x3 stride=1 padding=1 "
                  "groups=1 dtype=f32 input_grad=0 pass=backward"));
  EXPECT_THAT(Texts(step, TrainingPhase::kUpdate),
              ElementsAre("Conv0: optimizer elements=112 states=1 dtype=f32",
                          "Conv2: optimizer elements=144 states=1 dtype=f32",
                          "Gemm6: optimizer elements=50 states=1 dtype=f32"));
}

TEST(TrainingStepTest, CountsASmallNetAsByHand) {
  const TrainingStep step = StepOf(SmallNet());
  // 2 x 4 x 64 results of 27 and of 36 products, 2 x 10 of 4; the first layer once, others twice.
  const std::int64_t first = 512 * 27;
  const std::int64_t second = 512 * 36;
  const std::int64_t last = 20 * 4;
  EXPECT_EQ(step.WorkOf(TrainingPhase::kForward).macs, first + second + last);
  EXPECT_EQ(step.WorkOf(TrainingPhase::kBackward).macs, first + 2 * second + 2 * last);
  EXPECT_EQ(step.WorkOf(TrainingPhase::kUpdate).macs, 0);
  EXPECT_EQ(step.model.TotalWork().params, 112 + 144 + 50);
}

TEST(TrainingStepTest, WhatDiffersInTrainingIsSaid) {
  TestGraph graph;
  const ValueId x = graph.Input("x", {2, 4, 3, 3});
  const ValueId c = graph.Weight({4});
  const ValueId normed = graph.Add("BatchNormalization", {x, c, c, c, c});
  const ValueId dropped = graph.Add("Dropout", {normed});
  const TrainingStep step = StepOf(graph.Finish(dropped));
  EXPECT_THAT(Texts(step, TrainingPhase::kForward),
              ElementsAre("BatchNormalization0: batchnorm2d batch=2 channels=4 image=3x3 dtype=f32 "
                          "pass=training",
                          "Dropout1: dropout elements=72 dtype=f32 pass=training"));
  EXPECT_THAT(Texts(step, TrainingPhase::kBackward),
              ElementsAre("Dropout1: dropout elements=72 dtype=f32 pass=backward",
                          "BatchNormalization0: batchnorm2d batch=2 channels=4 image=3x3 dtype=f32 "
                          "input_grad=0 pass=backward"));
  EXPECT_EQ(step.model.TotalWork().params, 8);
}

TEST(TrainingStepTest, PartsAndRepetitionsGetWholeGradients) {
  TestGraph graph;
  const ValueId x = graph.Input("x", {2, 6});
  const ValueId y = graph.Add("Gemm", {x, graph.Weight({6, 8})});
  const ValueId part =
      graph.Add("Slice", {y, graph.Numbers({0}), graph.Numbers({3}), graph.Numbers({1})});
  const auto halves = graph.AddWithResults("Split", 2, {y}, {{"axis", std::int64_t{1}}});
  const ValueId wide = graph.Add(
      "Expand", {graph.Add("Unsqueeze", {part, graph.Numbers({0})}), graph.Numbers({5, 2, 3})});
  const ValueId rows = graph.Add("Gather", {halves[0], graph.Numbers({1, 0, 1})});
  const ValueId out = graph.Add(
      "Concat",
      {graph.Add("Flatten", {graph.Add("Relu", {wide})}, {{"axis", std::int64_t{0}}}),
       graph.Add("Flatten", {graph.Add("Relu", {rows})}, {{"axis", std::int64_t{0}}}),
       graph.Add("Flatten", {graph.Add("Relu", {halves[1]})}, {{"axis", std::int64_t{0}}})},
      {{"axis", std::int64_t{1}}});
  const auto texts = Texts(StepOf(graph.Finish(out)), TrainingPhase::kBackward);
  // [5, 2, 3] is added up to [2, 3], which is laid into [2, 8]; three rows into the half of [2, 4].
  EXPECT_THAT(texts, testing::IsSupersetOf(
                         {HasSubstr("Expand4: reduce in=30 out=6 dtype=f32"),
                          HasSubstr("Slice1: pad in=6 out=16 dtype=f32"),
                          HasSubstr("Gather5: scatter in=12 out=8 indices=3 dtype=f32"),
                          HasSubstr("Split2: concat elements=16 parts=2 dtype=f32"),
                          HasSubstr("Gemm0 (gradients meet): add out=16 in=32 inplace=1")}));
}

TEST(TrainingStepTest, GradientsEndWhereNothingIsTrained) {
  TestGraph graph;
  const ValueId x = graph.Input("x", {2, 6});
  const ValueId before = graph.Add("Relu", {x});
  const ValueId y = graph.Add("Gemm", {before, graph.Weight({6, 8})});
  graph.Add("Relu", {y});  // leads nowhere
  const auto texts = Texts(StepOf(graph.Finish(y)), TrainingPhase::kBackward);
  EXPECT_THAT(texts, ElementsAre(HasSubstr("Gemm1: linear batch=2 in=6 out=8 bias=0 dtype=f32 "
                                           "input_grad=0 pass=backward")));
}

TEST(TrainingStepTest, UnknownOperatorsAreListed) {
  TestGraph graph;
  const ValueId x = graph.Input("x", {2, 6});
  const ValueId y = graph.Add("Gemm", {x, graph.Weight({6, 8})});
  const TrainingStep step = StepOf(graph.Finish(graph.Add("Mystery", {y})));
  EXPECT_THAT(Texts(step, TrainingPhase::kBackward),
              ElementsAre("Mystery1: unknown", HasSubstr("Gemm0: linear")));
  // Reads the gradient of the result and the operand, 2 x 8 each; writes as much.
  const Work& work = step.model.layers[step.first_backward].work;
  EXPECT_EQ(work.input_bytes, 128);
  EXPECT_EQ(work.output_bytes, 64);
}

TEST(TrainingStepTest, WhatCannotBeTrainedIsRefused) {
  TestGraph without;
  EXPECT_THAT(Complaint(without.Finish(without.Add("Relu", {without.Input("x", {2, 6})}))),
              HasSubstr("no weights"));
  TestGraph integers;
  const ValueId x = integers.Input("x", {2, 6});
  const ValueId y = integers.Add("MatMulInteger", {x, integers.Weight({6, 8}, DType::kI8)});
  integers.Finish(y).values[0].dtype = DType::kI8;
  EXPECT_THAT(Complaint(integers.Finish(y)), HasSubstr("integers"));
}

TEST(TrainingStepTest, SixFlopsForEachParameterAndToken) {
  const LanguageModel model = ReadLanguageModel(
      R"({"model_type": "llama", "hidden_size": 64, "intermediate_size": 172,
          "num_hidden_layers": 2, "num_attention_heads": 4, "num_key_value_heads": 4,
          "vocab_size": 1000, "tie_word_embeddings": false, "hidden_act": "silu"})",
      "config.json", "tiny");
  const GenerationRequest request{.batch = 2, .prompt = 32};
  const Graph& graph = *model.TrainingPass();
  const TrainingStep step = StepOf(graph, PromptBinding(graph, request));
  // Weights that tokens are multiplied by: query, key, value, output; gate, up, down; the head.
  const std::int64_t multiplied = 2 * (4 * 64 * 64 + 3 * 64 * 172) + 64 * 1000;
  // Every token meets every other of its sequence, in 2 layers of 4 heads of 16, twice.
  const std::int64_t attention = 2 * 2 * 4 * 32 * 32 * 16 * 2;
  const std::int64_t flops = 2 * step.model.TotalWork().macs;
  EXPECT_EQ(flops, 6 * (multiplied * 2 * 32 + attention));
  EXPECT_EQ(step.model.TotalWork().params, model.Params());
}

TEST(TrainingStepTest, TiedWeightsAreUpdatedOnce) {
  const LanguageModel model = ReadLanguageModel(
      R"({"model_type": "gpt2", "n_embd": 64, "n_layer": 1, "n_head": 4, "n_positions": 128,
          "vocab_size": 1000, "activation_function": "gelu_new"})",
      "config.json", "tiny");
  const Graph& graph = *model.TrainingPass();
  const TrainingStep step = StepOf(graph, PromptBinding(graph, {.prompt = 32}));
  std::int64_t updated = 0;
  for (std::size_t i = step.first_update; i < step.model.layers.size(); ++i) {
    updated += step.model.layers[i].spec->Get("elements");
  }
  EXPECT_EQ(updated, model.Params());
  EXPECT_THAT(Texts(step, TrainingPhase::kBackward),
              testing::Contains("lm_head (shared weights): add out=64000 in=128000 inplace=1 "
                                "dtype=f32"));
}

TEST(TrainingStepTest, AnEncoderDecoderHasNone) {
  const LanguageModel model = ReadLanguageModel(
      R"({"model_type": "t5", "d_model": 64, "d_ff": 128, "d_kv": 16, "num_heads": 4,
          "num_layers": 2, "vocab_size": 1000, "relative_attention_num_buckets": 32})",
      "config.json", "tiny");
  EXPECT_EQ(model.TrainingPass(), nullptr);
}

TEST(TrainingStepTest, EveryNetworkOfTheZooCanBeTrained) {
  for (const ZooEntry& entry : ZooCatalog()) {
    const Graph graph = *BuildZooModel(entry.name);
    const LayeredModel model = Resolve(graph, {.batch = 2});
    const TrainingStep step = MakeTrainingStep(graph, model, OptimizerCatalog()[0]);
    const std::int64_t forward = step.WorkOf(TrainingPhase::kForward).macs;
    EXPECT_EQ(forward, model.TotalWork().macs) << entry.name;
    // All but the first layer's, and what sees no data twice.
    const std::int64_t backward = step.WorkOf(TrainingPhase::kBackward).macs;
    EXPECT_GT(backward, 1.7 * static_cast<double>(forward)) << entry.name;
    EXPECT_LT(backward, 2 * forward) << entry.name;
    std::int64_t updated = 0;
    for (std::size_t i = step.first_update; i < step.model.layers.size(); ++i) {
      updated += step.model.layers[i].spec->Get("elements");
    }
    EXPECT_EQ(updated, model.TotalWork().params) << entry.name;
  }
}

TEST(TrainingTest, AnEpochIsItsSteps) {
  const Profile profile = HandProfile();
  const Graph graph = SmallNet();
  const LayeredModel model = Resolve(graph, {});
  const TrainingEstimate estimate =
      EstimateTraining(graph, model, {.dataset_size = 101, .epochs = 3}, Predictor(profile));
  ASSERT_TRUE(estimate.epoch);
  ASSERT_TRUE(estimate.all);
  EXPECT_EQ(estimate.epoch->steps, 51);  // of 2 samples each; the last is as large as the others
  EXPECT_EQ(estimate.all->steps, 153);
  const EnergyForecast& one = estimate.one.energy;
  EXPECT_NEAR(estimate.all->energy.energy / one.energy, 153, 1e-9);
  EXPECT_NEAR(estimate.all->energy.high / one.high, 153, 1e-9);
  EXPECT_NEAR(estimate.all->time / estimate.one.time, 153, 1e-9);
  EXPECT_EQ(estimate.Longest().steps, 153);
  Joules sum;
  for (const Joules part : estimate.energy_of_phase) sum += part;
  EXPECT_NEAR(sum / one.energy, 1, 1e-12);
}

TEST(TrainingTest, WithoutADataSetItIsOneStep) {
  const Profile profile = HandProfile();
  const Graph graph = SmallNet();
  const LayeredModel model = Resolve(graph, {});
  const TrainingEstimate estimate = EstimateTraining(graph, model, {}, Predictor(profile));
  EXPECT_FALSE(estimate.epoch);
  EXPECT_FALSE(estimate.all);
  EXPECT_EQ(estimate.Longest().steps, 1);
  for (const TrainingRequest& nonsense :
       {TrainingRequest{.epochs = 3}, TrainingRequest{.dataset_size = 0},
        TrainingRequest{.dataset_size = 5, .epochs = -1}}) {
    EXPECT_THROW(EstimateTraining(graph, model, nonsense, Predictor(profile)), Error);
  }
}

}  // namespace
}  // namespace joulecast
