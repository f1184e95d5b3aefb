// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <list>
#include <map>
#include <memory>
#include <mutex>
#include <utility>

namespace joulecast {

/// What was made lately, by its key; beyond `most`, what was asked for longest ago is forgotten.
/// Any number of threads may ask. Values are shared with whoever still uses them, and constant.
template <typename Key, typename Value>
class BoundedCache {
 public:
  explicit BoundedCache(std::size_t most) : most_(most) {}

  /// The value of a key; `make()` makes it where it is not at hand. Nothing is locked meanwhile:
  /// threads that ask for the same new key at once each make it, and get equal values. What
  /// `make` throws is passed on, and nothing is kept.
  template <typename Make>
  std::shared_ptr<const Value> Get(const Key& key, Make make) {
    if (auto found = Find(key)) return found;
    return Keep(key, std::make_shared<const Value>(make()));
  }

  std::size_t size() const {
    const std::lock_guard lock(mutex_);
    return entries_.size();
  }

 private:
  using Order = std::list<const Key*>;  ///< asked for last comes first
  struct Entry {
    std::shared_ptr<const Value> value;
    typename Order::iterator place;
  };

  std::shared_ptr<const Value> Find(const Key& key) {
    const std::lock_guard lock(mutex_);
    const auto found = entries_.find(key);
    if (found == entries_.end()) return nullptr;
    order_.splice(order_.begin(), order_, found->second.place);
    return found->second.value;
  }

  std::shared_ptr<const Value> Keep(const Key& key, std::shared_ptr<const Value> value) {
    const std::lock_guard lock(mutex_);
    const auto [entry, is_new] = entries_.try_emplace(key);
    if (!is_new) return entry->second.value;
    order_.push_front(&entry->first);  // keys of a map stay where they are
    entry->second = {std::move(value), order_.begin()};
    auto kept = entry->second.value;
    if (entries_.size() > most_) {
      const auto oldest = entries_.find(*order_.back());
      order_.pop_back();
      entries_.erase(oldest);
    }
    return kept;
  }

  const std::size_t most_;
  mutable std::mutex mutex_;
  std::map<Key, Entry> entries_;
  Order order_;
};

}  // namespace joulecast
