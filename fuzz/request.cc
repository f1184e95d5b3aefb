// SPDX-License-Identifier: Apache-2.0
// A request to the server and its body, through all but sockets: "METHOD TARGET", a line a header,
// an empty line, the body.
#include <exception>
#include <nlohmann/json.hpp>
#include <span>

#include "base/text.h"
#include "fuzz/estimate_all.h"
#include "fuzz/target.h"
#include "server/api.h"

namespace joulecast::fuzz {
namespace {

HttpRequest ReadHead(std::string_view head) {
  HttpRequest request;
  for (const std::string_view line : Split(head, '\n')) {
    const std::size_t cut = line.find(request.method.empty() ? ' ' : ':');
    if (cut == std::string_view::npos) continue;
    const std::string name(line.substr(0, cut));
    const std::string value(Trim(line.substr(cut + 1)));
    if (request.method.empty()) {
      request.method = name;
      request.target = value;
    } else {
      request.headers.emplace_back(name, value);
    }
  }
  return request;
}

HttpResponse Answer(Api& api, const HttpRequest& request, std::span<const std::byte> body) {
  try {
    NextStep step = api.Begin(request);
    if (auto* reader = std::get_if<std::unique_ptr<BodyReader>>(&step)) {
      (*reader)->Take(body.first(body.size() / 3));
      (*reader)->Take(body.subspan(body.size() / 3));
      return (*reader)->Finish();
    }
    if (auto* work = std::get_if<std::function<HttpResponse()>>(&step)) return (*work)();
    return std::get<HttpResponse>(std::move(step));
  } catch (...) {
    return api.Explain(std::current_exception());
  }
}

}  // namespace

void RunInput(std::string_view input) {
  static Api api({ShippedProfile()}, {.access = {.token = "", .address = "127.0.0.1"}});
  const std::size_t cut = std::min(input.find("\n\n"), input.size());
  const HttpRequest request = ReadHead(input.substr(0, cut));
  const std::string_view body = input.substr(std::min(cut + 2, input.size()));
  const HttpResponse response = Answer(api, request, std::as_bytes(std::span(body)));
  Promise(response.status >= 200 && response.status < 500,
          "no request is the server's own mistake");
  if (response.media_type == "application/json") {
    Promise(nlohmann::json::accept(response.body()), "what is said to be JSON is JSON");
  }
}

}  // namespace joulecast::fuzz
