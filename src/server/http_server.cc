// SPDX-License-Identifier: Apache-2.0
// The one file that includes Boost: Beast parses, Asio waits.
#include "server/http_server.h"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/buffers_range.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/rfc7230.hpp>
#include <boost/beast/http/status.hpp>
#include <csignal>
#include <ctime>
#include <list>
#include <optional>

#include "base/text.h"
#include "joulecast/error.h"

namespace joulecast {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
using asio::ip::tcp;
using boost::system::error_code;
using Clock = std::chrono::steady_clock;
using Milliseconds = std::chrono::milliseconds;

constexpr auto kNever = Clock::time_point::max();

/// How often deadlines are looked at.
constexpr Milliseconds kTick{100};

/// A connection's buffer grows to this, which only bodies make it do.
constexpr std::size_t kBuffer = 64 << 10;

/// What every answer carries: only our own page's files run, nobody frames it, and nothing is taken
/// for another type than it is said to be.
constexpr std::string_view kPolicy =
    "Content-Security-Policy: default-src 'none'; script-src 'self'; style-src 'self'; "
    "connect-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'\r\n"
    "X-Content-Type-Options: nosniff\r\n"
    "Cache-Control: no-store\r\n"
    "Referrer-Policy: no-referrer\r\n"
    "Cross-Origin-Resource-Policy: same-origin\r\n"
    "Cross-Origin-Opener-Policy: same-origin\r\n";

/// A body for Beast's parser that hands its bytes on.
struct StreamedBody {
  struct value_type {
    BodyReader* reader = nullptr;
    std::exception_ptr error;  ///< what the reader threw
    std::uint64_t bytes = 0;
  };

  class reader {
   public:
    template <bool is_request, typename Fields>
    reader(http::header<is_request, Fields>&, value_type& value) : value_(value) {}

    void init(const boost::optional<std::uint64_t>&, error_code& error) { error = {}; }

    template <typename Buffers>
    std::size_t put(const Buffers& buffers, error_code& error) {
      std::size_t taken = 0;
      error = {};
      try {
        for (const auto buffer : beast::buffers_range_ref(buffers)) {
          value_.reader->Take({static_cast<const std::byte*>(buffer.data()), buffer.size()});
          taken += buffer.size();
        }
      } catch (...) {
        value_.error = std::current_exception();
        error = asio::error::operation_aborted;
      }
      value_.bytes += taken;
      return taken;
    }

    void finish(error_code& error) { error = {}; }

   private:
    value_type& value_;
  };
};

asio::ip::address ParseAddress(const std::string& text) {
  error_code error;
  auto address = asio::ip::make_address(text == "localhost" ? "127.0.0.1" : text, error);
  if (!error) return address;
  throw Error(ErrorKind::kUsage, "--listen " + Printable(text, 60) +
                                     ": this is no IP address; give one of this machine's, such as "
                                     "127.0.0.1, or 0.0.0.0 for all of them");
}

/// What came is no HTTP; as against a client that went away.
bool IsProtocolError(const error_code& error) {
  return error.category() == http::make_error_code(http::error::bad_method).category() &&
         error != http::error::end_of_stream && error != http::error::partial_message;
}

/// Throws the error of a port that cannot be had.
void Require(const error_code& error, const tcp::endpoint& endpoint) {
  if (!error) return;
  const std::string tried =
      fmt::format("cannot listen on {} port {}: {}", endpoint.address().to_string(),
                  endpoint.port(), error.message());
  if (error == asio::error::access_denied) {
    throw Error(ErrorKind::kPermission, tried + "; choose a --port from 1024 on");
  }
  throw Error(ErrorKind::kDevice, tried + (error == asio::error::address_in_use
                                               ? "; choose another --port, or 0 for a free one"
                                               : "; choose an address of this machine"));
}

}  // namespace

class HttpServer::Impl {
 public:
  Impl(HttpHandler& handler, const std::string& address, std::uint16_t port, HttpLimits limits);

  std::uint16_t port() const { return acceptor_port_; }
  void Run();
  void Stop();
  void StopOnSignals();

 private:
  class Session;

  void Accept();
  void OnAccept(error_code error, tcp::socket socket);
  void Tick();
  void BeginStop();
  void EndIfIdle();
  std::string_view DateHeader();

