// SPDX-License-Identifier: Apache-2.0
#include "joulecast/generation.h"

#include <algorithm>
#include <cmath>
#include <set>

#include "base/checked.h"
#include "joulecast/error.h"

namespace joulecast {
namespace {

constexpr std::int64_t kLengths = 16;  ///< intervals between the lengths that are forecast

/// Sizes of one pass, by symbol. A symbol is bound where the pass has it.
InputBinding BindingOf(const Graph& pass, const GenerationRequest& request, std::int64_t past) {
  InputBinding binding{.batch = request.batch};
  for (const ValueId input : pass.inputs) {
    for (const Dim& dim : *pass.values[static_cast<std::size_t>(input)].declared) {
      if (dim.symbol == "prompt") binding.shapes["prompt"] = {request.prompt};
      if (dim.symbol == "past") binding.shapes["past"] = {past};
      if (dim.symbol == "context") binding.shapes["context"] = {past + 1};
    }
  }
  return binding;
}

/// The passes that generate, from `first` to `last` cached positions; last = first - 1 if none do.
struct Steps {
  std::int64_t first = 0;
  std::int64_t last = -1;
  std::int64_t count() const { return last - first + 1; }
};

Steps StepsOf(const LanguageModel& model, const GenerationRequest& request) {
  if (!model.decode) return {};
  if (!model.prefill_generates) return {.first = 0, .last = request.generate - 1};
  const std::int64_t more = std::max<std::int64_t>(request.generate, 1) - 1;
  return {.first = request.prompt, .last = request.prompt + more - 1};
}

/// Positions that a pass really looks back at.
std::int64_t Visible(const LanguageModel& model, std::int64_t past) {
  return model.window ? std::min(past, *model.window - 1) : past;
}

Estimate EstimateStep(const LanguageModel& model, const GenerationRequest& request,
                      std::int64_t past, const Predictor& predictor) {
  const InputBinding binding = BindingOf(*model.decode, request, Visible(model, past));
  return EstimateModel(Resolve(*model.decode, binding), predictor);
}

std::set<std::int64_t> LengthsOf(const Steps& steps, const std::optional<std::int64_t>& window) {
  std::set<std::int64_t> lengths;
  for (std::int64_t i = 0; i <= kLengths; ++i) {
    lengths.insert(steps.first + (steps.last - steps.first) * i / kLengths);
  }
  if (window && steps.first < *window - 1 && *window - 1 < steps.last) lengths.insert(*window - 1);
  return lengths;
}

/// Sum of a straight line over whole numbers from one end to the other, without the first.
double SumBehindFirst(double first, double last, std::int64_t steps) {
  const auto n = static_cast<double>(steps);
  return n * last - (last - first) * (n - 1) / 2;
}

void Accumulate(PhaseEstimate& phase, const Estimate& before, const Estimate& after,
                std::int64_t steps) {
  const auto sum = [&](double a, double b) { return SumBehindFirst(a, b, steps); };
  const auto add = [&](Joules& total, Joules a, Joules b) {
    total += Joules(sum(a.value(), b.value()));
  };
  add(phase.energy.energy, before.energy.energy, after.energy.energy);
  add(phase.energy.low, before.energy.low, after.energy.low);
  add(phase.energy.high, before.energy.high, after.energy.high);
  phase.time += Seconds(sum(before.time.count(), after.time.count()));
  constexpr double kPastAllCounts = 1e18;
  const double macs =
      sum(static_cast<double>(before.work.macs), static_cast<double>(after.work.macs));
  phase.macs = CheckedSum({phase.macs, std::llround(std::min(macs, kPastAllCounts))});
}

PhaseEstimate EstimateDecode(const LanguageModel& model, const GenerationRequest& request,
                             const Steps& steps, const Predictor& predictor) {
  PhaseEstimate phase{.passes = steps.count(), .tokens = steps.count()};
  const auto lengths = LengthsOf(steps, model.window);
  std::int64_t last = steps.first;
  Estimate before = EstimateStep(model, request, last, predictor);
  Accumulate(phase, before, before, 1);
  for (const std::int64_t length : lengths) {
    if (length == steps.first) continue;
    Estimate after = EstimateStep(model, request, length, predictor);
    Accumulate(phase, before, after, length - last);
    last = length;
    before = std::move(after);
  }
  phase.typical = EstimateStep(model, request, (steps.first + steps.last) / 2, predictor);
  return phase;
}

PhaseEstimate EstimatePrefill(const LanguageModel& model, const GenerationRequest& request,
                              const Predictor& predictor) {
  const InputBinding binding = PromptBinding(model.prefill, request);
  PhaseEstimate phase{.passes = 1, .tokens = request.prompt};
  phase.typical = EstimateModel(Resolve(model.prefill, binding), predictor);
  phase.energy = phase.typical.energy;
  phase.time = phase.typical.time;
  phase.macs = phase.typical.work.macs;
  return phase;
}

/// Bytes of the keys and values that are kept at the end.
std::int64_t CacheBytes(const LanguageModel& model, const GenerationRequest& request,
                        const Steps& steps) {
  if (!model.decode) return 0;
  const std::int64_t kept = Visible(model, steps.last) + 1;
  std::int64_t bytes = 0;
  for (const ValueId input : model.decode->inputs) {
    const Value& value = model.decode->values[static_cast<std::size_t>(input)];
    if (Bits(value.dtype) == 0 || value.dtype == DType::kI64) continue;
    std::int64_t elements = 1;
    for (const Dim& dim : *value.declared) {
      const std::int64_t bound = dim.symbol == "batch"    ? request.batch
                                 : dim.symbol == "prompt" ? request.prompt
                                                          : kept;
      elements = CheckedProduct({elements, dim.size.value_or(bound)});
    }
    bytes = CheckedSum({bytes, CheckedProduct({elements, Bits(value.dtype)}) / 8});
  }
  return bytes;
}

void Check(const LanguageModel& model, const GenerationRequest& request) {
  const auto refuse = [](const std::string& what) { throw Error(ErrorKind::kUsage, what); };
  constexpr std::int64_t kMost = 100'000'000;
  if (request.batch < 1) refuse("a batch starts at 1 sequence");
  if (request.prompt < 1 || request.prompt > kMost) refuse("a prompt has 1 to 100000000 tokens");
  if (request.generate < 0 || request.generate > kMost) {
    refuse("0 to 100000000 tokens can be generated");
  }
  if (!model.decode && request.generate > 0) {
    refuse(model.family + " is an encoder: it generates no tokens; leave --generate out");
  }
}

void AddWarnings(const LanguageModel& model, GenerationEstimate& estimate) {
  const GenerationRequest& request = estimate.request;
  const std::int64_t positions = request.prompt + (model.prefill_generates ? request.generate : 0);
  if (model.max_positions && positions > *model.max_positions) {
    estimate.warnings.push_back(std::to_string(positions) +
                                " positions are more than the model was made for (" +
                                std::to_string(*model.max_positions) + ")");
  }
  for (const PhaseEstimate* phase :
       {&estimate.prefill, estimate.decode ? &*estimate.decode : nullptr}) {
    if (phase == nullptr) continue;
    const auto& from = phase->typical.warnings;
    estimate.warnings.insert(estimate.warnings.end(), from.begin(), from.end());
  }
}

}  // namespace

InputBinding PromptBinding(const Graph& pass, const GenerationRequest& request) {
  return BindingOf(pass, request, 0);
}

Joules PhaseEstimate::energy_per_token() const {
  const auto sequences = static_cast<double>(typical.batch);
  return 1 / (static_cast<double>(tokens) * sequences) * energy.energy;
}

Joules GenerationEstimate::energy_per_generated_token() const {
  return 1 / (static_cast<double>(request.generate) * static_cast<double>(request.batch)) *
         energy.energy;
}

GenerationEstimate EstimateGeneration(const LanguageModel& model, const GenerationRequest& request,
                                      const Predictor& predictor) {
  Check(model, request);
  const Steps steps = StepsOf(model, request);
  GenerationEstimate estimate{.request = request,
                              .model = model.prefill.name,
                              .device = predictor.profile().device,
                              .params = model.Params(),
                              .kv_cache_bytes = CacheBytes(model, request, steps),
                              .prefill = EstimatePrefill(model, request, predictor)};
  estimate.energy = estimate.prefill.energy;
  estimate.time = estimate.prefill.time;
  if (steps.count() > 0) {
    estimate.decode = EstimateDecode(model, request, steps, predictor);
    const EnergyForecast& more = estimate.decode->energy;
    estimate.energy.energy += more.energy;
    estimate.energy.low += more.low;
    estimate.energy.high += more.high;
    estimate.time += estimate.decode->time;
  }
  AddWarnings(model, estimate);
  return estimate;
}

}  // namespace joulecast
