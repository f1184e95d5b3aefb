// SPDX-License-Identifier: Apache-2.0
#include "joulecast/language_model.h"

#include <set>

#include "base/checked.h"

namespace joulecast {
namespace {

void AddParams(const Graph& graph, std::set<std::string>& seen, std::int64_t& params) {
  for (const Value& value : graph.values) {
    if (!value.is_constant || value.constant || !seen.insert(value.name).second) continue;
    std::int64_t count = 1;
    for (const Dim& dim : *value.declared) count = CheckedProduct({count, *dim.size});
    params = CheckedSum({params, count});
  }
}

}  // namespace

const Graph* LanguageModel::TrainingPass() const {
  if (training) return &*training;
  return decode ? nullptr : &prefill;
}

std::int64_t LanguageModel::Params() const {
  std::set<std::string> seen;
  std::int64_t params = 0;
  AddParams(prefill, seen, params);
  if (decode) AddParams(*decode, seen, params);
  return params;
}

}  // namespace joulecast