  HttpHandler& handler_;
  HttpLimits limits_;
  std::list<Session*> sessions_;  ///< outlives `context_`, whose handlers own the sessions
  std::list<Session*> waiting_;   ///< those with no request at work, longest first
  asio::io_context context_{1};
  tcp::acceptor acceptor_{context_};
  std::uint16_t acceptor_port_ = 0;
  asio::steady_timer tick_{context_};
  asio::signal_set signals_{context_};
  std::size_t work_ = 0;    ///< requests at work or waiting for it
  bool is_paused_ = false;  ///< out of file descriptors: accepts again at the next tick
  bool is_stopping_ = false;
  Clock::time_point stop_by_ = kNever;
  std::string date_;
  std::time_t date_of_ = 0;
  std::array<char, kBuffer> scratch_{};  ///< for what is read and not looked at
  asio::thread_pool pool_;               ///< last: its threads end before all else
};

/// One connection. Handlers that wait for the socket keep it alive.
class HttpServer::Impl::Session : public std::enable_shared_from_this<Session> {
 public:
  Session(Impl& server, tcp::socket socket) : server_(server), socket_(std::move(socket)) {
    error_code ignored;
    socket_.set_option(tcp::no_delay(true), ignored);
    client_ = socket_.remote_endpoint(ignored).address().to_string(ignored);
    place_ = server_.sessions_.insert(server_.sessions_.end(), this);
  }
  ~Session() {
    SetWaiting(false);
    server_.sessions_.erase(place_);
    server_.EndIfIdle();
  }
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  void ReadHead() {
    if (server_.is_stopping_) return Close();
    parser_.emplace();
    parser_->header_limit(static_cast<std::uint32_t>(server_.limits_.header_bytes));
    parser_->body_limit(server_.limits_.body_bytes);
    if (buffer_.size() == 0 && buffer_.capacity() > server_.limits_.header_bytes) {
      buffer_.shrink_to_fit();  // a body made it grow
    }
    SetWaiting(true);
    SetDeadline(server_.limits_.header_time);
    http::async_read_header(
        socket_, buffer_, *parser_,
        [self = shared_from_this()](error_code error, std::size_t) { self->OnHead(error); });
  }

  /// Nothing more is read or written.
  void Close() {
    error_code ignored;
    socket_.close(ignored);
  }

  void CheckDeadline(Clock::time_point now) {
    if (now < deadline_) return;
    deadline_ = kNever;
    is_late_ = true;
    error_code ignored;
    socket_.cancel(ignored);
  }

 private:
  void SetDeadline(Milliseconds from_now) {
    deadline_ = Clock::now() + from_now;
    is_late_ = false;
  }

  void SetWaiting(bool is_waiting) {
    if (waiting_place_) server_.waiting_.erase(*waiting_place_);
    waiting_place_.reset();
    if (is_waiting) waiting_place_ = server_.waiting_.insert(server_.waiting_.end(), this);
  }

  void OnHead(error_code error) {
    SetWaiting(false);
    begun_ = Clock::now();
    request_ = {};
    is_last_ = true;
    is_head_ = false;
    if (error) return OnBrokenHead(error);
    const auto& head = parser_->get();
    request_.method = std::string(head.method_string());
    request_.target = std::string(head.target());
    for (const auto& field : head) {
      request_.headers.emplace_back(std::string(field.name_string()), std::string(field.value()));
    }
    is_head_ = head.method() == http::verb::head;
    is_last_ = !head.keep_alive();
    NextStep next;
    try {
      next = server_.handler_.Begin(request_);
    } catch (...) {
      next = server_.handler_.Explain(std::current_exception());
    }
    if (auto* body = std::get_if<std::unique_ptr<BodyReader>>(&next)) {
      return BeginBody(std::move(*body));
    }
    if (!parser_->is_done()) is_last_ = true;  // a body that nobody reads
    if (auto* answer = std::get_if<HttpResponse>(&next)) return Answer(std::move(*answer));
    Work(std::get<std::function<HttpResponse()>>(std::move(next)));
  }

  /// Clients that said nothing are answered nothing.
  void OnBrokenHead(const error_code& error) {
    if (error == http::error::header_limit || error == http::error::buffer_overflow) {
      return Fail(HttpFailure::kHeaderTooLarge);
    }
    if (error == http::error::body_limit) return Fail(HttpFailure::kBodyTooLarge);
    if (is_late_ && parser_->got_some()) return Fail(HttpFailure::kTimeout);
    if (IsProtocolError(error)) return Fail(HttpFailure::kBadRequest);
    Close();
  }

  void BeginBody(std::unique_ptr<BodyReader> body) {
    body_ = std::move(body);
    parser_->get().body().reader = body_.get();
    buffer_.reserve(kBuffer);
    const bool is_asked = beast::iequals(parser_->get()[http::field::expect], "100-continue");
    if (!is_asked || parser_->is_done()) return ReadBody();
    static constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";
    SetDeadline(server_.limits_.write_time);
    asio::async_write(socket_, asio::buffer(kContinue),
                      [self = shared_from_this()](error_code error, std::size_t) {
                        if (error) return self->Close();
                        self->ReadBody();
                      });
  }

