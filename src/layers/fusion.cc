// SPDX-License-Identifier: Apache-2.0
#include "base/text.h"
#include "layers/catalog.h"

namespace joulecast {
namespace {

/// Keeps the layer's parameters, which are the model's.
void Replace(Layer& layer, LayerSpec spec) {
  const std::int64_t params = layer.work.params;
  layer.spec = std::move(spec);
  layer.work = layer.spec->CountWork();
  layer.work.params = params;
}

}  // namespace

std::string_view Name(Fusion fusion) {
  switch (fusion) {
    case Fusion::kNone:
      return "none";
    case Fusion::kConvBn:
      return "conv-bn";
    case Fusion::kConvBnRelu:
      break;
  }
  return "conv-bn-relu";
}

std::optional<Fusion> FusionFromName(std::string_view name) {
  for (const Fusion fusion : kFusions) {
    if (Name(fusion) == name) return fusion;
  }
  return std::nullopt;
}

void Fuse(LayeredModel& model, Fusion fusion) {
  if (fusion == Fusion::kNone) return;
  for (Layer& layer : model.layers) {
    if (!layer.fuses_into) continue;
    const bool is_norm = &layer.spec->type() == &kBatchNorm2d;
    if (!is_norm && fusion != Fusion::kConvBnRelu) continue;
    Layer& conv = model.layers[*layer.fuses_into];
    if (is_norm) {
      LayerSpec shifted = *conv.spec;
      Replace(conv, shifted.Set(shifted.SlotOf("bias"), 1));
    }
    LayerSpec view(kReshape);
    view.Set(view.SlotOf("elements"), ElementCount(layer.spec->OutputShape()))
        .Set(view.SlotOf("dtype"), (*layer.spec)[DTypeSlot(layer.spec->type())]);
    layer.note = "done in '" + Printable(conv.name, 60) + "'";
    Replace(layer, view);
  }
}

}  // namespace joulecast
