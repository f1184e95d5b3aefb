// SPDX-License-Identifier: Apache-2.0
#include "server/http_server.h"

#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <mutex>
#include <thread>

#include "joulecast/error.h"

namespace joulecast {
namespace {

using namespace std::chrono_literals;
using testing::EndsWith;
using testing::HasSubstr;
using testing::StartsWith;

/// Counts a body's bytes, and fails at an 'X'.
class CountingReader : public BodyReader {
 public:
  void Take(std::span<const std::byte> bytes) override {
    for (const std::byte byte : bytes) {
      if (byte == std::byte{'X'}) throw std::runtime_error("an X");
    }
    bytes_ += bytes.size();
  }
  HttpResponse Finish() override {
    return {.text = std::make_shared<std::string>(std::to_string(bytes_) + " bytes")};
  }

 private:
  std::size_t bytes_ = 0;
};

/// GET /quick is answered at once, /work by a thread, /wait by one once `Release` was called; POST
/// anywhere counts bytes.
class FakeHandler : public HttpHandler {
 public:
  NextStep Begin(const HttpRequest& request) override {
    if (request.method == "POST") return std::make_unique<CountingReader>();
    if (request.path() == "/quick") return HttpResponse{.constant = "quick"};
    if (request.path() == "/work") {
      return [] { return HttpResponse{.constant = "worked"}; };
    }
    if (request.path() == "/wait") {
      return [this] {
        ++waiting;
        is_released_.wait(false);
        return HttpResponse{.constant = "waited"};
      };
    }
    if (request.path() == "/fail") {
      return []() -> HttpResponse { throw std::runtime_error("failed"); };
    }
    throw std::runtime_error("unknown");
  }
  HttpResponse Explain(const std::exception_ptr& error) override {
    try {
      std::rethrow_exception(error);
    } catch (const std::exception& known) {
      return {.status = 500, .text = std::make_shared<std::string>(known.what())};
    }
  }
  HttpResponse Explain(HttpFailure failure) override {
    switch (failure) {
      case HttpFailure::kBadRequest:
        return {.status = 400};
      case HttpFailure::kHeaderTooLarge:
        return {.status = 431};
      case HttpFailure::kBodyTooLarge:
        return {.status = 413};
      case HttpFailure::kTimeout:
        return {.status = 408};
      case HttpFailure::kBusy:
        break;
    }
    return {.status = 503};
  }
  void Finished(const HttpExchange& exchange) override {
    const std::scoped_lock lock(mutex_);
    statuses_.push_back(exchange.status);
    body_bytes_ += exchange.bytes_in;
  }

  void Release() {
    is_released_ = true;
    is_released_.notify_all();
  }
  std::vector<int> statuses() {
    const std::scoped_lock lock(mutex_);
    return statuses_;
  }
  std::uint64_t body_bytes() {
    const std::scoped_lock lock(mutex_);
    return body_bytes_;
  }

  std::atomic<int> waiting = 0;

 private:
  std::atomic<bool> is_released_ = false;
  std::mutex mutex_;
  std::vector<int> statuses_;
  std::uint64_t body_bytes_ = 0;
};

/// A connection of the simplest kind.
class Client {
 public:
  explicit Client(std::uint16_t port) : socket_(::socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    const timeval limit{.tv_sec = 30};
    ::setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    if (::connect(socket_, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) {
      throw std::runtime_error("cannot connect");
    }
  }
  ~Client() { ::close(socket_); }
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  void Send(std::string_view text) {
    while (!text.empty()) {
      const ssize_t sent = ::send(socket_, text.data(), text.size(), MSG_NOSIGNAL);
      if (sent <= 0) return;  // refused: the answer says why
      text.remove_prefix(static_cast<std::size_t>(sent));
    }
  }

  /// What comes until `end` has come, or the server closes.
  std::string Receive(std::string_view end = {}) {
    std::string text;
    char piece[4096];
    while (end.empty() || text.find(end) == std::string::npos) {
      const ssize_t received = ::recv(socket_, piece, sizeof piece, 0);
      if (received < 0) return text + " (nothing more came in 30 s, or the connection was reset)";
      if (received == 0) break;
      text.append(piece, static_cast<std::size_t>(received));
    }
    return text;
  }

 private:
  int socket_;
};

class HttpServerTest : public testing::Test {
 protected:
  void Start(HttpLimits limits = {}) {
    server_ = std::make_unique<HttpServer>(handler_, "127.0.0.1", 0, limits);
    thread_ = std::thread([this] { server_->Run(); });
  }
  void Stop() {
    if (server_) server_->Stop();
    if (thread_.joinable()) thread_.join();
  }
  void TearDown() override {
    handler_.Release();
    Stop();
  }

  /// The answer to a request on a connection of its own.
  std::string Ask(std::string_view request) {
    Client client(server_->port());
    client.Send(request);
    return client.Receive();
  }
  static std::string Request(const std::string& line, const std::string& more = "") {
    return line + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n" + more + "\r\n";
  }
  void WaitForWork(int count) {
    while (handler_.waiting < count) std::this_thread::sleep_for(1ms);
  }