  void ReadBody() {
    if (parser_->is_done()) {
      return Work([body = body_] { return body->Finish(); });
    }
    SetDeadline(server_.limits_.body_time);
    http::async_read_some(
        socket_, buffer_, *parser_,
        [self = shared_from_this()](error_code error, std::size_t) { self->OnBody(error); });
  }

  void OnBody(const error_code& error) {
    const StreamedBody::value_type& body = parser_->get().body();
    const Seconds time = Clock::now() - begun_;
    const bool is_slow =
        time > server_.limits_.body_time &&
        static_cast<double>(body.bytes) < time.count() * server_.limits_.body_bytes_per_second;
    if (!error && (!is_slow || parser_->is_done())) return ReadBody();
    is_last_ = true;
    if (body.error) return Answer(server_.handler_.Explain(body.error));
    if (error == http::error::body_limit) return Fail(HttpFailure::kBodyTooLarge);
    if (is_late_ || is_slow) return Fail(HttpFailure::kTimeout);
    if (IsProtocolError(error)) return Fail(HttpFailure::kBadRequest);
    Close();
  }

  void Work(std::function<HttpResponse()> work) {
    deadline_ = kNever;
    if (server_.work_ >= server_.limits_.waiting_work) {
      return Answer(server_.handler_.Explain(HttpFailure::kBusy));
    }
    ++server_.work_;
    asio::post(server_.pool_, [self = shared_from_this(), work = std::move(work),
                               guard = asio::make_work_guard(server_.context_)]() mutable {
      HttpResponse answer;
      std::exception_ptr error;
      try {
        answer = work();
      } catch (...) {
        error = std::current_exception();
      }
      work = nullptr;
      Session& session = *self;
      asio::post(session.server_.context_,
                 [self = std::move(self), answer = std::move(answer), error]() mutable {
                   --self->server_.work_;
                   if (error) answer = self->server_.handler_.Explain(error);
                   self->Answer(std::move(answer));
                 });
    });
  }

  void Fail(HttpFailure failure) {
    is_last_ = true;
    Answer(server_.handler_.Explain(failure));
  }

  void Answer(HttpResponse answer) {
    answer_ = std::move(answer);
    body_.reset();
    if (server_.is_stopping_) is_last_ = true;
    const std::string_view content = answer_.body();
    const auto reason = http::obsolete_reason(static_cast<http::status>(answer_.status));
    head_.clear();
    fmt::format_to(std::back_inserter(head_),
                   "HTTP/1.1 {} {}\r\nDate: {}\r\nContent-Type: {}\r\nContent-Length: {}\r\n",
                   answer_.status, std::string_view(reason.data(), reason.size()),
                   server_.DateHeader(), answer_.media_type, content.size());
    for (const auto& [name, value] : answer_.headers) {
      fmt::format_to(std::back_inserter(head_), "{}: {}\r\n", name, value);
    }
    head_ += kPolicy;
    head_ += is_last_ ? "Connection: close\r\n\r\n" : "Connection: keep-alive\r\n\r\n";
    SetDeadline(server_.limits_.write_time);
    const std::array<asio::const_buffer, 2> buffers = {
        asio::buffer(head_), asio::buffer(is_head_ ? std::string_view() : content)};
    asio::async_write(socket_, buffers,
                      [self = shared_from_this()](error_code error, std::size_t bytes) {
                        self->OnAnswered(error, bytes);
                      });
  }

  void OnAnswered(const error_code& error, std::size_t bytes_out) {
    server_.handler_.Finished({.request = request_,
                               .client = client_,
                               .status = answer_.status,
                               .time = Clock::now() - begun_,
                               .bytes_in = parser_->get().body().bytes,
                               .bytes_out = bytes_out});
    answer_ = {};
    if (error) return Close();
    if (!is_last_) return ReadHead();
    // Closed with bytes unread, the socket would be reset, and the answer lost with it.
    error_code ignored;
    socket_.shutdown(tcp::socket::shutdown_send, ignored);
    SetWaiting(true);
    SetDeadline(server_.limits_.linger_time);
    Linger();
  }

  /// Reads on until the client ends.
  void Linger() {
    if (server_.is_stopping_) return Close();
    socket_.async_read_some(asio::buffer(server_.scratch_),
                            [self = shared_from_this()](error_code error, std::size_t) {
                              if (error || Clock::now() >= self->deadline_) return self->Close();
                              self->Linger();
                            });
  }

