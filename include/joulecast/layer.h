// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "joulecast/graph.h"

namespace joulecast {

class LayerSpec;
class NodeView;

/// What differs between devices and shapes the terms of a layer. Comes from the device profile.
struct DeviceTraits {
  double vector_block = 16;      ///< channels that a vector instruction handles at once
  double vector_registers = 32;  ///< what a blocked kernel may keep in registers
  double l1_bytes = 32 * 1024;
  double l2_bytes = 1024 * 1024;
  double last_level_cache_bytes = 0;  ///< of the cores that a layer runs on
  double large_buffer_bytes = 0;      ///< larger allocations are fresh pages at each call; 0: none
  double huge_buffer_bytes = 0;   ///< larger ones need 64-bit offsets, or more page tables; 0: none
  double tile_pixels = 0;         ///< output tile of an implicit-gemm convolution (GPU);
  double tile_channels = 0;       ///< both 0: the device runs blocked direct convolutions
  double matrix_vector_rows = 3;  ///< up to so many, a product is as many matrix-vector products
  double aliasing_bytes = 1024;   ///< panels of weights with rows of a multiple evict themselves
  double results_in_turn = 1;     ///< results in memory at a time; 1: each is written over the last
  double weights_in_turn = 1;  ///< sets of weights that calls take turns with; 1: always the same
  double in_turn_bytes = 0;    ///< fewer take turns if they fill so much; 0: never
};

/// What a layer does, counted from its specification. All counts are per call of the layer.
struct Work {
  std::int64_t macs = 0;         ///< multiply-accumulates by weights or operands, no bias
  std::int64_t bias_adds = 0;    ///< additions of a bias; `macs + bias_adds` is getzner2023's count
  std::int64_t params = 0;       ///< trainable numbers
  std::int64_t input_bytes = 0;  ///< activations read, each once
  std::int64_t output_bytes = 0;  ///< activations written, each once
  std::int64_t weight_bytes = 0;  ///< weights read, each once

  std::int64_t bytes() const { return input_bytes + output_bytes + weight_bytes; }
};

/// How a parameter is written, and how many numbers ("slots") it takes.
enum class ParamKind {
  kCount,      ///< `batch=8`: one slot
  kFlag,       ///< `inplace=1`: one slot, 0 or 1
  kDType,      ///< `dtype=f32`: one slot, a DType
  kSize2d,     ///< `image=56x56`: height, width; always written in full
  kSize3d,     ///< `volume=8x56x56`: depth, height, width
  kStep2d,     ///< `stride=2`, `stride=2x1`: height, width; written short where equal
  kStep3d,     ///< `stride=2`, `stride=1x2x2`: depth, height, width
  kPadding1d,  ///< `padding=1`, or `0x1`: before, after
  kPadding,    ///< `padding=1`, `1x2` (height, width) or `0x1x2x3` (top, left, bottom, right)
  kPadding3d,  ///< `padding=1`, `0x1x1`, or six: front, top, left, back, bottom, right
};

constexpr std::size_t Slots(ParamKind kind) {
  switch (kind) {
    case ParamKind::kSize2d:
    case ParamKind::kStep2d:
    case ParamKind::kPadding1d:
      return 2;
    case ParamKind::kSize3d:
    case ParamKind::kStep3d:
      return 3;
    case ParamKind::kPadding:
      return 4;
    case ParamKind::kPadding3d:
      return 6;
    default:
      return 1;
  }
}

/// Past this no parameter of a layer makes sense; products of two still fit an int64.
constexpr std::int64_t LargestValue(ParamKind kind) {
  return kind == ParamKind::kFlag ? 1 : std::int64_t{1} << 40;
}

struct Param {
  std::string_view name;
  ParamKind kind = ParamKind::kCount;
  std::int64_t min = 1;                            ///< smallest valid value of each slot
  std::optional<std::int64_t> default_value = {};  ///< what a spec that leaves it out means
  bool shown = true;   ///< false: left out of the canonical text when it has its default
  bool minor = false;  ///< costs so little that a forecast needs no measurement of its value
};

/// The share of a forecast that a term belongs to, for `explain`.
enum class Part { kArithmetic, kInput, kOutput, kWeights, kOverhead };
std::string_view Name(Part part);

/// Whether a term's cost adds up with the others or hides behind them: compute and traffic that
/// run at the same time cost (compute^p + traffic^p)^(1/p), p from the profile.
enum class Overlap { kSerial, kCompute, kTraffic };

/// One physical term: coefficient x amount. Names are written to profiles: never rename.
struct Term {
  std::string_view name;
  std::string_view unit;  ///< of the amount: "gmac", "gb", "call"
  Part part = Part::kOverhead;
  Overlap overlap = Overlap::kSerial;
};

inline constexpr std::size_t kMaxSlots = 28;
inline constexpr std::size_t kMaxTerms = 24;

/// A graph tensor once shapes are known.
struct TensorInfo {
  DType dtype = DType::kUnknown;
  Shape shape;
  bool is_constant = false;            ///< does not depend on the model's inputs
  std::optional<Constant> constant;    ///< its numbers, where folded
  std::optional<std::int64_t> stored;  ///< of a constant that repeats elements: how many lie stored
};

/// What one graph node becomes.
struct Lowered;

/// What a layer of a specification is part of.
enum class LayerPass {
  kForward,   ///< an inference; and what of a training step is no different
  kTraining,  ///< "pass=training": a forward pass that does more in training (statistics, masks)
  kBackward,  ///< "pass=backward": gradients, as a training step adds them
};
std::string_view Name(LayerPass pass);

/// Work of the backward pass of a layer that is a function of all its operands and weights: reads
/// them, and the gradient of its result, and writes the gradient of each. A product has as many
/// multiply-accumulates for the gradient of each of its two factors as it has itself.
/// `input_grad`: whether operands get gradients, or weights alone. layers/backward.h has more
/// rules.
Work BackwardOfFunction(const LayerSpec& forward, bool input_grad);

/// One layer type: the single meaning of a layer that learning and forecasting share.
/// One file in `src/layers/` defines it; one line in `src/layers/catalog.inc` lists it.
struct LayerType {
  std::string_view name;
  std::string_view summary;  ///< one line for `--help` and docs
  std::string_view example;  ///< the text of a typical specification
  std::span<const Param> params;
  /// Graph operators it may lower; those of other domains as "com.microsoft::FusedConv".
  std::span<const std::string_view> ops;
  bool is_free = false;  ///< a view or an identity at inference: moves no data

