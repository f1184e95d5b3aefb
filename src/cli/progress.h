// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

namespace joulecast {

/// One line on standard error that says what is being done, and is gone afterwards. Shown only
/// where standard error is a terminal.
class Progress {
 public:
  Progress();
  ~Progress();
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  void Show(std::string_view step);

 private:
  bool is_terminal_;
};

}  // namespace joulecast
