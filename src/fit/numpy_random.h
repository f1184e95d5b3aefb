// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <random>
#include <vector>

namespace joulecast {

/// The draws of numpy's legacy `RandomState(seed)`, which pandas' `sample` uses: what was shuffled
/// there is shuffled the same way here.
class NumpyRandomState {
 public:
  /// numpy seeds MT19937 by `init_genrand`, as std::mt19937 does.
  explicit NumpyRandomState(std::uint32_t seed) : engine_(seed) {}

  /// Uniform in [0, most]: 32-bit draws under the smallest mask that covers it, the too large
  /// ones rejected.
  std::uint32_t UpTo(std::uint32_t most);

  /// 0 .. n-1 shuffled: Fisher-Yates from the back.
  std::vector<std::size_t> Permutation(std::size_t n);

 private:
  std::mt19937 engine_;
};

}  // namespace joulecast
