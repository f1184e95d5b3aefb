// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

namespace joulecast {

/// An error that HTTP has a status of its own for.
class Refusal : public std::runtime_error {
 public:
  Refusal(int status, std::string_view kind, const std::string& what,
          std::pair<std::string_view, std::string> header = {})
      : std::runtime_error(what), status_(status), kind_(kind), header_(std::move(header)) {}

  int status() const { return status_; }
  std::string_view kind() const { return kind_; }
  /// One that must be sent with the status; with an empty name if there is none.
  const std::pair<std::string_view, std::string>& header() const { return header_; }

 private:
  int status_;
  std::string_view kind_;  ///< a literal
  std::pair<std::string_view, std::string> header_;
};

}  // namespace joulecast
