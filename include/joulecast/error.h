// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <stdexcept>
#include <string>

namespace joulecast {

/// Whose turn it is to act. Each door (CLI, server, Python) maps this in one switch.
enum class ErrorKind {
  kUsage,       ///< the caller asked for something that does not exist or contradicts itself
  kInput,       ///< a file or a specification is not what it claims to be
  kDevice,      ///< no such device, profile or meter here
  kPermission,  ///< it exists, but this user may not use it
};

/// Why a task cannot be done. The text says what was tried, on what, why it failed, what to do.
class Error : public std::runtime_error {
 public:
  Error(ErrorKind kind, const std::string& what) : std::runtime_error(what), kind_(kind) {}
  ErrorKind kind() const { return kind_; }

 private:
  ErrorKind kind_;
};

}  // namespace joulecast
