// SPDX-License-Identifier: Apache-2.0
#include "formats/zoo/windows.h"

namespace joulecast {
namespace {

ZooBuilder::Attributes AsAttributes(const Windows& windows) {
  return {{"window", windows.size},
          {"shift", windows.shift},
          {"pads", std::int64_t{windows.pads ? 1 : 0}}};
}

}  // namespace

ValueId CutWindows(ZooBuilder& net, const std::string& path, ValueId image,
                   const Windows& windows) {
  return net.Append("CutWindows", path, {image}, AsAttributes(windows), "joulecast");
}

ValueId JoinWindows(ZooBuilder& net, const std::string& path, ValueId x, ValueId image,
                    const Windows& windows) {
  return net.Append("JoinWindows", path, {x, image}, AsAttributes(windows), "joulecast");
}

Heads SplitHeads(ZooBuilder& net, const WindowAttention& attention, ValueId tokens) {
  const std::string& path = attention.path;
  const std::int64_t width = attention.width;
  const ValueId joined = net.Linear(attention.qkv, tokens, width, 3 * width);
  const std::vector<ValueId> parts = net.Split(path + ".split", joined, 2, 3);
  const auto per_head = [&](const std::string& name, ValueId x, std::vector<std::int64_t> order) {
    x = net.Reshape(path + "." + name + ".heads", x,
                    {0, 0, attention.heads, width / attention.heads});
    return net.Transpose(path + "." + name, x, std::move(order));
  };
  return {.queries = per_head("q", parts[0], {0, 2, 1, 3}),
          .keys = per_head("k", parts[1], {0, 2, 3, 1}),
          .values = per_head("v", parts[2], {0, 2, 1, 3})};
}

ValueId AddRelativeBias(ZooBuilder& net, const std::string& path, ValueId scores, ValueId table) {
  return net.Append("AddRelativeBias", path, {scores, table}, {}, "joulecast");
}

ValueId RelativeBiasTable(ZooBuilder& net, const std::string& path, const Windows& windows,
                          std::int64_t heads) {
  const std::int64_t offsets = 2 * windows.size - 1;
  return net.Weight(path, {offsets * offsets, heads});
}

ValueId AddWindowMask(ZooBuilder& net, const std::string& path, ValueId scores, ValueId image,
                      const Windows& windows) {
  return net.Append("AddWindowMask", path, {scores, image}, AsAttributes(windows), "joulecast");
}

ValueId Attend(ZooBuilder& net, const WindowAttention& attention, ValueId scores, ValueId values) {
  const std::string& path = attention.path;
  ValueId x = net.Softmax(path + ".softmax", scores);
  x = net.MatMul(path + ".attend", x, values);
  x = net.Transpose(path + ".tokens", x, {0, 2, 1, 3});
  x = net.Reshape(path + ".merge_heads", x, {0, 0, attention.width});
  return net.Linear(attention.proj, x, attention.width, attention.width);
}

}  // namespace joulecast
