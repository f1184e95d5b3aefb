// SPDX-License-Identifier: Apache-2.0
// rnn -- h[t] = f(w x[t] + r h[t - 1] + b): one product a step.
#include "layers/recurrent.h"

namespace joulecast {
namespace {

constexpr std::string_view kOps[] = {"RNN"};

}  // namespace

const LayerType kRnn = Recurrent<kRnn, 1>("rnn", "plain recurrent layer, one or two directions",
                                          "rnn batch=8 sequence=100 in=256 hidden=512", kOps);

}  // namespace joulecast
