// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <initializer_list>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "joulecast/graph.h"

namespace joulecast {

/// Which run of a language model a graph describes.
enum class Pass {
  kPrefill,   ///< the whole prompt at once: [batch, prompt] tokens
  kTraining,  ///< the same, with results at every position and not only at the last
  kDecode,    ///< one more token: [batch, 1], with the keys and values of `past` earlier ones
};

struct AttentionShape {
  std::int64_t heads = 1;
  std::int64_t kv_heads = 1;
  std::int64_t head_size = 1;
  bool is_causal = true;
};

/// Writes a transformer down module by module, as its eager implementation runs it. Each call adds
/// one node named by its module path and returns its result. Weights have shapes and no numbers;
/// a weight of a name that was used before is the same weight (tied embeddings).
class TransformerBuilder {
 public:
  TransformerBuilder(std::string_view name, DType dtype, Pass pass);

  /// A tensor that the caller feeds: integers are indices, everything else has the model's type.
  ValueId Input(const std::string& name, std::vector<Dim> shape, bool is_index = false);
  ValueId TokenIds();      ///< "input_ids": [batch, prompt] or [batch, 1]
  ValueId TokenTypeIds();  ///< "token_type_ids", the same
  ValueId PositionIds();   ///< "position_ids": [prompt]; one constant index in a decode pass
  static Dim Batch();
  static Dim Prompt();
  Dim Tokens() const;  ///< of this pass: "prompt", or 1

  ValueId Embedding(const std::string& path, ValueId indices, std::int64_t count,
                    std::int64_t width);
  /// y = x w^T + b; `weight` names another module whose weight it shares, if not empty.
  ValueId Linear(const std::string& path, ValueId x, std::int64_t in, std::int64_t out, bool bias,
                 const std::string& weight = "");
  ValueId LayerNorm(const std::string& path, ValueId x, std::int64_t width);
  ValueId RmsNorm(const std::string& path, ValueId x, std::int64_t width);
  ValueId Rotary(const std::string& path, ValueId x, std::int64_t heads, std::int64_t head_size);
  /// "silu", "gelu", "gelu_new", "relu"...: throws Error{kInput} for any other name.
  ValueId Activation(const std::string& path, ValueId x, const std::string& function);
  /// To extents where 0 keeps the one that is there.
  ValueId Reshape(const std::string& path, ValueId x, std::vector<std::int64_t> extents);
  /// Equal parts of the last axis.
  std::vector<ValueId> Split(const std::string& path, ValueId x, std::size_t parts);
  /// [queries, keys, heads], or [keys, heads] for one query, -> [1, heads, queries, keys]
  ValueId HeadsFirst(const std::string& path, ValueId x);
  ValueId Unary(const std::string& path, std::string_view op, ValueId x);
  ValueId Binary(const std::string& path, std::string_view op, ValueId a, ValueId b);
  /// Self-attention; in a decode pass over `past` cached positions too, which become inputs.
  ValueId SelfAttention(const std::string& path, ValueId q, ValueId k, ValueId v,
                        const AttentionShape& shape, ValueId bias = kNoValue);
  /// Attention of q over given keys and values.
  ValueId CrossAttention(const std::string& path, ValueId q, ValueId k, ValueId v,
                         const AttentionShape& shape);
  /// Only the last position of x [batch, tokens, width]: [batch, 1, width].
  ValueId LastPosition(const std::string& path, ValueId x);
  /// y[.., active, out]: each token through its `active` of `experts` matrices [out, in]; x is
  /// [.., in], or [.., active, in] where the input is not shared.
  ValueId Experts(const std::string& path, ValueId x, std::int64_t experts, std::int64_t active,
                  std::int64_t in, std::int64_t out, bool shared_input);
  /// Softmax over the experts, the `active` best of them: their weights [.., active, 1].
  ValueId Router(const std::string& path, ValueId scores, std::int64_t active);
  /// Sum of the active experts' results, each times its weight: [.., width].
  ValueId Combine(const std::string& path, ValueId results, ValueId weights);
  ValueId Pick(const std::string& path, ValueId x);  ///< first position: [batch, width]

  /// The finished graph. The builder is empty afterwards.
  Graph Finish(std::vector<ValueId> outputs);

 private:
  using Attributes = std::vector<std::pair<std::string, AttributeValue>>;

  ValueId Weight(const std::string& name, std::initializer_list<std::int64_t> shape);
  /// A table of cosines or sines, of which one row stands for all: it is computed, not trained.
  ValueId AngleTable(const std::string& name, std::int64_t width);
  ValueId Numbers(const std::string& name, std::vector<std::int64_t> numbers);
  ValueId Append(std::string_view op, const std::string& path, std::vector<ValueId> inputs,
                 Attributes attributes = {}, std::string_view domain = "");
  ValueId NewValue(std::string name);

  Graph graph_;
  DType dtype_;
  Pass pass_;
  std::map<std::string, ValueId, std::less<>> weights_;
};

}  // namespace joulecast
