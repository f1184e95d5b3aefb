// SPDX-License-Identifier: Apache-2.0
// The TOML form of a Campaign: docs/campaigns.md.
#include "measure/campaign/campaign.h"

#include <algorithm>
#include <set>
#include <utility>

#include "base/mapped_file.h"
#include "base/text.h"
#include "base/toml_table.h"
#include "joulecast/error.h"
#include "joulecast/zoo.h"

namespace joulecast {
namespace {

/// A mistyped count must not fill the memory.
constexpr std::int64_t kMostConfigurations = 1'000'000;

/// Runs `work`; what it complains about is told with the place in the file.
template <typename Work>
void At(const std::string& place, Work work) {
  try {
    work();
  } catch (const Error& error) {
    throw Error(ErrorKind::kInput, place + error.what());
  }
}

Repeats ReadRepeats(const TomlTable& table) {
  table.AllowOnly({"window_s", "fewest", "most", "relative_error", "idle_s"});
  Repeats repeats;
  repeats.window = Seconds(table.Positive("window_s").value_or(repeats.window.count()));
  repeats.fewest = table.Count("fewest").value_or(repeats.fewest);
  repeats.most = table.Count("most").value_or(std::max(repeats.fewest, repeats.most));
  repeats.relative_error = table.Positive("relative_error").value_or(repeats.relative_error);
  if (const toml::node* idle = table.Find("idle_s")) {
    const auto seconds = idle->value<double>();
    if (!seconds || !(*seconds >= 0 && *seconds <= 3600)) {
      table.Fail("'" + table.Path("idle_s") + "' must be a number of seconds from 0 to 3600", idle);
    }
    repeats.idle = Seconds(*seconds);
  }
  if (repeats.most < repeats.fewest) {
    table.Fail("'" + table.Path("most") + "' is less than 'fewest'", table.Find("most"));
  }
  return repeats;
}

std::int64_t ReadValue(const TomlTable& table, const Param& param, const toml::node& node) {
  if (param.kind == ParamKind::kDType) {
    const auto dtype = DTypeFromName(node.value<std::string>().value_or(""));
    if (!dtype)
      table.Fail("'" + table.Path(param.name) + "' must be a type such as \"f32\"", &node);
    return static_cast<std::int64_t>(*dtype);
  }
  const auto number = node.value_exact<std::int64_t>();
  const std::int64_t most = LargestValue(param.kind);
  if (number && *number >= param.min && *number <= most) return *number;
  table.Fail("'" + table.Path(param.name) + "' must be whole numbers from " +
                 std::to_string(param.min) + " to " + std::to_string(most),
             &node);
}

/// `7`, `[least, most]` or `{ any_of = [1, 3, 5] }`.
Range ReadRange(const TomlTable& table, const Param& param, const toml::node& node) {
  if (const toml::array* ends = node.as_array()) {
    if (ends->size() != 2 || param.kind == ParamKind::kDType) {
      table.Fail("'" + table.Path(param.name) + "' must be [least, most]", &node);
    }
    Range range{.least = ReadValue(table, param, *ends->get(0)),
                .most = ReadValue(table, param, *ends->get(1))};
    if (range.least <= range.most) return range;
    table.Fail("'" + table.Path(param.name) + "' is an empty range: " +
                   std::to_string(range.least) + " is more than " + std::to_string(range.most),
               &node);
  }
  Range range;
  if (node.is_table()) {
    const TomlTable any = table.Table(param.name);
    any.AllowOnly({"any_of"});
    const toml::array* choices = any.Require("any_of").as_array();
    if (choices == nullptr || choices->empty()) {
      any.Fail("'" + any.Path("any_of") + "' must be a list of values", any.Find("any_of"));
    }
    for (const toml::node& each : *choices) {
      range.choices.push_back(ReadValue(table, param, each));
    }
    return range;
  }
  range.least = range.most = ReadValue(table, param, node);
  return range;
}

void ReadRanges(const TomlTable& table, Space& space) {
  std::vector<std::string> names;
  for (const Param& param : space.type->params) names.emplace_back(param.name);
  table.AllowOnly(names);
  for (const Param& param : space.type->params) {
    const toml::node* node = table.Find(param.name);
    if (node == nullptr) continue;
    space.ranges[LayerSpec(*space.type).SlotOf(param.name)] = ReadRange(table, param, *node);
  }
}

void CheckNets(const TomlTable& table, std::string_view key, std::span<const std::string> nets) {
  std::vector<std::string> known;
  for (const ZooEntry& entry : ZooCatalog()) known.emplace_back(entry.name);
  for (const std::string& net : nets) {
    if (std::find(known.begin(), known.end(), net) != known.end()) continue;
    const auto close = ClosestName(net, known);
    table.Fail("no network '" + Printable(net, 40) + "'; " +
                   (close ? "did you mean '" + *close + "'?" : "joulecast zoo lists them"),
               table.Find(key));
  }
}

/// `type` in the pass that `pass` names; only one that does something can be measured.
const LayerType& ReadType(const TomlTable& table) {
  constexpr LayerPass kPasses[] = {LayerPass::kForward, LayerPass::kTraining, LayerPass::kBackward};
  LayerPass pass = LayerPass::kForward;
  if (table.Find("pass") != nullptr) {
    std::vector<std::string> names;
    for (const LayerPass each : kPasses) names.emplace_back(Name(each));
    pass = kPasses[table.Choice("pass", names)];
  }
  std::vector<std::string> known;
  for (const LayerType* type : LayerCatalog()) {
    const LayerType* passed = TypeOfPass(*type, pass);
    if (passed != nullptr && !passed->is_free) known.emplace_back(type->name);
  }
  return *TypeOfPass(*FindLayerType(known[table.Choice("type", known)]), pass);
}

LayerBlock ReadLayers(const TomlTable& table) {
  table.AllowOnly(
      {"type", "pass", "name", "sampling", "configurations", "ranges", "where", "nets", "batches"});
  const LayerType& type = ReadType(table);
  LayerBlock block{.name = table.Text("name", std::string(type.name)), .place = table.Place()};
  block.space.type = &type;
  std::vector<std::string> samplings;
  for (const Sampling each : AllSamplings()) samplings.emplace_back(Name(each));
  block.sampling = AllSamplings()[table.Choice("sampling", samplings)];
  table.Require("configurations");
  const std::int64_t count = *table.Count("configurations");
  if (count > kMostConfigurations) {
    table.Fail("more than a million configurations", table.Find("configurations"));
  }
  block.configurations = static_cast<std::size_t>(count);
  if (table.Find("ranges") != nullptr) ReadRanges(table.Table("ranges"), block.space);
  for (const std::string& rule : table.Texts("where")) {
    At(table.Place(table.Find("where")),
       [&] { block.space.rules.push_back(ParseRule(type, rule)); });
  }
  block.nets = table.Texts("nets");
  CheckNets(table, "nets", block.nets);
  if (block.nets.empty() != (block.sampling != Sampling::kNetLike)) {
    table.Fail("'" + table.Path("nets") + "' goes with sampling = \"net-like\", and only with it");
  }
  block.batches = table.Counts("batches");
  if (block.batches.empty()) block.batches = {1};
  return block;
}

NetBlock ReadNets(const TomlTable& table) {
  table.AllowOnly({"models", "batches", "layers_alone"});
  NetBlock block{.models = table.Texts("models"), .batches = table.Counts("batches")};
  if (block.models.empty()) table.Fail("'" + table.Path("models") + "' is missing");
  if (block.batches.empty()) table.Fail("'" + table.Path("batches") + "' is missing");
  CheckNets(table, "models", block.models);
  if (const toml::node* node = table.Find("layers_alone")) {
    if (!node->is_boolean()) table.Fail("'layers_alone' must be true or false", node);
    block.layers_alone = node->as_boolean()->get();
  }
  return block;
}

Campaign ReadCampaign(const TomlTable& root) {
  root.AllowOnly({"name", "seed", "repeats", "layers", "nets"});
  Campaign campaign{.name = root.Text("name")};
  campaign.seed = static_cast<std::uint64_t>(root.Count("seed", 0).value_or(1));
  if (root.Find("repeats") != nullptr) campaign.repeats = ReadRepeats(root.Table("repeats"));
  std::set<std::string> names;
  for (const TomlTable& table : root.Tables("layers")) {
    campaign.layers.push_back(ReadLayers(table));
    if (names.insert(campaign.layers.back().name).second) continue;
    table.Fail("a second block '" + Printable(campaign.layers.back().name, 40) +
               "'; give one of them a name of its own (name = \"...\")");
  }
  for (const TomlTable& table : root.Tables("nets")) campaign.nets.push_back(ReadNets(table));
  if (campaign.layers.empty() && campaign.nets.empty()) {
    root.Fail("nothing to measure: add [[layers]] or [[nets]]");
  }
  return campaign;
}

}  // namespace

Campaign Campaign::Read(const std::filesystem::path& path) {
  const MappedFile file(path);
  const auto bytes = file.bytes();
  return Parse({reinterpret_cast<const char*>(bytes.data()), bytes.size()}, path.string());
}

Campaign Campaign::Parse(std::string_view text, const std::string& name) {
  Campaign campaign;
  TomlTable::ReadRoot(text, name, [&](const TomlTable& root) { campaign = ReadCampaign(root); });
  return campaign;
}

}  // namespace joulecast
