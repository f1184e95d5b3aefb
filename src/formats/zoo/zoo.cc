// SPDX-License-Identifier: Apache-2.0
#include "formats/zoo/zoo.h"

#include "formats/zoo/builder.h"

namespace joulecast {

#define JOULECAST_ZOO(name, family, summary, builder) ValueId builder(ZooBuilder&);
#include "formats/zoo/catalog.inc"
#undef JOULECAST_ZOO

namespace {

using Builder = ValueId (*)(ZooBuilder&);

constexpr Builder kBuilders[] = {
#define JOULECAST_ZOO(name, family, summary, builder) builder,
#include "formats/zoo/catalog.inc"
#undef JOULECAST_ZOO
};

}  // namespace

std::span<const ZooEntry> ZooCatalog() {
  static const ZooEntry kEntries[] = {
#define JOULECAST_ZOO(name, family, summary, builder) {name, family, summary, {1, 3, 224, 224}},
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
