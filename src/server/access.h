// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "server/http.h"

namespace joulecast {

/// Who may ask. With a token, whoever has it; without one, this machine alone, and no page of
/// another site that a browser here shows.
struct AccessRules {
  std::string token;    ///< empty: none is asked for
  std::string address;  ///< that is listened on
};

/// Throws a Refusal: 403 for a request meant for another host (a name that an attacker's server
/// resolves to this machine: DNS rebinding) or sent by another site's page.
void CheckOrigin(const HttpRequest& request, const AccessRules& rules);

/// Throws a Refusal, 401, where there is a token and the request lacks it: as "Authorization:
/// Bearer TOKEN", or as the password of any user in "Authorization: Basic ...", which browsers ask
/// for.
void CheckToken(const HttpRequest& request, const AccessRules& rules);

}  // namespace joulecast