  /// Rules beyond each parameter's minimum; throws Error{kInput}. May be null.
  void (*check)(const LayerSpec&) = nullptr;
  Shape (*output_shape)(const LayerSpec&) = nullptr;
  Work (*work)(const LayerSpec&) = nullptr;

  /// Reads a graph node; nullopt if the node is another type's. Throws Error{kInput} on nonsense.
  std::optional<Lowered> (*lower)(const NodeView&) = nullptr;

  /// Physical terms; empty for free types. `amounts` writes one number per term.
  std::span<const Term> terms = {};
  void (*amounts)(const LayerSpec&, const DeviceTraits&, std::span<double>) = nullptr;

  /// Work of the backward pass, from the forward pass's specification. Null: no gradient goes
  /// through, or `gradient_as` says what does it.
  Work (*backward)(const LayerSpec& forward, bool input_grad) = BackwardOfFunction;
  /// For types whose specification does not know how large their operand is: the layer that writes
  /// its gradient; nullopt if that is the result's own, seen differently. `parts`: results.
  std::optional<LayerSpec> (*gradient_as)(const LayerSpec& forward, std::int64_t operand_elements,
                                          std::int64_t parts) = nullptr;
  /// Work of the forward pass in training, of types that do more then.
  Work (*training)(const LayerSpec& forward) = nullptr;

  /// Of a type that `TypeOfPass` made: the catalogue's type that it is a pass of.
  LayerPass pass = LayerPass::kForward;
  const LayerType* forward = nullptr;

  /// A layer of another type whose work is much the same: forecasts this one where its own type was
  /// not measured. nullopt, or null: the device's generic costs do.
  std::optional<LayerSpec> (*relative)(const LayerSpec&) = nullptr;

  /// Bytes of a layer that does hardly anything but read them; nullopt if it does more. Such rows
  /// teach the types that have `read_amounts` what reading costs.
  std::optional<double> (*pure_read_bytes)(const LayerSpec&, const DeviceTraits&) = nullptr;
  /// Amounts of merely reading so many bytes, in this type's own terms.
  void (*read_amounts)(double bytes, const DeviceTraits&, std::span<double>) = nullptr;
};

/// Every layer type, in catalogue order.
std::span<const LayerType* const> LayerCatalog();

/// The same layers in training: a type of its own, with its own terms and measurements, whose
/// parameters are those of `forward` and, of a backward pass, `input_grad` behind them. Its name is
/// "conv2d pass=backward". Null if the type has no such pass.
const LayerType* TypeOfPass(const LayerType& forward, LayerPass pass);

/// The catalogue, then its types' other passes: all that can be measured and forecast.
std::span<const LayerType* const> AllLayerTypes();
/// Any of them, by its name.
const LayerType* FindLayerType(std::string_view name);

/// Layer types of a program's own: asked before those of the catalogue, by name and by node.
/// They must outlive every spec of theirs.
using OwnLayerTypes = std::span<const LayerType* const>;

/// Throws Error{kUsage} if the type breaks the contract of LayerType: no name, no element type, too
/// many parameters or terms, a function missing, an example that it refuses itself.
void CheckLayerType(const LayerType& type);
bool HasParam(const LayerType& type, std::string_view name);

/// Number of slots that a type's parameters take.
std::size_t SlotCount(const LayerType& type);

/// Slot of a type's element type: every type has one.
std::size_t DTypeSlot(const LayerType& type);

/// Version of the meaning of all parameters and terms. A profile with another one is refused.
inline constexpr int kFeaturesVersion = 2;

/// A layer type with a value for each parameter. Its text form is dataset key, CLI argument,
/// error text and report anchor: `conv2d batch=8 in=64 out=128 image=56x56 kernel=3x3 ...`.
class LayerSpec {
 public:
  /// All parameters at their defaults, 0 where there is none: fill with Set, then Validate.
  explicit LayerSpec(const LayerType& type);

