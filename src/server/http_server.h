// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "server/http.h"

namespace joulecast {

/// Bounds on what clients may cost. The defaults are what `joulecast serve` uses.
struct HttpLimits {
  std::size_t header_bytes = 16 << 10;
  std::uint64_t body_bytes = std::uint64_t{2} << 30;  ///< what a protobuf file may have
  std::size_t connections = 512;
  std::size_t waiting_work = 64;  ///< answers that wait for a thread; more are refused
  std::size_t threads = 2;        ///< beside the server's own
  std::chrono::milliseconds header_time{20'000};  ///< for a whole head, and between requests
  std::chrono::milliseconds body_time{20'000};    ///< without a byte of the body
  double body_bytes_per_second = 16e3;            ///< over a body that takes longer than that
  std::chrono::milliseconds write_time{60'000};   ///< for an answer to be read
  std::chrono::milliseconds linger_time{10'000};  ///< for a refused body to end
  std::chrono::milliseconds shutdown_time{10'000};
};

/// An HTTP/1.1 server on one thread, which reads and writes, beside a few that work.
/// However slow its clients are, they cost little memory and none of its time.
class HttpServer {
 public:
  /// Listens at once. `address` is an IP address; port 0 is one that is free.
  /// Throws Error{kUsage} for what is no address; Error{kPermission} or Error{kDevice} where the
  /// port cannot be had.
  HttpServer(HttpHandler& handler, const std::string& address, std::uint16_t port,
             HttpLimits limits = {});
  ~HttpServer();
  HttpServer(const HttpServer&) = delete;
  HttpServer& operator=(const HttpServer&) = delete;

  std::uint16_t port() const;

  /// Serves until `Stop`, and returns once what had begun is answered. A second `Stop`, or
  /// `shutdown_time`, ends what is not.
  void Run();

  /// From any thread.
  void Stop();

  /// SIGINT and SIGTERM stop it. Call it before `Run`.
  void StopOnSignals();

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

/// Whether an IP address is this machine's own. Throws Error{kUsage} for what is no address.
bool IsLoopback(const std::string& address);

}  // namespace joulecast
