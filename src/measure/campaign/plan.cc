// SPDX-License-Identifier: Apache-2.0
#include "measure/campaign/plan.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <numeric>
#include <set>

#include "base/text.h"
#include "joulecast/error.h"
#include "joulecast/zoo.h"

namespace joulecast {
namespace {

/// Candidates of an open block for each configuration that it measures.
constexpr std::size_t kCandidates = 20;

std::vector<LayerSpec> DrawBlock(const LayerBlock& block, std::uint64_t seed, std::size_t count) {
  try {
    const auto examples = LayersOfNets(*block.space.type, block.nets, block.batches);
    Random random(seed, block.name);
    return Sampler(block.space, block.sampling, examples).Draw(count, random);
  } catch (const Error& error) {
    throw Error(ErrorKind::kInput, block.place + error.what());
  }
}

std::int64_t BatchOf(const LayerSpec& spec) {
  for (const Param& param : spec.type().params) {
    if (param.name == "batch") return spec.Get("batch");
  }
  return 1;  // its size is that of its tensors
}

/// A network and, where asked for, each of its layers that does something.
std::vector<Item> NetItems(const std::string& net, std::int64_t batch, bool layers_alone) {
  std::vector<Item> items = {
      {.block = "nets", .origin = "net-total", .model = net, .batch = batch}};
  if (!layers_alone) return items;
  for (const Layer& layer : Resolve(*BuildZooModel(net), {.batch = batch}).layers) {
    if (!layer.spec || layer.spec->type().is_free) continue;
    items.push_back({.block = "nets",
                     .origin = "net-layer",
                     .spec = layer.spec,
                     .architecture = net,
                     .batch = batch});
  }
  return items;
}

/// Every n-th, so that shards are alike; the order does not depend on the number of shards.
template <typename T>
std::vector<T> PartOf(const std::vector<T>& all, const Shard& shard) {
  std::vector<T> part;
  for (auto i = static_cast<std::size_t>(shard.index - 1); i < all.size();
       i += static_cast<std::size_t>(shard.count)) {
    part.push_back(all[i]);
  }
  return part;
}

std::size_t SizeOfPart(std::size_t all, const Shard& shard) {
  std::vector<char> counted(all);
  return PartOf(counted, shard).size();
}

}  // namespace

std::string Item::Text() const {
  return spec ? spec->ToString() : fmt::format("{} batch={}", model, batch);
}

std::size_t Plan::size() const {
  return std::accumulate(
      open.begin(), open.end(), items.size(),
      [](std::size_t sum, const OpenBlock& block) { return sum + block.configurations; });
}

std::vector<Item> ItemsOfNets(const std::vector<std::string>& models,
                              const std::vector<std::int64_t>& batches, bool layers_alone) {
  std::vector<Item> items;
  for (const std::string& model : models) {
    for (const std::int64_t batch : batches) {
      std::ranges::move(NetItems(model, batch, layers_alone), std::back_inserter(items));
    }
  }
  return items;
}

void LeaveOnce(std::vector<Item>& items) {
  std::set<std::string> seen;
  std::erase_if(items, [&](const Item& item) { return !seen.insert(item.Text()).second; });
}

Plan MakePlan(const Campaign& campaign, const Shard& shard) {
  std::vector<Item> items;
  Plan plan;
  for (const LayerBlock& block : campaign.layers) {
    if (block.sampling == Sampling::kUncertain) {
      const auto candidates = DrawBlock(block, campaign.seed, kCandidates * block.configurations);
      plan.open.push_back({.name = block.name,
                           .type = block.space.type,
                           .configurations = SizeOfPart(block.configurations, shard),
                           .candidates = PartOf(candidates, shard)});
      continue;
    }
    for (const LayerSpec& spec : DrawBlock(block, campaign.seed, block.configurations)) {
      items.push_back(
          {.block = block.name, .origin = "random", .spec = spec, .batch = BatchOf(spec)});
    }
  }
  for (const NetBlock& block : campaign.nets) {
    std::ranges::move(ItemsOfNets(block.models, block.batches, block.layers_alone),
                      std::back_inserter(items));
  }
  LeaveOnce(items);
  std::set<std::string> seen;
  for (const Item& item : items) seen.insert(item.Text());
  for (OpenBlock& block : plan.open) {
    // A candidate that is measured anyway would later look like a chosen one.
    std::erase_if(block.candidates,
                  [&](const LayerSpec& spec) { return seen.contains(spec.ToString()); });
  }
  Random(campaign.seed, "order").Shuffle(items);
  plan.items = PartOf(items, shard);
  return plan;
}

}  // namespace joulecast
