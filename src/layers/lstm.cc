// SPDX-License-Identifier: Apache-2.0
// lstm -- long short-term memory: input, output and forget gate and the cell, four products a
// step.
#include "layers/recurrent.h"

namespace joulecast {
namespace {

constexpr std::string_view kOps[] = {"LSTM"};

}  // namespace

const LayerType kLstm = Recurrent<kLstm, 4>("lstm", "long short-term memory, one or two directions",
                                            "lstm batch=8 sequence=100 in=256 hidden=512", kOps);

}  // namespace joulecast
