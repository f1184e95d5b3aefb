// SPDX-License-Identifier: Apache-2.0
// A template of candidates as TOML:
//
//     name = "mobile"
//     [decisions]                       # in the order in which candidates are counted
//     width = [16, 24, 32]
//     [scores]                          # what each option adds to a candidate's score
//     width = [0.0, 0.4, 0.7]
//     [[layers]]
//     spec = "conv2d batch=1 in=3 out={width} image=224 kernel=3 stride=2 padding=1"
//     when = { width = [16, 24] }       # left out where it is decided otherwise
#include "base/text.h"
#include "base/toml_table.h"
#include "joulecast/error.h"
#include "joulecast/score.h"

namespace joulecast {
namespace {

std::vector<Decision> ReadDecisions(const TomlTable& root) {
  std::vector<Decision> decisions;
  const TomlTable table = root.Table("decisions");
  const std::vector<std::string> names = table.Keys();
  for (const std::string& name : names) {
    decisions.push_back({.name = name, .options = table.Counts(name, 0)});
  }
  if (root.Find("scores") == nullptr) return decisions;
  const TomlTable scores = root.Table("scores");
  scores.AllowOnly(names);
  for (Decision& decision : decisions) {
    decision.scores = scores.Numbers(decision.name);
    if (decision.scores.empty() || decision.scores.size() == decision.options.size()) continue;
    scores.Fail("'" + scores.Path(decision.name) + "' needs a number for each of the " +
                    std::to_string(decision.options.size()) + " options",
                scores.Find(decision.name));
  }
  return decisions;
}

std::vector<TemplateLayer::Condition> ReadConditions(const TomlTable& layer,
                                                     const std::vector<Decision>& decisions) {
  std::vector<TemplateLayer::Condition> conditions;
  if (layer.Find("when") == nullptr) return conditions;
  const TomlTable when = layer.Table("when");
  std::vector<std::string> names;
  for (const Decision& decision : decisions) names.push_back(decision.name);
  when.AllowOnly(names);
  for (const std::string& name : when.Keys()) {
    conditions.push_back({.decision = name, .options = when.Counts(name, 0)});
  }
  return conditions;
}

}  // namespace

CandidateTemplate ParseTemplate(std::string_view toml, const std::string& origin) {
  CandidateTemplate candidates;
  TomlTable::ReadRoot(toml, origin, [&](const TomlTable& root) {
    root.AllowOnly({"name", "decisions", "scores", "layers"});
    candidates.name = root.Text("name");
    candidates.decisions = ReadDecisions(root);
    for (const TomlTable& layer : root.Tables("layers")) {
      layer.AllowOnly({"spec", "when"});
      candidates.layers.push_back(
          {.spec = layer.Text("spec"), .when = ReadConditions(layer, candidates.decisions)});
    }
    if (candidates.layers.empty()) root.Fail("there are no [[layers]]");
  });
  return candidates;
}

}  // namespace joulecast
