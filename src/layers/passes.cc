// SPDX-License-Identifier: Apache-2.0
// The types of the passes that only training has, made from the catalogue's: what a type says about
// its training is all there is to say.
#include <deque>
#include <map>

#include "joulecast/error.h"
#include "layers/catalog.h"
#include "layers/stream.h"

namespace joulecast {
namespace {

constexpr Param kInputGrad = {
    .name = "input_grad", .kind = ParamKind::kFlag, .min = 0, .default_value = 1, .shown = false};

/// What a product's backward pass moves beside the products themselves.
constexpr Term kGradientTerms[] = {
    {"gradients_from_cache", "gb", Part::kInput},
    {"gradients_from_memory", "gb", Part::kInput},
    {"gradients_written_back", "gb", Part::kOutput},
    {"gradients_fresh_pages", "gb", Part::kOutput},
};

bool IsProduct(const LayerType& type) {
  return std::any_of(type.terms.begin(), type.terms.end(),
                     [](const Term& term) { return term.unit == "gmac"; });
}

/// Terms that begin with those of a stream.
bool IsStream(const LayerType& type) {
  return type.terms.size() >= kStreamTerms &&
         std::equal(kStreamTermList.begin(), kStreamTermList.end(), type.terms.begin(),
                    [](const Term& a, const Term& b) { return a.name == b.name; });
}

bool HasInputGrad(const LayerSpec& spec) { return spec[SlotCount(spec.type()) - 1] != 0; }

Work CountBackward(const LayerSpec& spec) {
  return spec.type().forward->backward(spec.Forward(), HasInputGrad(spec));
}

Work CountTraining(const LayerSpec& spec) { return spec.type().forward->training(spec.Forward()); }

void CheckForward(const LayerSpec& spec) {
  const LayerSpec forward = spec.Forward();
  forward.Validate();
  if (spec.type().pass != LayerPass::kBackward) return;
  if (HasParam(forward.type(), "inplace") && forward.Get("inplace") != 0) {
    throw Error(ErrorKind::kInput,
                std::string(spec.type().name) +
                    ": a gradient is never written over what it is computed from: inplace=0");
  }
  if (!HasInputGrad(spec) && forward.CountWork().params == 0) {
    throw Error(ErrorKind::kInput, std::string(spec.type().name) +
                                       ": input_grad=0 leaves no gradient to compute: the layer "
                                       "has no weights");
  }
}

/// All tensors once; what is written has a buffer of its own, gradients of weights too, and none
/// outlives its call.
void MeasureTensors(const Work& work, const DeviceTraits& traits, std::span<double> amounts) {
  const auto written = static_cast<double>(work.output_bytes + work.weight_bytes);
  StreamAmounts({.filled_bytes = static_cast<double>(work.bytes()),
                 .written_bytes = written,
                 .fresh_bytes = written,
                 .takes_turns = false},
                traits, amounts);
}

/// As many products like the forward pass's as there are gradients, and the gradients' own traffic.
void MeasureProducts(const LayerSpec& spec, const DeviceTraits& traits, std::span<double> amounts) {
  const LayerSpec forward = spec.Forward();
  const Work work = spec.CountWork();
  const auto own = amounts.first(forward.type().terms.size());
  DeviceTraits warm = traits;
  warm.weights_in_turn = 1;  // alone, a backward pass has one set of them
  forward.type().amounts(forward, warm, own);
  const std::int64_t macs = forward.CountWork().macs;
  const double products = macs > 0 ? static_cast<double>(work.macs) / static_cast<double>(macs) : 1;
  for (double& amount : own) amount *= products;
  std::array<double, kStreamTerms> stream{};
  MeasureTensors(work, traits, stream);
  std::copy_n(stream.begin(), std::size(kGradientTerms), amounts.subspan(own.size()).begin());
}

/// One pass over all tensors, and what else the forward pass does with each element.
void MeasureStream(const LayerSpec& spec, const DeviceTraits& traits, std::span<double> amounts) {
  const LayerSpec forward = spec.Forward();
  if (amounts.size() > kStreamTerms) forward.type().amounts(forward, traits, amounts);
  MeasureTensors(spec.CountWork(), traits, amounts);
}

/// A type with what it refers to.
struct PassType {
  std::string name;
  std::vector<Param> params;
  std::vector<Term> terms;
  LayerType type;
};

void SetTerms(const LayerType& forward, PassType& made) {
  made.terms.assign(forward.terms.begin(), forward.terms.end());
  made.type.amounts = MeasureStream;
  if (IsProduct(forward)) {
    made.terms.insert(made.terms.end(), std::begin(kGradientTerms), std::end(kGradientTerms));
    made.type.amounts = MeasureProducts;
  } else if (!IsStream(forward)) {
    made.terms.assign(kStreamTermList.begin(), kStreamTermList.end());
  }
  made.type.terms = made.terms;
}

void Fill(const LayerType& forward, LayerPass pass, PassType& made) {
  made.name = std::string(forward.name) + " pass=" + std::string(Name(pass));
  made.params.assign(forward.params.begin(), forward.params.end());
  if (pass == LayerPass::kBackward) made.params.push_back(kInputGrad);
  made.type = {.name = made.name,
               .summary = forward.summary,
               .example = forward.example,
               .params = made.params,
               .ops = forward.ops,
               .check = CheckForward,
               .output_shape = [](const LayerSpec& spec) { return spec.Forward().OutputShape(); },
               .work = pass == LayerPass::kBackward ? CountBackward : CountTraining,
               .lower = [](const NodeView&) -> std::optional<Lowered> { return std::nullopt; },
               .backward = nullptr,
               .pass = pass,
               .forward = &forward};
  SetTerms(forward, made);
}

struct PassTypes {
  std::deque<PassType> made;  ///< never moved: types refer to what lies beside them
  std::map<std::pair<const LayerType*, LayerPass>, const LayerType*> by_pass;
  std::vector<const LayerType*> all;

  PassTypes() : all(LayerCatalog().begin(), LayerCatalog().end()) {
    for (const LayerType* forward : LayerCatalog()) {
      if (forward->training != nullptr) Add(*forward, LayerPass::kTraining);
      const bool is_view = forward->is_free && forward->training == nullptr;
      if (forward->backward != nullptr && !is_view) Add(*forward, LayerPass::kBackward);
    }
  }

 private:
  void Add(const LayerType& forward, LayerPass pass) {
    Fill(forward, pass, made.emplace_back());
    by_pass[{&forward, pass}] = &made.back().type;
    all.push_back(&made.back().type);
  }
};

const PassTypes& AllPassTypes() {
  static const PassTypes types;
  return types;
}

}  // namespace

const LayerType* TypeOfPass(const LayerType& forward, LayerPass pass) {
  if (pass == LayerPass::kForward) return &forward;
  const auto& types = AllPassTypes().by_pass;
  const auto found = types.find({&forward, pass});
  return found == types.end() ? nullptr : found->second;
}

std::span<const LayerType* const> AllLayerTypes() { return AllPassTypes().all; }

}  // namespace joulecast
