// SPDX-License-Identifier: Apache-2.0
// Activations and functions that map each element by itself. They differ in their formula and in
// what it costs, which a profile learns for each; all else is activation.h's.
#include "layers/pointwise.h"

namespace joulecast {
namespace {

LayerSpec As(const LayerType& type, const LayerSpec& spec) {
  LayerSpec like(type);
  for (const std::size_t slot : {kActBatch, kActElements, kActInplace, kActType}) {
    like.Set(slot, spec[slot]);
  }
  return like;
}

constexpr std::string_view kGeluOps[] = {"Gelu", "com.microsoft::Gelu", "com.microsoft::FastGelu",
                                         "com.microsoft::BiasGelu"};
constexpr std::string_view kSiluOps[] = {"Silu", "Swish", "com.microsoft::QuickGelu"};
constexpr std::string_view kMishOps[] = {"Mish"};
constexpr std::string_view kSoftplusOps[] = {"Softplus"};
constexpr std::string_view kEluOps[] = {"Elu", "Celu"};
constexpr std::string_view kSeluOps[] = {"Selu"};
constexpr std::string_view kHardSwishOps[] = {"HardSwish"};
constexpr std::string_view kHardSigmoidOps[] = {"HardSigmoid"};
constexpr std::string_view kLeakyReluOps[] = {"LeakyRelu"};
constexpr std::string_view kErfOps[] = {"Erf"};
constexpr std::string_view kExpOps[] = {"Exp"};
constexpr std::string_view kLogOps[] = {"Log"};
constexpr std::string_view kSqrtOps[] = {"Sqrt"};
constexpr std::string_view kTrigonometricOps[] = {"Sin",  "Cos",  "Tan",   "Asin",  "Acos", "Atan",
                                                  "Sinh", "Cosh", "Asinh", "Acosh", "Atanh"};

}  // namespace

std::optional<LayerSpec> AsRelu(const LayerSpec& spec) { return As(kRelu, spec); }
std::optional<LayerSpec> AsTanh(const LayerSpec& spec) { return As(kTanh, spec); }

using enum PointwiseCost;

const LayerType kGelu = Pointwise<kGelu>("gelu", "Gaussian error linear unit, in place or not",
                                         "gelu batch=8 elements=605184", kGeluOps, kExpensive);
const LayerType kSilu = Pointwise<kSilu>("silu", "x times its logistic function, in place or not",
                                         "silu batch=8 elements=401408", kSiluOps, kExpensive);
const LayerType kMish = Pointwise<kMish>("mish", "x tanh(softplus(x)), in place or not",
                                         "mish batch=8 elements=401408", kMishOps, kExpensive);
const LayerType kSoftplus =
    Pointwise<kSoftplus>("softplus", "log(1 + exp(x)), in place or not",
                         "softplus batch=8 elements=100352", kSoftplusOps, kExpensive);
const LayerType kElu = Pointwise<kElu>("elu", "exponential linear unit, in place or not",
                                       "elu batch=8 elements=100352", kEluOps, kExpensive);
const LayerType kSelu = Pointwise<kSelu>("selu", "scaled exponential linear unit, in place or not",
                                         "selu batch=8 elements=100352", kSeluOps, kExpensive);
const LayerType kHardSwish =
    Pointwise<kHardSwish>("hardswish", "x clamp(x / 6 + 1/2, 0, 1), in place or not",
                          "hardswish batch=8 elements=200704", kHardSwishOps, kCheap);
const LayerType kHardSigmoid =
    Pointwise<kHardSigmoid>("hardsigmoid", "clamp(a x + b, 0, 1), in place or not",
                            "hardsigmoid batch=8 elements=960", kHardSigmoidOps, kCheap);
const LayerType kLeakyRelu =
    Pointwise<kLeakyRelu>("leakyrelu", "x, or a x where negative, in place or not",
                          "leakyrelu batch=8 elements=692224", kLeakyReluOps, kCheap);
const LayerType kErf = Pointwise<kErf>("erf", "error function, as exported GELUs compute it",
                                       "erf batch=8 elements=605184", kErfOps, kExpensive);
const LayerType kExp = Pointwise<kExp>("exp", "exponential function, in place or not",
                                       "exp batch=8 elements=100352", kExpOps, kExpensive);
const LayerType kLog = Pointwise<kLog>("log", "natural logarithm, in place or not",
                                       "log batch=8 elements=100352", kLogOps, kExpensive);
const LayerType kSqrt = Pointwise<kSqrt>("sqrt", "square root, in place or not",
                                         "sqrt batch=8 elements=197", kSqrtOps, kCheap);
const LayerType kTrigonometric =
    Pointwise<kTrigonometric>("trigonometric", "sine, cosine and their kin, in place or not",
                              "trigonometric batch=8 elements=8192", kTrigonometricOps, kExpensive);

}  // namespace joulecast
