// SPDX-License-Identifier: Apache-2.0
#include "joulecast/zoo.h"

#include "formats/catalog.h"
#include "formats/zoo/builder.h"

namespace joulecast {

#define JOULECAST_ZOO(name, family, side, summary, builder) ValueId builder(ZooBuilder&);
#include "formats/zoo/catalog.inc"
#undef JOULECAST_ZOO

namespace {

using Builder = ValueId (*)(ZooBuilder&);

constexpr Builder kBuilders[] = {
#define JOULECAST_ZOO(name, family, side, summary, builder) builder,
#include "formats/zoo/catalog.inc"
#undef JOULECAST_ZOO
};

std::optional<LoadedModel> Load(std::string_view name) { return BuildZooModel(name); }

std::vector<std::string> ZooNames() {
  std::vector<std::string> names;
  for (const ZooEntry& entry : ZooCatalog()) names.emplace_back(entry.name);
  return names;
}

}  // namespace

const ModelFormat kZoo = {
    .name = "zoo", .expects = "a name that `joulecast zoo` lists", .load = Load, .names = ZooNames};

std::span<const ZooEntry> ZooCatalog() {
  static const ZooEntry kEntries[] = {
#define JOULECAST_ZOO(name, family, side, summary, builder) \
  {name, family, summary, {1, 3, side, side}},
#include "formats/zoo/catalog.inc"
#undef JOULECAST_ZOO
  };
  return kEntries;
}

std::optional<Graph> BuildZooModel(std::string_view name) {
  const std::span<const ZooEntry> entries = ZooCatalog();
  for (std::size_t i = 0; i < entries.size(); ++i) {
    if (entries[i].name != name) continue;
    ZooBuilder builder(name, entries[i].input_shape);
    const ValueId output = kBuilders[i](builder);
    return builder.Finish(output);
  }
  return std::nullopt;
}

}  // namespace joulecast
