// SPDX-License-Identifier: Apache-2.0
#include "server/uploads.h"

#include <fmt/format.h>

#include <random>

#include "base/text.h"
#include "server/refusal.h"

namespace joulecast {
namespace {

/// 128 bits of the system's own randomness.
std::string NewId() {
  std::random_device random;
  std::string id = "upload:";
  for (int i = 0; i < 4; ++i) id += fmt::format("{:08x}", random());
  return id;
}

}  // namespace

std::string Uploads::Add(ReceivedModel model) {
  std::string id = NewId();
  const std::size_t bytes = model.kept.capacity() + model.name.capacity();
  models_.Insert(id, std::make_shared<const ReceivedModel>(std::move(model)), bytes);
  return id;
}

Uploads::Model Uploads::Find(const std::string& id) {
  if (auto model = models_.Find(id)) return *std::move(model);
  throw Refusal(404, "not_found",
                "'" + Printable(id, 60) + "' is not remembered, or not any more: upload it again");
}

void MemoryBudget::Lease::Resize(std::size_t bytes) {
  const std::size_t used = budget_.used_ += bytes - bytes_;
  bytes_ = bytes;
  if (used > budget_.most_bytes_) {
    throw Refusal(503, "busy", "too many models are being uploaded: try again in a moment",
                  {"Retry-After", "1"});
  }
}

}  // namespace joulecast