  FakeHandler handler_;
  std::unique_ptr<HttpServer> server_;
  std::thread thread_;
};

TEST_F(HttpServerTest, AnswersAtOnceOrByWork) {
  Start();
  const std::string answer = Ask(Request("GET /quick?a=b"));
  EXPECT_THAT(answer, StartsWith("HTTP/1.1 200 OK\r\n"));
  EXPECT_THAT(answer, EndsWith("\r\n\r\nquick"));
  for (const char* header : {"Content-Length: 5\r\n", "Connection: close\r\n",
                             "\r\nDate: ", "X-Content-Type-Options: nosniff\r\n",
                             "Content-Security-Policy: default-src 'none'"}) {
    EXPECT_THAT(answer, HasSubstr(header));
  }
  EXPECT_THAT(Ask(Request("GET /work")), EndsWith("worked"));
  EXPECT_THAT(Ask(Request("GET /fail")), EndsWith("failed"));
  EXPECT_THAT(Ask(Request("GET /unknown")), StartsWith("HTTP/1.1 500 "));
}

TEST_F(HttpServerTest, HeadHasTheLengthAndNoBody) {
  Start();
  const std::string answer = Ask(Request("HEAD /quick"));
  EXPECT_THAT(answer, HasSubstr("Content-Length: 5\r\n"));
  EXPECT_THAT(answer, EndsWith("\r\n\r\n"));
}

TEST_F(HttpServerTest, PipelinedRequestsAreAnsweredInOrder) {
  Start();
  const std::string keep = " HTTP/1.1\r\nHost: localhost\r\n\r\n";
  const std::string answer = Ask("GET /work" + keep + "GET /quick" + keep + Request("GET /work"));
  const std::size_t first = answer.find("worked");
  const std::size_t second = answer.find("quick", first);
  EXPECT_NE(answer.find("worked", second), std::string::npos) << answer;
}

TEST_F(HttpServerTest, BodiesArriveWholeOrInChunks) {
  Start();
  const std::string body(300'000, 'x');
  EXPECT_THAT(Ask(Request("POST /", "Content-Length: 300000\r\n") + body),
              EndsWith("300000 bytes"));
  EXPECT_THAT(Ask(Request("POST /", "Transfer-Encoding: chunked\r\n") +
                  "5\r\nhello\r\n3;name=value\r\nyou\r\n0\r\nTrailer: 1\r\n\r\n"),
              EndsWith("8 bytes"));
  EXPECT_THAT(Ask(Request("POST /", "Content-Length: 0\r\n")), EndsWith("0 bytes"));
  EXPECT_THAT(Ask(Request("POST /")), EndsWith("0 bytes"));
  Stop();
  EXPECT_EQ(handler_.body_bytes(), 300'008u);
}

TEST_F(HttpServerTest, AClientThatAsksWhetherToGoOnIsTold) {
  Start();
  Client client(server_->port());
  client.Send(Request("POST /", "Content-Length: 3\r\nExpect: 100-continue\r\n"));
  EXPECT_EQ(client.Receive("\r\n\r\n"), "HTTP/1.1 100 Continue\r\n\r\n");
  client.Send("abc");
  EXPECT_THAT(client.Receive(), EndsWith("3 bytes"));
}

TEST_F(HttpServerTest, ARefusedBodyIsAnsweredBeforeItEnds) {
  Start();
  EXPECT_THAT(Ask(Request("POST /", "Content-Length: 1000000\r\n") + "X"), EndsWith("an X"));
  EXPECT_THAT(Ask(Request("GET /quick", "Content-Length: 1000000\r\n") + "abc"), EndsWith("quick"));
}

TEST_F(HttpServerTest, TooMuchIsRefused) {
  Start({.body_bytes = 1000});
  EXPECT_THAT(Ask(Request("POST /", "Content-Length: 10000000000\r\n")),
              StartsWith("HTTP/1.1 413 "));
  EXPECT_THAT(
      Ask(Request("POST /", "Transfer-Encoding: chunked\r\n") + "3E9\r\n" + std::string(1001, 'x')),
      StartsWith("HTTP/1.1 413 "));
  EXPECT_THAT(Ask(Request("GET /quick", "A: " + std::string(20'000, 'a') + "\r\n")),
              StartsWith("HTTP/1.1 431 "));
  EXPECT_THAT(Ask(Request("GET /" + std::string(20'000, 'a'))), StartsWith("HTTP/1.1 431 "));
}

TEST_F(HttpServerTest, WhatIsNoHttpIsRefused) {
  Start();
  for (const char* request :
       {"GARBAGE\r\n\r\n", "GET / HTTP/9.9\r\n\r\n", "GET /\r\n\r\n", "\x16\x03\x01\x02\r\n\r\n",
        "GET / HTTP/1.1\r\nContent-Length: -1\r\n\r\n",
        "GET / HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"}) {
    EXPECT_THAT(Ask(request), StartsWith("HTTP/1.1 400 ")) << request;
  }
}

TEST_F(HttpServerTest, SlowClientsAreToldAndEnded) {
  Start({.header_time = 200ms, .body_time = 200ms});
  EXPECT_EQ(Ask(""), "") << "nothing was asked";
  EXPECT_THAT(Ask("GET /quick HT"), StartsWith("HTTP/1.1 408 "));
  EXPECT_THAT(Ask(Request("POST /", "Content-Length: 10\r\n") + "abc"),
              StartsWith("HTTP/1.1 408 "));
}

TEST_F(HttpServerTest, ABodyThatDripsIsEnded) {
  Start({.body_time = 300ms, .body_bytes_per_second = 1e6});
  Client client(server_->port());
  client.Send(Request("POST /", "Content-Length: 1000\r\n"));
  for (int i = 0; i < 20; ++i) {  // a byte comes in time each time
    client.Send("a");
    std::this_thread::sleep_for(30ms);
  }
  EXPECT_THAT(client.Receive(), StartsWith("HTTP/1.1 408 "));
}

TEST_F(HttpServerTest, ThoseThatWaitLongestMakeRoom) {
  Start({.connections = 4});
  std::vector<std::unique_ptr<Client>> idle;
  for (int i = 0; i < 20; ++i) {
    idle.push_back(std::make_unique<Client>(server_->port()));
    idle.back()->Send("GET ");
  }
  EXPECT_THAT(Ask(Request("GET /quick")), EndsWith("quick"));
}

TEST_F(HttpServerTest, TooMuchWorkIsRefused) {
  Start({.waiting_work = 2, .threads = 1});
  std::vector<std::unique_ptr<Client>> clients;
  for (int i = 0; i < 2; ++i) {
    clients.push_back(std::make_unique<Client>(server_->port()));
    clients.back()->Send(Request("GET /wait"));
  }
  WaitForWork(1);
  EXPECT_THAT(Ask(Request("GET /quick")), EndsWith("quick")) << "which is no work";
  for (int i = 0; i < 2; ++i) {
    clients.push_back(std::make_unique<Client>(server_->port()));
    clients.back()->Send(Request("GET /work"));
  }
  while (handler_.statuses().size() < 3) std::this_thread::sleep_for(1ms);
  EXPECT_EQ(handler_.statuses(), (std::vector<int>{200, 503, 503}));
  handler_.Release();
  int refused = 0;
  for (const auto& client : clients) refused += client->Receive().starts_with("HTTP/1.1 503 ");
  EXPECT_EQ(refused, 2);
}

TEST_F(HttpServerTest, WhatHasBegunIsAnsweredBeforeItEnds) {
  Start();
  Client working(server_->port());
  working.Send(Request("GET /wait"));
  Client idle(server_->port());
  idle.Send("GET /quick HTTP/1.1\r\nHost: localhost\r\n\r\n");
  EXPECT_THAT(idle.Receive("quick"), EndsWith("quick"));
  WaitForWork(1);
  server_->Stop();
  EXPECT_EQ(idle.Receive(), "");
  handler_.Release();
  EXPECT_THAT(working.Receive(), EndsWith("waited"));
  Stop();
  EXPECT_EQ(handler_.statuses(), (std::vector<int>{200, 200}));
  EXPECT_THROW(Client(server_->port()), std::runtime_error);
}

TEST_F(HttpServerTest, ManyClientsAreAnsweredAtOnce) {
  Start();
  std::vector<std::thread> threads;
  std::atomic<int> answered = 0;
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&] {
      for (int round = 0; round < 20; ++round) {
        const bool is_work = round % 2 == 0;
        const std::string answer = Ask(Request(is_work ? "GET /work" : "GET /quick"));
        answered += answer.ends_with(is_work ? "worked" : "quick");
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(answered, 160);
  Stop();
  EXPECT_EQ(handler_.statuses().size(), 160u);
}

TEST_F(HttpServerTest, APortHasOneServer) {
  Start();
  try {
    HttpServer second(handler_, "127.0.0.1", server_->port());
    ADD_FAILURE() << "two servers on one port";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kDevice);
    EXPECT_THAT(error.what(), HasSubstr("choose another --port"));
  }
}

TEST_F(HttpServerTest, AddressesAreChecked) {
  EXPECT_TRUE(IsLoopback("127.0.0.1"));
  EXPECT_TRUE(IsLoopback("127.1.2.3"));
  EXPECT_TRUE(IsLoopback("::1"));
  EXPECT_TRUE(IsLoopback("localhost"));
  EXPECT_FALSE(IsLoopback("0.0.0.0"));
  EXPECT_FALSE(IsLoopback("::"));
  EXPECT_FALSE(IsLoopback("192.0.2.1"));
  EXPECT_THROW(IsLoopback("example.com"), Error);
  try {
    HttpServer elsewhere(handler_, "192.0.2.1", 0);
    ADD_FAILURE() << "an address for documentation, RFC 5737";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kDevice);
  }
}

}  // namespace
}  // namespace joulecast
