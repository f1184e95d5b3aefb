// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "joulecast/profile.h"
#include "request/estimate_request.h"
#include "server/access.h"
#include "server/http.h"
#include "server/lru_cache.h"
#include "server/metrics.h"
#include "server/uploads.h"

namespace joulecast {

struct ApiOptions {
  AccessRules access;
  std::string version;  ///< of the program
  std::size_t cached_bytes = 64 << 20;
  std::size_t uploaded_bytes = 64 << 20;        ///< of models that are remembered
  std::size_t arriving_bytes = 64 << 20;        ///< of models that are being uploaded
  std::function<void(const std::string&)> log;  ///< takes a line per request; null: no log
};

/// What may be asked of a model over the network.
struct ModelQuery {
  std::string model;   ///< a name of the zoo, or what an upload is remembered as: never a path
  std::string device;  ///< a known name: never a path
  EstimateRequest request;
};

/// What the parameters of a route are about.
enum class Asks : std::uint8_t {
  kNothing,
  kAnything,  ///< a page's address holds its state
  kLayers,
  kEstimate,
};

class Api;

/// One line of the server's table of what it answers.
struct Route {
  std::string_view method;
  std::string_view path;
  std::string_view summary;
  Asks asks = Asks::kNothing;
  NextStep (Api::*begin)(const HttpRequest& request, const ModelQuery& query) = nullptr;
  std::string_view answer;  ///< its schema in the API's description
  std::string_view media_type = "application/json";
  int status = 200;
  bool takes_model = false;  ///< the body is a model's file
  bool is_open = false;      ///< to those without the token
};

std::span<const Route> Routes();

/// The parameters of a route's query, which lie in `query`.
std::vector<Parameter> ParametersOf(const Route& route, ModelQuery& query);

/// The server's answers. What it computes it remembers, as far as memory goes.
class Api : public HttpHandler {
 public:
  Api(std::vector<Profile> profiles, ApiOptions options);

  NextStep Begin(const HttpRequest& request) override;
  HttpResponse Explain(const std::exception_ptr& error) override;
  HttpResponse Explain(HttpFailure failure) override;
  void Finished(const HttpExchange& exchange) override;

  NextStep Page(const HttpRequest& request, const ModelQuery& query);
  NextStep Health(const HttpRequest& request, const ModelQuery& query);
  NextStep Counters(const HttpRequest& request, const ModelQuery& query);
  NextStep Description(const HttpRequest& request, const ModelQuery& query);
  NextStep Devices(const HttpRequest& request, const ModelQuery& query);
  NextStep Zoo(const HttpRequest& request, const ModelQuery& query);
  NextStep Layers(const HttpRequest& request, const ModelQuery& query);
  NextStep Estimate(const HttpRequest& request, const ModelQuery& query);
  NextStep EstimateBody(const HttpRequest& request, const ModelQuery& query);
  NextStep AddModel(const HttpRequest& request, const ModelQuery& query);

 private:
  using Text = std::shared_ptr<const std::string>;
  class ModelReader;

  /// What is asked about.
  struct Source {
    std::string name;
    Uploads::Model upload = nullptr;  ///< null: the zoo's network of that name
  };

  Source SourceOf(const std::string& model);
  LoadedModel Load(const Source& source) const;
  const Profile& ProfileOf(const std::string& device) const;
  /// The answer of that key, remembered or by `compute`, which is work.
  NextStep Cached(std::string key, std::function<std::string()> compute);
  Text Remember(const std::string& key, std::string answer);

  std::vector<Profile> profiles_;
  ApiOptions options_;
  std::vector<const ModelFormat*> formats_;  ///< those that know names: no file is opened here
  LruCache<Text> answers_;
  Uploads uploads_;
  MemoryBudget arriving_;
  Metrics metrics_;
  Text devices_;
  Text zoo_;
  Text description_;
};

}  // namespace joulecast
