// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/shard.h"
#include "joulecast/layer.h"
#include "measure/campaign/campaign.h"

namespace joulecast {

/// One thing to measure: a layer, or a whole network.
struct Item {
  std::string block;   ///< of the campaign, for reports; "nets" for networks and their layers
  std::string origin;  ///< one of kOrigins
  std::optional<LayerSpec> spec;
  std::string model;         ///< a network of the zoo, where there is no `spec`
  std::string architecture;  ///< the network that a layer is from
  std::int64_t batch = 1;

  /// "conv2d batch=8 ...", "resnet18 batch=8": equal for equal things to measure.
  std::string Text() const;
};

/// A block whose configurations are chosen while measuring, from these.
struct OpenBlock {
  std::string name;
  const LayerType* type = nullptr;
  std::size_t configurations = 0;  ///< how many of the candidates to measure
  std::vector<LayerSpec> candidates;
};

/// Everything that a campaign measures, each thing once, in a random order: whatever ends it early
/// leaves a fair sample of all blocks. The shards of a campaign share nothing and miss nothing.
struct Plan {
  std::vector<Item> items;
  std::vector<OpenBlock> open;

  std::size_t size() const;
};

/// Networks at each batch size and, where asked for, each of their layers that does something; a
/// layer that is in several of them comes once for each.
std::vector<Item> ItemsOfNets(const std::vector<std::string>& models,
                              const std::vector<std::int64_t>& batches, bool layers_alone);

/// Leaves of equal things to measure the first.
void LeaveOnce(std::vector<Item>& items);

/// Throws Error{kInput}, with the place in the file, if a block's configurations cannot be found.
Plan MakePlan(const Campaign& campaign, const Shard& shard);

}  // namespace joulecast
