// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <exception>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "joulecast/units.h"

namespace joulecast {

/// A request's head, as it came.
struct HttpRequest {
  std::string method;
  std::string target;  ///< path and query, still escaped
  std::vector<std::pair<std::string, std::string>> headers = {};

  /// The value of the first header of that name in any case; empty if there is none.
  std::string_view Header(std::string_view name) const;
  std::size_t CountHeaders(std::string_view name) const;
  std::string_view path() const;   ///< before the '?'
  std::string_view query() const;  ///< behind it
};

/// An answer. Its text is shared with caches, never copied.
struct HttpResponse {
  int status = 200;
  std::string_view media_type = "application/json";
  std::shared_ptr<const std::string> text;  ///< null: `constant`
  std::string_view constant;                ///< lasts as long as the program
  std::vector<std::pair<std::string_view, std::string>> headers = {};

  std::string_view body() const { return text ? std::string_view(*text) : constant; }
};

/// Takes a request's body as it arrives.
class BodyReader {
 public:
  virtual ~BodyReader() = default;

  /// On the server's own thread: has to be quick. What it throws is the answer.
  virtual void Take(std::span<const std::byte> bytes) = 0;

  /// The body has ended. On a thread that may take its time.
  virtual HttpResponse Finish() = 0;
};

/// What a request needs: nothing but its answer; work, on a thread that may take its time; or its
/// body.
using NextStep =
    std::variant<HttpResponse, std::function<HttpResponse()>, std::unique_ptr<BodyReader>>;

/// What ends a request before its answer is known.
enum class HttpFailure : std::uint8_t {
  kBadRequest,      ///< no HTTP/1
  kHeaderTooLarge,  ///< more header than is read
  kBodyTooLarge,    ///< more body than is read
  kTimeout,         ///< the client is too slow
  kBusy,            ///< too much work is waiting already
};

/// One request and what became of it, for counters and logs.
struct HttpExchange {
  const HttpRequest& request;  ///< empty if no head could be read
  std::string_view client;     ///< its address
  int status = 0;
  Seconds time{0};  ///< from its head to the end of the answer
  std::uint64_t bytes_in = 0;
  std::uint64_t bytes_out = 0;
};

/// What answers requests. It knows nothing of sockets. Everything but work and the ends of bodies
/// is called on the server's own thread.
class HttpHandler {
 public:
  virtual ~HttpHandler() = default;

  /// A request's head has come. Throws what `Explain` explains.
  virtual NextStep Begin(const HttpRequest& request) = 0;

  /// The answers to what went wrong. Neither throws.
  virtual HttpResponse Explain(const std::exception_ptr& error) = 0;
  virtual HttpResponse Explain(HttpFailure failure) = 0;

  virtual void Finished(const HttpExchange& exchange) = 0;
};

}  // namespace joulecast
