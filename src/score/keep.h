// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstddef>
#include <span>
#include <vector>

#include "joulecast/score.h"

namespace joulecast {

/// The less the better.
inline double RankOf(const CandidateCost& cost, Criterion by) {
  switch (by) {
    case Criterion::kEnergy:
      return cost.energy.value();
    case Criterion::kTime:
      return cost.time.count();
    case Criterion::kMacs:
      return static_cast<double>(cost.macs);
    case Criterion::kParams:
      return static_cast<double>(cost.params);
    case Criterion::kScore:
      break;
  }
  return -cost.score;
}

/// The less the better, beside the energy: of MACs and parameters more is better.
inline double WorthOf(const CandidateCost& cost, Criterion against) {
  const bool is_size = against == Criterion::kMacs || against == Criterion::kParams;
  return is_size ? -RankOf(cost, against) : RankOf(cost, against);
}

inline bool Before(std::span<const std::uint32_t> a, std::span<const std::uint32_t> b) {
  return std::lexicographical_compare(a.begin(), a.end(), b.begin(), b.end());
}

inline bool Same(std::span<const std::uint32_t> a, std::span<const std::uint32_t> b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end());
}

/// The best candidates by one criterion, each once. Which are kept, and their order, does not
/// depend on the order in which they are offered. An Item has a `cost` and a `place`.
template <typename Item>
class Shortlist {
 public:
  Shortlist(std::size_t most, Criterion by) : most_(most), by_(by) {}

  /// Makes the item only if it is kept.
  template <typename Make>
  void Offer(const CandidateCost& cost, std::span<const std::uint32_t> place, Make make) {
    const double rank = RankOf(cost, by_);
    if (items_.size() == most_ && (most_ == 0 || rank > worst_)) return;
    const auto at =
        std::lower_bound(items_.begin(), items_.end(), rank, [&](const Item& item, double value) {
          const double its = RankOf(item.cost, by_);
          return its < value || (its == value && Before(item.place, place));
        });
    if (at != items_.end() && Same(at->place, place)) return;
    items_.insert(at, make());
    if (items_.size() > most_) items_.pop_back();
    worst_ = RankOf(items_.back().cost, by_);
  }

  std::vector<Item>& items() { return items_; }

 private:
  std::size_t most_;
  Criterion by_;
  double worst_ = 0;
  std::vector<Item> items_;  ///< best first
};

/// The candidates that no other one beats: none has at most their energy and is at least as good
/// otherwise. Of equal ones the first by place stands for all. Does not depend on the order either.
template <typename Item>
class ParetoSet {
 public:
  explicit ParetoSet(Criterion against) : against_(against) {}

  template <typename Make>
  void Offer(const CandidateCost& cost, std::span<const std::uint32_t> place, Make make) {
    const double energy = cost.energy.value();
    const double worth = WorthOf(cost, against_);
    // Behind all that cost at most as much: the last of them is the best of them.
    auto at = std::upper_bound(
        items_.begin(), items_.end(), energy,
        [](double value, const Item& item) { return value < item.cost.energy.value(); });
    if (at != items_.begin()) {
      Item& last = *(at - 1);
      const double its = WorthOf(last.cost, against_);
      const bool is_equal = its == worth && last.cost.energy.value() == energy;
      if (is_equal && Before(place, last.place)) last = make();
      if (its <= worth) return;
      if (last.cost.energy.value() == energy) --at;  // as cheap, and worse
    }
    auto end = at;
    while (end != items_.end() && WorthOf(end->cost, against_) >= worth) ++end;
    at = items_.erase(at, end);
    items_.insert(at, make());
  }

  std::vector<Item>& items() { return items_; }

 private:
  Criterion against_;
  std::vector<Item> items_;  ///< by energy; each better than the last
};

}  // namespace joulecast
