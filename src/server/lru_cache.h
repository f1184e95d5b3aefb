// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <list>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>

namespace joulecast {

/// Remembers the values that were asked for last, up to an amount of memory. For many threads.
template <typename Value>
class LruCache {
 public:
  explicit LruCache(std::size_t most_bytes) : most_bytes_(most_bytes) {}

  std::optional<Value> Find(const std::string& key) {
    const std::scoped_lock lock(mutex_);
    const auto found = places_.find(key);
    if (found == places_.end()) return std::nullopt;
    entries_.splice(entries_.begin(), entries_, found->second);
    return found->second->value;
  }

  /// `bytes` is what the value takes; one that takes more than all may is not kept.
  void Insert(const std::string& key, Value value, std::size_t bytes) {
    const std::scoped_lock lock(mutex_);
    bytes += 2 * key.size() + kOverhead;
    if (const auto found = places_.find(key); found != places_.end()) Erase(found->second);
    if (bytes > most_bytes_) return;
    while (bytes > most_bytes_ - bytes_) Erase(std::prev(entries_.end()));
    entries_.push_front({key, std::move(value), bytes});
    places_.emplace(key, entries_.begin());
    bytes_ += bytes;
  }

  std::size_t size() const {
    const std::scoped_lock lock(mutex_);
    return entries_.size();
  }

  std::size_t bytes() const {
    const std::scoped_lock lock(mutex_);
    return bytes_;
  }

 private:
  static constexpr std::size_t kOverhead = 256;  ///< of an entry in the list and the table, about

  struct Entry {
    std::string key;
    Value value;
    std::size_t bytes = 0;
  };

  void Erase(typename std::list<Entry>::iterator entry) {
    bytes_ -= entry->bytes;
    places_.erase(entry->key);
    entries_.erase(entry);
  }

  std::size_t most_bytes_;
  mutable std::mutex mutex_;
  std::list<Entry> entries_;  ///< asked for last, first
  std::unordered_map<std::string, typename std::list<Entry>::iterator> places_;
  std::size_t bytes_ = 0;
};

}  // namespace joulecast
