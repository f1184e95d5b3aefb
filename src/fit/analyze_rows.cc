// SPDX-License-Identifier: Apache-2.0
#include "fit/analyze_rows.h"

#include "base/text.h"
#include "joulecast/error.h"

namespace joulecast {
namespace {

constexpr std::size_t kFewestRows = 30;

}  // namespace

void RequireEnoughRows(std::span<const Observation> rows, std::string_view what) {
  if (rows.size() >= kFewestRows) return;
  throw Error(ErrorKind::kInput,
              std::string(what) + " needs at least " + std::to_string(kFewestRows) +
                  " configurations, but there are " + std::to_string(rows.size()) +
                  (rows.empty() ? "" : " of " + std::string(rows[0].spec.type().name)) +
                  ": measure or import more, or allow more origins");
}

std::vector<LayerSpec> SpecsOf(std::span<const Observation> rows) {
  std::vector<LayerSpec> specs;
  for (const Observation& row : rows) specs.push_back(row.spec);
  return specs;
}

Eigen::VectorXd EnergiesOf(std::span<const Observation> rows) {
  Eigen::VectorXd energies(static_cast<Eigen::Index>(rows.size()));
  Eigen::Index i = 0;
  for (const Observation& row : rows) energies[i++] = row.energy.value();
  return energies;
}

void NoteConstants(const FeatureColumns& features, std::vector<std::string>& notes) {
  if (features.constant.empty()) return;
  notes.push_back("left out, because they are the same in all rows: " +
                  Join(features.constant, ", "));
}

}  // namespace joulecast
