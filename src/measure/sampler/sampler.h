// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "joulecast/layer.h"
#include "measure/sampler/random.h"
#include "measure/sampler/space.h"

namespace joulecast {

/// How configurations are chosen.
enum class Sampling {
  kUniform,     ///< "uniform": each parameter uniformly in its range
  kLogUniform,  ///< "log-uniform": each parameter with odds in proportion to 1 / value
  kNetLike,     ///< "net-like": a layer of a network, its ranged parameters times 1/2 to 2, and as
                ///< even
  kUncertain,   ///< "uncertain": those of many log-uniform ones that a fit knows least about
};
std::string_view Name(Sampling sampling);
std::span<const Sampling> AllSamplings();

/// Draws configurations of one space.
class Sampler {
 public:
  /// `examples` are the layers that net-like sampling starts from; other methods need none.
  /// Throws Error{kInput} if the space misses a parameter, or net-like sampling an example.
  Sampler(Space space, Sampling sampling, std::vector<LayerSpec> examples);

  /// `count` different configurations. Equal seeds and streams give equal ones on every machine.
  /// Throws Error{kInput} if the space has not as many, as far as many draws tell, saying what was
  /// wrong with those that were refused.
  std::vector<LayerSpec> Draw(std::size_t count, Random& random) const;

 private:
  LayerSpec DrawOne(Random& random) const;

  Space space_;
  Sampling sampling_;
  std::vector<LayerSpec> examples_;
};

/// The different layers of one type in networks of the zoo at these batches, in that order.
/// Throws Error{kInput} for a network that the zoo does not have.
std::vector<LayerSpec> LayersOfNets(const LayerType& type, std::span<const std::string> nets,
                                    std::span<const std::int64_t> batches);

}  // namespace joulecast
