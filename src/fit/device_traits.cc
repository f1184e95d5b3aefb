// SPDX-License-Identifier: Apache-2.0
#include "fit/device_traits.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <nlohmann/json.hpp>
#include <optional>
#include <vector>

#include "base/text.h"
#include "joulecast/error.h"
#include "predict/traits.h"

namespace joulecast {
namespace {

constexpr double kMiB = 1024.0 * 1024;

/// glibc never keeps larger freed blocks: DEFAULT_MMAP_THRESHOLD_MAX on 64-bit systems.
constexpr double kGlibcLargestKept = 32 * kMiB;

/// Bytes that a 32-bit offset reaches: kernels address larger buffers in another way.
constexpr double kInt32Reach = 2048 * kMiB;

struct KnownCpu {
  std::string_view part_of_name;
  DeviceTraits traits;
};

constexpr DeviceTraits kUsual = {.vector_block = 8,
                                 .vector_registers = 16,
                                 .l1_bytes = 32 * 1024,
                                 .l2_bytes = kMiB,
                                 .last_level_cache_bytes = 16 * kMiB,
                                 .large_buffer_bytes = kGlibcLargestKept,
                                 .huge_buffer_bytes = kInt32Reach};

/// Vector width in f32 and registers of the instruction set, caches of one core and one socket,
/// from the makers' data sheets.
constexpr std::array kKnown = {
    KnownCpu{"Xeon(R) Gold 5120",
             {.vector_block = 16,
              .vector_registers = 32,
              .l1_bytes = 32 * 1024,
              .l2_bytes = kMiB,
              .last_level_cache_bytes = 19.25 * kMiB,
              .large_buffer_bytes = kGlibcLargestKept,
              .huge_buffer_bytes = kInt32Reach}},
};

/// Numbers of f32 in a vector register, and registers, by the instructions for them.
struct VectorUnit {
  std::string_view instructions;
  double block;
  double registers;
};
constexpr std::array kVectorUnits = {  // the widest first
    VectorUnit{"avx512f", 16, 32}, VectorUnit{"avx2", 8, 16}, VectorUnit{"avx", 8, 16},
    VectorUnit{"asimd", 4, 32}};

/// A trait that the facts tell as a number, or as a backend's text.
void ReadTrait(const nlohmann::json& facts, const char* name, double& trait) {
  const auto found = facts.find(name);
  if (found == facts.end()) return;
  std::optional<double> number;
  if (found->is_number()) number = found->get<double>();
  if (found->is_string()) number = ParseDouble(found->get<std::string>());
  if (number && std::isfinite(*number) && *number >= 1) trait = *number;
}

/// How a device was measured, whatever it is.
void ReadTurns(const nlohmann::json& facts, DeviceTraits& traits) {
  ReadTrait(facts, "results_in_turn", traits.results_in_turn);
  ReadTrait(facts, "weights_in_turn", traits.weights_in_turn);
  ReadTrait(facts, "in_turn_bytes", traits.in_turn_bytes);
}

DeviceTraits TraitsOfFacts(const nlohmann::json& facts) {
  DeviceTraits traits = kUsual;
  ReadTrait(facts, "l1d_bytes", traits.l1_bytes);
  ReadTrait(facts, "l2_bytes", traits.l2_bytes);
  ReadTrait(facts, "l3_bytes", traits.last_level_cache_bytes);
  const auto instructions = facts.find("vector_instructions");
  if (instructions == facts.end()) return traits;
  for (const VectorUnit& unit : kVectorUnits) {
    if (std::find(instructions->begin(), instructions->end(), unit.instructions) ==
        instructions->end()) {
      continue;
    }
    traits.vector_block = unit.block;
    traits.vector_registers = unit.registers;
    break;
  }
  return traits;
}

}  // namespace

DeviceTraits TraitsOfCpu(std::string_view cpu, std::string_view host_facts) {
  const nlohmann::json facts = nlohmann::json::parse(host_facts, nullptr, false);
  const auto known = std::find_if(kKnown.begin(), kKnown.end(), [&](const KnownCpu& each) {
    return cpu.find(each.part_of_name) != std::string_view::npos;
  });
  DeviceTraits traits = known != kKnown.end() ? known->traits
                        : facts.is_object()   ? TraitsOfFacts(facts)
                                              : kUsual;
  if (facts.is_object()) ReadTurns(facts, traits);
  return traits;
}

void AddTraitsOfSoftware(std::string_view software, DeviceTraits& traits) {
  if (software.find("OpenBLAS") == std::string_view::npos) return;
  // Its sgemm packs the weights in panels of 16 rows, for a single row of input, too. With rows of
  // whole pages (4096 bytes) these are 16 lines of one L1 set of 8 or 12 lines; with half of that,
  // 8 lines of each of two.
  traits.matrix_vector_rows = 0;
  traits.aliasing_bytes = 4096;
}

Fusion FusionOfFacts(std::string_view host_facts) {
  const nlohmann::json facts = nlohmann::json::parse(host_facts, nullptr, false);
  if (!facts.is_object() || !facts.contains("fusion") || !facts["fusion"].is_string()) {
    return Fusion::kNone;
  }
  return FusionFromName(facts["fusion"].get<std::string>()).value_or(Fusion::kNone);
}

void SetTrait(DeviceTraits& traits, std::string_view assignment) {
  const std::size_t equals = assignment.find('=');
  const std::string_view name = assignment.substr(0, equals);
  std::vector<std::string> known;
  for (const TraitField& field : kTraitFields) {
    known.emplace_back(field.name);
    if (field.name != name || equals == std::string_view::npos) continue;
    const auto value = ParseDouble(assignment.substr(equals + 1));
    if (!value || !std::isfinite(*value) || *value < field.least) {
      throw Error(ErrorKind::kUsage, "--trait " + Printable(assignment, 60) +
                                         ": the value is no number that is at least " +
                                         (field.least > 0 ? "1" : "0"));
    }
    traits.*field.member = *value;
    return;
  }
  throw Error(ErrorKind::kUsage, "--trait " + Printable(assignment, 60) +
                                     ": write NAME=VALUE with a name of " + Join(known, ", "));
}

}  // namespace joulecast