  Impl& server_;
  tcp::socket socket_;
  std::string client_;
  std::list<Session*>::iterator place_;
  std::optional<std::list<Session*>::iterator> waiting_place_;
  Clock::time_point deadline_ = kNever;
  bool is_late_ = false;  ///< the deadline has passed
  beast::flat_buffer buffer_{kBuffer};

  // Of the current request.
  std::optional<http::request_parser<StreamedBody>> parser_;
  HttpRequest request_;
  Clock::time_point begun_;
  bool is_head_ = false;              ///< it asks for the answer's head only
  bool is_last_ = false;              ///< the connection ends with its answer
  std::shared_ptr<BodyReader> body_;  ///< shared with the work that ends it
  HttpResponse answer_;
  std::string head_;
};

HttpServer::Impl::Impl(HttpHandler& handler, const std::string& address, std::uint16_t port,
                       HttpLimits limits)
    : handler_(handler), limits_(limits), pool_(limits.threads) {
  const tcp::endpoint endpoint(ParseAddress(address), port);
  error_code error;
  Require(acceptor_.open(endpoint.protocol(), error), endpoint);
  Require(acceptor_.set_option(tcp::acceptor::reuse_address(true), error), endpoint);
  Require(acceptor_.bind(endpoint, error), endpoint);
  Require(acceptor_.listen(asio::socket_base::max_listen_connections, error), endpoint);
  acceptor_port_ = acceptor_.local_endpoint().port();
}

void HttpServer::Impl::Run() {
  Accept();
  Tick();
  context_.run();
  pool_.join();
}

void HttpServer::Impl::Stop() {
  asio::post(context_, [this] { BeginStop(); });
}

void HttpServer::Impl::StopOnSignals() {
  signals_.add(SIGINT);
  signals_.add(SIGTERM);
  signals_.async_wait([this](error_code error, int) {
    if (error) return;
    StopOnSignals();
    BeginStop();
  });
}

void HttpServer::Impl::Accept() {
  acceptor_.async_accept(
      [this](error_code error, tcp::socket socket) { OnAccept(error, std::move(socket)); });
}

void HttpServer::Impl::OnAccept(error_code error, tcp::socket socket) {
  if (is_stopping_) return;
  if (error) {
    is_paused_ = true;
    return;
  }
  const bool is_full = sessions_.size() >= limits_.connections;
  if (is_full && !waiting_.empty()) waiting_.front()->Close();
  if (!is_full || !waiting_.empty()) {
    std::make_shared<Session>(*this, std::move(socket))->ReadHead();
  }
  Accept();
}

void HttpServer::Impl::Tick() {
  tick_.expires_after(kTick);
  tick_.async_wait([this](error_code error) {
    if (error) return;
    const auto now = Clock::now();
    for (Session* session : sessions_) session->CheckDeadline(now);
    if (is_stopping_ && now >= stop_by_) BeginStop();
    if (std::exchange(is_paused_, false)) Accept();
    Tick();
  });
}

/// The second time, requests at work are not waited for.
void HttpServer::Impl::BeginStop() {
  for (Session* session : is_stopping_ ? sessions_ : waiting_) session->Close();
  is_stopping_ = true;
  stop_by_ = Clock::now() + limits_.shutdown_time;
  error_code ignored;
  acceptor_.close(ignored);
  EndIfIdle();
}

void HttpServer::Impl::EndIfIdle() {
  if (!is_stopping_ || !sessions_.empty()) return;
  error_code ignored;
  tick_.cancel(ignored);
  signals_.cancel(ignored);
}

/// The time as HTTP writes it, renewed once a second.
std::string_view HttpServer::Impl::DateHeader() {
  const std::time_t now = std::time(nullptr);
  if (now != date_of_) {
    date_of_ = now;
    date_ = fmt::format("{:%a, %d %b %Y %H:%M:%S} GMT", fmt::gmtime(now));
  }
  return date_;
}

HttpServer::HttpServer(HttpHandler& handler, const std::string& address, std::uint16_t port,
                       HttpLimits limits)
    : impl_(std::make_unique<Impl>(handler, address, port, limits)) {}

HttpServer::~HttpServer() = default;

std::uint16_t HttpServer::port() const { return impl_->port(); }

void HttpServer::Run() { impl_->Run(); }

void HttpServer::Stop() { impl_->Stop(); }

void HttpServer::StopOnSignals() { impl_->StopOnSignals(); }

bool IsLoopback(const std::string& address) { return ParseAddress(address).is_loopback(); }

}  // namespace joulecast