  /// Reads the text form, in any parameter order. Throws Error{kInput} saying what is wrong,
  /// and validates.
  static LayerSpec Parse(std::string_view text, OwnLayerTypes own = {});

  const LayerType& type() const { return *type_; }

  /// A number by slot: the layer's file numbers the slots of its parameters in order.
  std::int64_t operator[](std::size_t slot) const { return slots_[slot]; }
  LayerSpec& Set(std::size_t slot, std::int64_t value) {
    slots_[slot] = value;
    return *this;
  }
  /// First slot of a parameter by name; throws Error{kInput} if the type has no such parameter.
  std::size_t SlotOf(std::string_view param) const;
  std::int64_t Get(std::string_view param) const { return slots_[SlotOf(param)]; }

  /// Throws Error{kInput} if any parameter is out of range or the type's own rules are broken.
  void Validate() const;

  /// Canonical text: equal specs have equal text.
  std::string ToString() const;

  /// The forward pass that a layer of another pass belongs to; itself if it is one.
  LayerSpec Forward() const;
  /// The same layer in another pass, nullopt if its type has no such pass.
  std::optional<LayerSpec> InPass(LayerPass pass) const;

  Work CountWork() const { return type_->work(*this); }
  Shape OutputShape() const { return type_->output_shape(*this); }

  friend bool operator==(const LayerSpec&, const LayerSpec&) = default;

 private:
  const LayerType* type_;
  std::array<std::int64_t, kMaxSlots> slots_{};
};

struct Lowered {
  LayerSpec spec;
  std::vector<TensorInfo> outputs;
  std::string assumption = {};  ///< where data decide a result's shape: what is taken for it
};

/// What the caller fixes about a model's inputs.
struct InputBinding {
  std::optional<std::int64_t> batch;    ///< leading dimension of every input; 1 if symbolic
  std::map<std::string, Shape> shapes;  ///< whole inputs by name, or one symbol: {"seq", {128}}
};

/// One layer of a model: a node with its meaning.
struct Layer {
  std::string name;               ///< the node's
  std::string op;                 ///< graph operator, with its domain unless ONNX's own
  std::size_t node = 0;           ///< its place among the graph's nodes
  std::optional<LayerSpec> spec;  ///< nullopt: an operator that we do not know
  std::string note;               ///< why it is unknown, or what was assumed
  Work work;                      ///< of the spec; of an unknown operator, only its bytes
  bool shape_assumed = false;     ///< rests on a shape that an unknown operator or data decide
  bool shares_weights = false;    ///< an earlier layer has the same weights: params count once
  /// The convolution, by its place among the layers, that a runtime may do this one in: a batch
  /// normalisation of its result, a relu behind either, which nobody else reads.
  std::optional<std::size_t> fuses_into = {};
};

/// What a runtime fuses at inference.
enum class Fusion {
  kNone,        ///< "none": each layer runs by itself, as in eager PyTorch
  kConvBn,      ///< "conv-bn": batch normalisations are folded into their convolutions' weights
  kConvBnRelu,  ///< "conv-bn-relu": and relus are done on the convolutions' results
};
inline constexpr std::array kFusions = {Fusion::kNone, Fusion::kConvBn, Fusion::kConvBnRelu};
std::string_view Name(Fusion fusion);
std::optional<Fusion> FusionFromName(std::string_view name);

/// A model whose every shape is known, as layers in execution order.
struct LayeredModel {
  std::string name;
  std::string format;
  std::int64_t batch = 1;
  std::vector<Layer> layers;
  std::size_t folded_nodes = 0;  ///< nodes that only compute weights or shapes: done before running
  std::vector<std::string> warnings;
  /// What is known of each value of the graph, by ValueId: what running the model needs.
  std::vector<std::optional<TensorInfo>> tensors;

  Work TotalWork() const;  ///< sums; params of shared weights once
};

/// The layers as a runtime runs them: a convolution that another layer is folded into has a bias,
/// and what is folded becomes a view, which says where it went and keeps its parameters.
void Fuse(LayeredModel& model, Fusion fusion);

/// Infers every shape and reads every node as a layer. Throws Error{kInput} if a dimension is
/// unbound (naming the flag that binds it), shapes contradict each other, or sizes overflow; as
/// `CheckLayerType` for types of the caller's own.
LayeredModel Resolve(const Graph& graph, const InputBinding& binding, OwnLayerTypes own = {});

}  // namespace joulecast
