// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include "formats/receive_model.h"
#include "server/lru_cache.h"

namespace joulecast {

/// Models that came from elsewhere, as long as memory lasts: nothing is written to a disk.
class Uploads {
 public:
  using Model = std::shared_ptr<const ReceivedModel>;  ///< shared with requests that read it

  explicit Uploads(std::size_t most_bytes) : models_(most_bytes) {}

  /// Remembers a model under a name that nobody can guess: "upload:0123456789abcdef...".
  std::string Add(ReceivedModel model);

  /// Throws a Refusal, 404, if no such model is remembered (any more).
  Model Find(const std::string& id);

  static bool IsId(std::string_view model) { return model.starts_with("upload:"); }

  std::size_t size() const { return models_.size(); }
  std::size_t bytes() const { return models_.bytes(); }

 private:
  LruCache<Model> models_;
};

/// An amount of memory that many requests share.
class MemoryBudget {
 public:
  explicit MemoryBudget(std::size_t most_bytes) : most_bytes_(most_bytes) {}

  /// A part of it, given back at the end of its life.
  class Lease {
   public:
    explicit Lease(MemoryBudget& budget) : budget_(budget) {}
    ~Lease() { budget_.used_ -= bytes_; }
    Lease(const Lease&) = delete;
    Lease& operator=(const Lease&) = delete;

    /// Throws a Refusal, 503, if the others leave too little.
    void Resize(std::size_t bytes);

   private:
    MemoryBudget& budget_;
    std::size_t bytes_ = 0;
  };

 private:
  std::size_t most_bytes_;
  std::atomic<std::size_t> used_ = 0;
};

}  // namespace joulecast
