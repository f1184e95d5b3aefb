// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "joulecast/error.h"

namespace joulecast {

/// Why a meter does not work here. The text of the error ends with the fix; `doctor` shows the two
/// apart.
class MeterObstacle : public Error {
 public:
  MeterObstacle(ErrorKind kind, const std::string& why, const std::string& fix)
      : Error(kind, fix.empty() ? why : why + "; " + fix), why_(why), fix_(fix) {}

  const std::string& why() const { return why_; }
  const std::string& fix() const { return fix_; }

 private:
  std::string why_;
  std::string fix_;
};

}  // namespace joulecast
