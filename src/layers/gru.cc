// SPDX-License-Identifier: Apache-2.0
// gru -- gated recurrent unit: update and reset gate and the state, three products a step.
#include "layers/recurrent.h"

namespace joulecast {
namespace {

constexpr std::string_view kOps[] = {"GRU"};

}  // namespace

const LayerType kGru = Recurrent<kGru, 3>("gru", "gated recurrent unit, one or two directions",
                                          "gru batch=8 sequence=100 in=256 hidden=512", kOps);

}  // namespace joulecast
