// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "joulecast/units.h"
#include "measure/sampler/sampler.h"

namespace joulecast {

/// How each configuration is measured.
struct Repeats {
  Seconds window{1};             ///< of one repetition, at least
  std::int64_t fewest = 2;       ///< repetitions before precision is asked
  std::int64_t most = 3;         ///< repetitions of a configuration that stays imprecise
  double relative_error = 0.01;  ///< standard error of the mean at which repetitions end
  Seconds idle{5};               ///< of the windows at rest, before and after all
};

/// Configurations of one layer type: a `[[layers]]` table.
struct LayerBlock {
  std::string name;   ///< unique in the campaign: its random numbers and reports go by it
  std::string place;  ///< "quick.toml, line 12, column 1: ", for messages
  Space space;
  Sampling sampling = Sampling::kLogUniform;
  std::size_t configurations = 0;
  std::vector<std::string> nets;      ///< that net-like sampling starts from
  std::vector<std::int64_t> batches;  ///< of those
};

/// Whole networks: a `[[nets]]` table.
struct NetBlock {
  std::vector<std::string> models;
  std::vector<std::int64_t> batches;
  bool layers_alone = false;  ///< each of their layers measured by itself too
};

/// What a campaign file asks for. docs/campaigns.md describes its TOML form.
struct Campaign {
  std::string name;
  std::uint64_t seed = 1;
  Repeats repeats;
  std::vector<LayerBlock> layers;
  std::vector<NetBlock> nets;

  /// Throws Error{kInput} with file, line and column of what is unknown, missing or impossible.
  static Campaign Read(const std::filesystem::path& path);
  /// The same from text; `name` stands for the file in messages.
  static Campaign Parse(std::string_view text, const std::string& name);
};

}  // namespace joulecast
