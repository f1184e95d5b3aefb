// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "joulecast/layer.h"

namespace joulecast {

/// The values that a parameter is drawn from: whole numbers least..most, or one of `choices`.
struct Range {
  std::int64_t least = 0;
  std::int64_t most = 0;
  std::vector<std::int64_t> choices;  ///< empty: all of least..most
};

/// One side of a rule: a number, or a number times a parameter, `macs` or `bytes`.
struct RuleOperand {
  double factor = 1;
  std::string name;  ///< empty: the factor itself
};

/// A condition on configurations: "kernel <= image", "in == 2 * out", "macs <= 2e9", "bytes <=
/// 1e9". `bytes` are those of all tensors, weights among them. Parameters of several numbers are
/// compared one by one: heights with heights, widths with widths.
struct Rule {
  enum class Relation { kEqual, kAtMost, kAtLeast };
  RuleOperand left;
  Relation relation = Relation::kEqual;
  RuleOperand right;
  std::string text;
};

/// Reads a rule about a type. Throws Error{kInput} saying what is wrong with it.
Rule ParseRule(const LayerType& type, std::string_view text);
bool Holds(const Rule& rule, const LayerSpec& spec);

/// The configurations of one layer type that a campaign samples from. A parameter of several
/// numbers gets one drawn value for all of them: images and kernels are square.
struct Space {
  const LayerType* type = nullptr;
  std::map<std::size_t, Range> ranges;  ///< by first slot of a parameter, in its order
  std::vector<Rule> rules;

  /// A rule "A == B" whose left side is a parameter without a range gives A the value of B.
  bool Assigns(const Rule& rule) const;
};

/// Throws Error{kInput} if a parameter has neither a value nor a default, or a range holds no
/// value that the type allows.
void CheckSpace(const Space& space);

/// How many numbers the parameter at this slot has, all set alike.
std::size_t SlotsAt(const LayerType& type, std::size_t first_slot);
const Param& ParamAt(const LayerType& type, std::size_t first_slot);

/// Fills in what the rules assign. False if the configuration is not in the space then: by a rule,
/// or by the layer's own validity.
bool Complete(const Space& space, LayerSpec& spec);

/// Why a configuration that `Complete` refused is not in the space: most are refused unasked.
std::string WhyNot(const Space& space, LayerSpec spec);

}  // namespace joulecast
