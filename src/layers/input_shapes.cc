// SPDX-License-Identifier: Apache-2.0
#include "layers/input_shapes.h"

#include <algorithm>

#include "base/text.h"
#include "joulecast/error.h"

namespace joulecast {
namespace {

std::size_t Index(ValueId id) { return static_cast<std::size_t>(id); }

}  // namespace

InputShapes::InputShapes(const Graph& graph, const InputBinding& binding)
    : graph_(graph), binding_(binding) {
  if (binding.batch && *binding.batch < 1) {
    throw Error(ErrorKind::kUsage,
                "batch " + std::to_string(*binding.batch) + " is not possible; it starts at 1");
  }
  for (const ValueId id : graph.inputs) FindBakedBatch(graph.values[Index(id)]);
  batch_ = ChooseBatch();
  for (const ValueId id : graph.inputs) LearnSymbols(graph.values[Index(id)]);
  CheckEveryBindingIsUsed();
  for (const ValueId id : graph.inputs) {
    keeps_file_ = keeps_file_ && KeepsFile(graph.values[Index(id)]);
  }
}

Shape InputShapes::Of(const Value& input) const {
  const std::string name = Printable(input.name, 60);
  if (const auto given = binding_.shapes.find(input.name); given != binding_.shapes.end()) {
    if (input.declared && input.declared->size() != given->second.size()) {
      throw Error(ErrorKind::kUsage, "--shape " + name + "=" + ToString(given->second) +
                                         " does not fit: the input has " +
                                         std::to_string(input.declared->size()) + " dimensions");
    }
    return given->second;
  }
  if (!input.declared) {
    throw Error(ErrorKind::kUsage, "the file gives no shape for the input '" + name +
                                       "'; give it with --shape " + name + "=1x3x224x224");
  }
  Shape shape;
  for (std::size_t axis = 0; axis < input.declared->size(); ++axis) {
    shape.push_back(Extent(input, axis));
  }
  return shape;
}

std::optional<Shape> InputShapes::Declared(const Value& value) const {
  if (!value.declared || !keeps_file_) return std::nullopt;
  Shape shape;
  for (const Dim& dim : *value.declared) {
    const auto bound = Bound(dim);
    if (!bound || *bound < 0) return std::nullopt;
    shape.push_back(*bound);
  }
  if (!shape.empty() && shape[0] == baked_batch_) shape[0] = batch_;
  return shape;
}

bool InputShapes::Agrees(const Value& value, const Shape& shape) const {
  const bool holds = keeps_file_ && (baked_batch_ == 0 || baked_batch_ == batch_);
  if (!value.declared || !holds) return true;
  return std::ranges::equal(*value.declared, shape, [&](const Dim& dim, std::int64_t extent) {
    return Bound(dim).value_or(extent) == extent;
  });
}

/// Whether the caller leaves every extent that the file fixes, but for the batch.
bool InputShapes::KeepsFile(const Value& input) const {
  const auto given = binding_.shapes.find(input.name);
  if (!input.declared || given == binding_.shapes.end()) return true;
  if (given->second.size() != input.declared->size()) return true;  // refused where it is read
  for (std::size_t axis = 0; axis < given->second.size(); ++axis) {
    const std::int64_t extent = given->second[axis];
    const bool is_batch = axis == 0 && (*input.declared)[axis].size == baked_batch_;
    if (!is_batch && (*input.declared)[axis].size.value_or(extent) != extent) return false;
  }
  return true;
}

void InputShapes::FindBakedBatch(const Value& input) {
  if (baked_batch_ != 0 || !input.declared || input.declared->empty()) return;
  baked_batch_ = input.declared->front().size.value_or(0);
}

/// What --shape gives as the leading extent of the first input, whole or by its symbol.
const std::pair<const std::string, Shape>* InputShapes::GivenBatch() const {
  if (graph_.inputs.empty()) return nullptr;
  const Value& input = graph_.values[Index(graph_.inputs.front())];
  auto given = binding_.shapes.find(input.name);
  if (given == binding_.shapes.end() && input.declared && !input.declared->empty()) {
    given = binding_.shapes.find(input.declared->front().symbol);
  }
  return given == binding_.shapes.end() || given->second.empty() ? nullptr : &*given;
}

std::int64_t InputShapes::ChooseBatch() const {
  const auto* given = GivenBatch();
  if (given == nullptr) return binding_.batch.value_or(baked_batch_ > 0 ? baked_batch_ : 1);
  const std::int64_t batch = given->second.front();
  if (binding_.batch && *binding_.batch != batch) {
    throw Error(ErrorKind::kUsage, "--batch " + std::to_string(*binding_.batch) +
                                       " contradicts --shape " + Printable(given->first, 60) + "=" +
                                       ToString(given->second) +
                                       "; give the same batch in both, or leave one out");
  }
  return batch;
}

/// The number of a dimension, or the one that its name is bound to.
std::optional<std::int64_t> InputShapes::Bound(const Dim& dim) const {
  if (dim.size || dim.symbol.empty()) return dim.size;
  const auto found = symbols_.find(dim.symbol);
  return found == symbols_.end() ? std::nullopt : std::optional(found->second);
}

/// Symbols come from --shape SYMBOL=n, from --shape INPUT=..., and the leading one is the batch.
void InputShapes::LearnSymbols(const Value& input) {
  if (!input.declared) return;
  const auto given = binding_.shapes.find(input.name);
  for (std::size_t axis = 0; axis < input.declared->size(); ++axis) {
    const Dim& dim = (*input.declared)[axis];
    if (dim.size || dim.symbol.empty()) continue;
    if (given != binding_.shapes.end() && axis < given->second.size()) {
      symbols_.emplace(dim.symbol, given->second[axis]);
    } else if (const auto by_name = binding_.shapes.find(dim.symbol);
               by_name != binding_.shapes.end() && by_name->second.size() == 1) {
      symbols_.emplace(dim.symbol, by_name->second[0]);
    } else if (axis == 0) {
      symbols_.emplace(dim.symbol, batch_);
    }
  }
}

std::int64_t InputShapes::Extent(const Value& input, std::size_t axis) const {
  const Dim& dim = (*input.declared)[axis];
  if (dim.size) {
    const bool is_batch = axis == 0 && *dim.size == baked_batch_;
    return is_batch ? batch_ : *dim.size;
  }
  if (const auto bound = Bound(dim)) return *bound;
  if (axis == 0) return batch_;
  const std::string name = Printable(input.name, 60);
  const std::string symbol = Printable(dim.symbol, 60);
  throw Error(ErrorKind::kUsage,
              "dimension " + std::to_string(axis) + (symbol.empty() ? "" : " ('" + symbol + "')") +
                  " of the input '" + name + "' is unbound; bind it with --shape " +
                  (symbol.empty() ? "" : symbol + "=N or --shape ") + name + "=" +
                  Template(input, axis));
}

/// "1x3xNxN": what is known of an input's shape, N for the rest.
std::string InputShapes::Template(const Value& input, std::size_t unbound) const {
  std::string text;
  for (std::size_t axis = 0; axis < input.declared->size(); ++axis) {
    const Dim& dim = (*input.declared)[axis];
    const auto known = Bound(dim);
    const bool is_open = axis >= unbound && !known;
    text += (axis == 0 ? "" : "x") + (is_open ? "N" : std::to_string(known.value_or(batch_)));
  }
  return text;
}

void InputShapes::CheckEveryBindingIsUsed() const {
  for (const auto& [name, shape] : binding_.shapes) {
    std::vector<std::string> known;
    bool used = symbols_.contains(name) && shape.size() == 1;
    for (const ValueId id : graph_.inputs) {
      const Value& input = graph_.values[Index(id)];
      known.push_back(Printable(input.name, 60));
      used = used || input.name == name;
    }
    if (!used) {
      throw Error(ErrorKind::kUsage, "--shape " + Printable(name, 60) +
                                         ": the model has no such input; it has " +
                                         Join(known, ", "));
    }
    for (const std::int64_t extent : shape) {
      if (extent < 1) {
        throw Error(ErrorKind::kUsage, "--shape " + Printable(name, 60) + "=" + ToString(shape) +
                                           ": every extent starts at 1");
      }
    }
  }
}

}  // namespace joulecast
