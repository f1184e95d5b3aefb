// SPDX-License-Identifier: Apache-2.0
#include "meters/catalog.h"

#include <algorithm>

#include "base/text.h"
#include "meters/meter_obstacle.h"

namespace joulecast {
namespace {

/// The domains that a sum over the meter takes.
std::vector<const Domain*> Disjoint(std::span<const Domain> domains) {
  std::vector<const Domain*> taken;
  for (const Domain& domain : domains) {
    const bool counted = std::any_of(taken.begin(), taken.end(), [&](const Domain* other) {
      return Overlapping(domain, *other);
    });
    if (!counted) taken.push_back(&domain);
  }
  return taken;
}

bool AnyOverlap(const Meter& a, const Meter& b) {
  for (const Domain* of_a : Disjoint(a.domains())) {
    for (const Domain* of_b : Disjoint(b.domains())) {
      if (Overlapping(*of_a, *of_b)) return true;
    }
  }
  return false;
}

/// Two kinds may count one part: the one checks the other. The same counter twice is a slip.
void CheckNotTwice(const Meter& a, const Meter& b) {
  if (a.name() != b.name()) return;
  for (const Domain& of_a : a.domains()) {
    for (const Domain& of_b : b.domains()) {
      if (of_a.part != of_b.part) continue;
      throw Error(ErrorKind::kUsage, "meters overlap: " + std::string(a.name()) +
                                         " is named twice for " + of_a.part +
                                         "; name each counter once");
    }
  }
}

const MeterType& RequireMeterType(std::string_view name) {
  if (const MeterType* type = FindMeterType(name)) return *type;
  std::vector<std::string> known;
  for (const MeterType* type : MeterCatalog()) known.emplace_back(type->name);
  throw Error(ErrorKind::kUsage, "no meter '" + Printable(name, 60) + "'; known: " +
                                     Join(known, ", ") + "; `joulecast doctor` tells which work");
}

std::unique_ptr<Meter> OpenIfItWorks(const MeterType& type, const MeterHost& host) {
  try {
    return type.open("", host);
  } catch (const Error&) {
    return nullptr;
  }
}

bool IsModelled(const Meter& meter) {
  return std::any_of(meter.domains().begin(), meter.domains().end(),
                     [](const Domain& domain) { return domain.evidence == Evidence::kModelled; });
}

}  // namespace

std::string_view Name(Evidence evidence) {
  switch (evidence) {
    case Evidence::kMeasured:
      return "measured";
    case Evidence::kIntegrated:
      return "integrated";
    case Evidence::kModelled:
      break;
  }
  return "modelled";
}

bool Overlapping(const Domain& a, const Domain& b) {
  const std::string_view shorter = a.part.size() < b.part.size() ? a.part : b.part;
  const std::string_view longer = a.part.size() < b.part.size() ? b.part : a.part;
  return longer.starts_with(shorter) &&
         (longer.size() == shorter.size() || longer[shorter.size()] == '/');
}

std::span<const MeterType* const> MeterCatalog() {
  static constexpr const MeterType* kCatalog[] = {
#define JOULECAST_METER(type) &type,
#include "meters/catalog.inc"
#undef JOULECAST_METER
  };
  return kCatalog;
}

const MeterType* FindMeterType(std::string_view name) {
  for (const MeterType* type : MeterCatalog()) {
    if (type->name == name) return type;
  }
  return nullptr;
}

Availability Probe(const MeterType& type, const MeterHost& host) {
  try {
    type.open("", host);
    return {.works = true};
  } catch (const MeterObstacle& obstacle) {
    return {.why_not = obstacle.why(), .fix = obstacle.fix()};
  } catch (const Error& error) {
    return {.why_not = error.what()};
  }
}

std::vector<std::unique_ptr<Meter>> OpenMeters(std::string_view list, const MeterHost& host) {
  std::vector<std::unique_ptr<Meter>> meters;
  for (const std::string_view item : Split(list, ',')) {
    const std::size_t colon = item.find(':');
    const bool argued = colon != std::string_view::npos;
    const MeterType& type = RequireMeterType(item.substr(0, colon));
    auto meter = type.open(argued ? item.substr(colon + 1) : "", host);
    for (const auto& other : meters) CheckNotTwice(*other, *meter);
    meters.push_back(std::move(meter));
  }
  return meters;
}

std::vector<std::unique_ptr<Meter>> OpenDefaultMeters(const MeterHost& host) {
  std::vector<const MeterType*> preferred;
  for (const MeterType* type : MeterCatalog()) {
    if (type->preference) preferred.push_back(type);
  }
  std::stable_sort(preferred.begin(), preferred.end(),
                   [](const auto* a, const auto* b) { return *a->preference < *b->preference; });
  std::vector<std::unique_ptr<Meter>> meters;
  for (const MeterType* type : preferred) {
    auto meter = OpenIfItWorks(*type, host);
    if (meter == nullptr || (IsModelled(*meter) && !meters.empty())) continue;
    const bool counted = std::any_of(meters.begin(), meters.end(), [&](const auto& better) {
      return AnyOverlap(*better, *meter);
    });
    if (!counted) meters.push_back(std::move(meter));
  }
  return meters;
}

}  // namespace joulecast
