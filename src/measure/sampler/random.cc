// SPDX-License-Identifier: Apache-2.0
#include "measure/sampler/random.h"

#include <limits>

namespace joulecast {
namespace {

/// FNV-1a of 64 bits: http://www.isthe.com/chongo/tech/comp/fnv/.
std::uint64_t Hash(std::string_view text) {
  std::uint64_t hash = 0xcbf29ce484222325;
  for (const char c : text) {
    hash ^= static_cast<unsigned char>(c);
    hash *= 0x100000001b3;
  }
  return hash;
}

std::mt19937_64 MakeEngine(std::uint64_t seed, std::uint64_t stream) {
  std::seed_seq words{seed & 0xffffffff, seed >> 32, stream & 0xffffffff, stream >> 32};
  return std::mt19937_64(words);
}

}  // namespace

Random::Random(std::uint64_t seed, std::string_view stream)
    : engine_(MakeEngine(seed, Hash(stream))) {}

std::uint64_t Random::Below(std::uint64_t count) {
  if (count < 2) return 0;
  // Draws past the last whole multiple of `count` would favour small results.
  const std::uint64_t most = std::numeric_limits<std::uint64_t>::max();
  const std::uint64_t limit = most - most % count;
  std::uint64_t draw = engine_();
  while (draw >= limit) draw = engine_();
  return draw % count;
}

std::int64_t Random::Uniform(std::int64_t least, std::int64_t most) {
  return least + static_cast<std::int64_t>(Below(static_cast<std::uint64_t>(most - least) + 1));
}

std::int64_t Random::LogUniform(std::int64_t least, std::int64_t most) {
  if (least == 0) return LogUniform(1, most + 1) - 1;
  std::int64_t octaves = 0;
  while (octaves < 62 && most >> octaves >= least) ++octaves;
  // Any octave, any value in it, kept with the odds (start of the octave) / value.
  while (true) {
    const std::int64_t start = least << Uniform(0, octaves - 1);
    const std::int64_t value = Uniform(start, 2 * start - 1);
    if (value <= most && Uniform(1, value) <= start) return value;
  }
}

}  // namespace joulecast
