// SPDX-License-Identifier: Apache-2.0
#include "server/access.h"

#include "base/text.h"
#include "server/refusal.h"

namespace joulecast {
namespace {

/// "[::1]:8080" and "localhost:8080" without the port.
std::string_view WithoutPort(std::string_view host) {
  const std::size_t colon = host.rfind(':');
  const std::size_t bracket = host.rfind(']');
  if (colon == std::string_view::npos) return host;
  if (bracket != std::string_view::npos && bracket > colon) return host;
  return host.substr(0, colon);
}

bool IsOwnHost(std::string_view host, const AccessRules& rules) {
  host = WithoutPort(host);
  return host == "localhost" || host == "127.0.0.1" || host == "[::1]" || host == rules.address ||
         host == "[" + rules.address + "]";
}

/// Takes as long for each text of the same length, whichever byte differs.
bool IsSame(std::string_view given, std::string_view token) {
  std::size_t difference = given.size() ^ token.size();
  for (std::size_t i = 0; i < given.size(); ++i) {
    difference |= static_cast<unsigned char>(given[i] ^ token[i % token.size()]);
  }
  return difference == 0;
}

/// The bytes that base64 (RFC 4648) writes so; up to the first sign that is none of its.
std::string DecodeBase64(std::string_view text) {
  constexpr std::string_view kSigns =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string bytes;
  unsigned held = 0;
  int bits = 0;
  for (const char sign : text) {
    const std::size_t value = kSigns.find(sign);
    if (value == std::string_view::npos) break;
    held = held << 6 | static_cast<unsigned>(value);
    bits += 6;
    if (bits < 8) continue;
    bits -= 8;
    bytes += static_cast<char>(held >> bits & 0xFF);
  }
  return bytes;
}

/// What a request gives for the token; empty if nothing.
std::string GivenToken(std::string_view authorization) {
  constexpr std::string_view kBearer = "Bearer ";
  constexpr std::string_view kBasic = "Basic ";
  if (authorization.starts_with(kBearer)) {
    return std::string(authorization.substr(kBearer.size()));
  }
  if (!authorization.starts_with(kBasic)) return "";
  const std::string user_and_password = DecodeBase64(authorization.substr(kBasic.size()));
  const std::size_t colon = user_and_password.find(':');
  return colon == std::string::npos ? "" : user_and_password.substr(colon + 1);
}

}  // namespace

void CheckOrigin(const HttpRequest& request, const AccessRules& rules) {
  const std::string_view host = request.Header("Host");
  if (request.CountHeaders("Host") != 1) {
    throw Refusal(400, "usage", "a request has one Host header");
  }
  if (rules.token.empty() && !IsOwnHost(host, rules)) {
    throw Refusal(403, "permission",
                  "this server answers to localhost, not to '" + Printable(host, 80) +
                      "'; open it as http://127.0.0.1, or start it with --token-file and --listen");
  }
  const std::string_view origin = request.Header("Origin");
  const std::size_t scheme = origin.find("://");
  const bool is_own = scheme != std::string_view::npos && origin.substr(scheme + 3) == host;
  if (!origin.empty() && !is_own) {
    throw Refusal(403, "permission",
                  "pages of '" + Printable(origin, 80) + "' may not ask this server");
  }
}

void CheckToken(const HttpRequest& request, const AccessRules& rules) {
  if (rules.token.empty()) return;
  if (IsSame(GivenToken(request.Header("Authorization")), rules.token)) return;
  throw Refusal(
      401, "permission",
      "this server asks for its token: send it as 'Authorization: Bearer TOKEN', or as the "
      "password of any user",
      {"WWW-Authenticate", "Basic realm=\"joulecast\", Bearer realm=\"joulecast\""});
}

}  // namespace joulecast
