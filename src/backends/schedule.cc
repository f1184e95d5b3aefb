// SPDX-License-Identifier: Apache-2.0
#include "backends/schedule.h"

#include <algorithm>
#include <numeric>
#include <set>

#include "base/checked.h"
#include "base/text.h"
#include "joulecast/error.h"

namespace joulecast {
namespace {

std::size_t Index(ValueId id) { return static_cast<std::size_t>(id); }

bool IsComputed(const Net& net, ValueId id) {
  if (id == kNoValue) return false;
  const auto& tensor = net.model.tensors[Index(id)];
  return tensor && !tensor->is_constant;
}

/// Values that share memory stand in for the first of them.
class Buffers {
 public:
  explicit Buffers(std::size_t values) : owner_(values), readers_(values, 0) {
    std::iota(owner_.begin(), owner_.end(), 0);
  }
  void Share(ValueId view, ValueId of) { owner_[Index(view)] = Owner(of); }
  ValueId Owner(ValueId id) const { return owner_[Index(id)]; }
  void Hold(ValueId id) { ++readers_[Index(Owner(id))]; }
  /// True if that was the last value that held the buffer.
  bool Release(ValueId id) { return --readers_[Index(Owner(id))] == 0; }

 private:
  std::vector<ValueId> owner_;
  std::vector<int> readers_;
};

bool IsInPlace(const LayerSpec& spec) {
  return HasParam(spec.type(), "inplace") && spec.Get("inplace") != 0;
}

std::int64_t TensorBytes(const Net& net, ValueId id) {
  const TensorInfo& tensor = *net.model.tensors[Index(id)];
  return CheckedProduct({ElementCount(tensor.shape), std::max(8, Bits(tensor.dtype))}) / 8;
}

/// Walks a schedule, counting what lives.
class Walk {
 public:
  Walk(const Net& net, const Schedule& schedule)
      : net_(net), schedule_(schedule), buffers_(net.graph.values.size()) {
    for (const ValueId id : schedule.inputs) {
      buffers_.Hold(id);
      live_ = CheckedSum({live_, TensorBytes(net, id)});
    }
  }

  std::int64_t Peak(const std::function<std::int64_t(const LayerSpec&)>& scratch_bytes) {
    std::int64_t weights = 0;
    for (const ScheduledLayer& step : schedule_.layers) {
      const LayerSpec& spec = *step.layer->spec;
      weights = CheckedSum({weights, step.layer->work.weight_bytes});
      for (const ValueId id : step.outputs) {
        if (id != kNoValue) Allocate(step, id);
      }
      peak_ = std::max(peak_, CheckedSum({live_, scratch_bytes(spec)}));
      for (const ValueId id : step.dead) {
        if (buffers_.Release(id)) live_ -= TensorBytes(net_, buffers_.Owner(id));
      }
    }
    return CheckedSum({weights, peak_});
  }

 private:
  /// A view of what a transposition reordered may have to copy it.
  void Allocate(const ScheduledLayer& step, ValueId id) {
    const bool is_free = step.layer->spec->type().is_free;
    const bool transposes = step.node->op == "Transpose";
    const ValueId from = step.inputs.empty() ? kNoValue : step.inputs.front();
    const bool was_transposed = from != kNoValue && transposed_.contains(from);
    const bool shares = from != kNoValue &&
                        (is_free ? transposes || !was_transposed : IsInPlace(*step.layer->spec));
    if (is_free && (transposes || (shares && was_transposed))) transposed_.insert(id);
    if (shares) {
      buffers_.Share(id, from);
    } else {
      live_ = CheckedSum({live_, TensorBytes(net_, id)});
    }
    buffers_.Hold(id);
  }

  const Net& net_;
  const Schedule& schedule_;
  Buffers buffers_;
  std::set<ValueId> transposed_;
  std::int64_t live_ = 0;
  std::int64_t peak_ = 0;
};

}  // namespace

Schedule MakeSchedule(const Net& net) {
  Schedule schedule{.layers = {}, .inputs = net.graph.inputs, .outputs = net.graph.outputs};
  for (const Layer& layer : net.model.layers) {
    if (!layer.spec) {
      throw Error(ErrorKind::kInput, Printable(net.model.name, 60) + ": cannot run the layer '" +
                                         Printable(layer.name, 60) + "': " + layer.note +
                                         " (operator " + Printable(layer.op, 60) + ")");
    }
    const Node& node = net.graph.nodes[layer.node];
    ScheduledLayer step{.layer = &layer, .node = &node, .outputs = node.outputs};
    for (const ValueId id : node.inputs) {
      if (IsComputed(net, id)) step.inputs.push_back(id);
    }
    for (ValueId& id : step.outputs) {
      if (!IsComputed(net, id)) id = kNoValue;
    }
    schedule.layers.push_back(std::move(step));
  }
  std::set<ValueId> read_later(schedule.inputs.begin(), schedule.inputs.end());
  read_later.insert(schedule.outputs.begin(), schedule.outputs.end());
  for (auto step = schedule.layers.rbegin(); step != schedule.layers.rend(); ++step) {
    for (const auto* values : {&step->inputs, &step->outputs}) {
      for (const ValueId id : *values) {
        if (id != kNoValue && read_later.insert(id).second) step->dead.push_back(id);
      }
    }
  }
  return schedule;
}

std::int64_t PeakBytes(const Net& net,
                       const std::function<std::int64_t(const LayerSpec&)>& scratch_bytes) {
  const Schedule schedule = MakeSchedule(net);
  return Walk(net, schedule).Peak(scratch_bytes);
}

std::int64_t ResultBytes(const LayerSpec& spec) {
  return IsInPlace(spec) ? 0 : spec.CountWork().output_bytes;
}

std::int64_t PeakBytes(const LayerSpec& spec, std::int64_t scratch_bytes) {
  const Work work = spec.CountWork();
  return CheckedSum({work.input_bytes, work.weight_bytes, ResultBytes(spec), scratch_bytes});
}

}  // namespace joulecast
