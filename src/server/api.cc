// SPDX-License-Identifier: Apache-2.0
#include "server/api.h"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <new>
#include <nlohmann/json.hpp>

#include "base/json_values.h"
#include "base/text.h"
#include "formats/receive_model.h"
#include "joulecast/error.h"
#include "joulecast/report.h"
#include "report/web_assets.h"
#include "request/catalogs.h"
#include "server/openapi.h"
#include "server/query.h"
#include "server/refusal.h"

namespace joulecast {
namespace {

using Json = nlohmann::ordered_json;

constexpr Route kRoutes[] = {
    {.method = "GET",
     .path = "/",
     .summary = "The page",
     .asks = Asks::kAnything,
     .begin = &Api::Page,
     .answer = "Text",
     .media_type = "text/html"},
    {.method = "GET",
     .path = "/healthz",
     .summary = "Whether the server works",
     .begin = &Api::Health,
     .answer = "Health",
     .is_open = true},
    {.method = "GET",
     .path = "/metrics",
     .summary = "What it has done since it started, for Prometheus",
     .begin = &Api::Counters,
     .answer = "Text",
     .media_type = "text/plain"},
    {.method = "GET",
     .path = "/api/v1/openapi.json",
     .summary = "This description",
     .begin = &Api::Description,
     .answer = "Any"},
    {.method = "GET",
     .path = "/api/v1/devices",
     .summary = "Devices that a forecast can be made for",
     .begin = &Api::Devices,
     .answer = "Devices"},
    {.method = "GET",
     .path = "/api/v1/zoo",
     .summary = "Networks known by name",
     .begin = &Api::Zoo,
     .answer = "Zoo"},
    {.method = "GET",
     .path = "/api/v1/layers",
     .summary = "MACs, parameters and bytes of each layer",
     .asks = Asks::kLayers,
     .begin = &Api::Layers,
     .answer = "Layers"},
    {.method = "GET",
     .path = "/api/v1/estimate",
     .summary = "Joules of a model, layer by layer",
     .asks = Asks::kEstimate,
     .begin = &Api::Estimate,
     .answer = "Estimate"},
    {.method = "POST",
     .path = "/api/v1/estimate",
     .summary = "The same of a model that is sent along; it is remembered as X-Model says",
     .asks = Asks::kEstimate,
     .begin = &Api::EstimateBody,
     .answer = "Estimate",
     .takes_model = true},
    {.method = "POST",
     .path = "/api/v1/models",
     .summary = "Remembers a model for a while, without its weights and in memory only",
     .begin = &Api::AddModel,
     .answer = "Model",
     .status = 201,
     .takes_model = true},
};

std::shared_ptr<const std::string> Share(std::string text) {
  return std::make_shared<const std::string>(std::move(text));
}

HttpResponse ErrorAnswer(int status, std::string_view kind, std::string_view message) {
  const Json json = {{"error", {{"kind", kind}, {"message", message}}}};
  return {.status = status, .text = Share(DumpJson(json))};
}

HttpResponse ErrorAnswer(const Error& error) {
  switch (error.kind()) {
    case ErrorKind::kUsage:
      return ErrorAnswer(400, "usage", error.what());
    case ErrorKind::kInput:
      return ErrorAnswer(422, "input", error.what());
    case ErrorKind::kDevice:
      return ErrorAnswer(404, "device", error.what());
    case ErrorKind::kPermission:
      break;
  }
  return ErrorAnswer(403, "permission", error.what());
}

/// The route of a request; nullptr for a file of the page. Throws a Refusal if there is neither.
const Route* FindRoute(const HttpRequest& request) {
  const std::string_view path = request.path();
  const std::string_view method =
      request.method == "HEAD" ? std::string_view("GET") : request.method;
  std::vector<std::string> allowed;
  for (const Route& route : kRoutes) {
    if (route.path != path) continue;
    if (route.method == method) return &route;
    allowed.emplace_back(route.method);
  }
  if (path.size() > 1 && FindWebAsset(path.substr(1)) != nullptr) {
    if (method == "GET") return nullptr;
    allowed.emplace_back("GET");
  }
  if (allowed.empty()) {
    throw Refusal(404, "not_found",
                  "nothing is at '" + Printable(path, 80) + "'; see /api/v1/openapi.json");
  }
  throw Refusal(405, "usage",
                Printable(request.method, 20) + " is not answered at " + Printable(path, 80) +
                    "; use " + Join(allowed, " or "),
                {"Allow", Join(allowed, ", ")});
}

HttpResponse AssetAnswer(std::string_view name) {
  const WebAsset* asset = FindWebAsset(name);
  if (asset == nullptr) {
    throw Refusal(404, "not_found",
                  "this program was built without the page, for want of Node; the API is described "
                  "at /api/v1/openapi.json");
  }
  return {.media_type = asset->media_type, .constant = asset->content};
}

/// What a sender calls the file.
std::string NameOfModel(const HttpRequest& request) {
  constexpr std::size_t kLongest = 255;
  std::string name = DecodePercent(request.Header("X-Model-Name"), "X-Model-Name");
  if (name.size() > kLongest) {
    throw Error(ErrorKind::kUsage, "X-Model-Name is longer than 255 bytes");
  }
  return name.empty() ? "model" : name;
}

/// The parameters of a query about a model that is sent along.
std::vector<Parameter> BodyParameters(Asks asks, ModelQuery& query) {
  std::vector<Parameter> parameters;
  if (asks == Asks::kLayers) return query.request.input.Parameters();
  if (asks == Asks::kEstimate) {
    parameters = query.request.Parameters();
    parameters.insert(parameters.begin(), {.name = "device",
                                           .value = "NAME",
                                           .summary = "A device by name; see /api/v1/devices",
                                           .target = &query.device});
  }
  return parameters;
}

/// The parameters of a query about a model that has a name.
std::vector<Parameter> NamedParameters(Asks asks, ModelQuery& query) {
  std::vector<Parameter> parameters = BodyParameters(asks, query);
  parameters.insert(parameters.begin(),
                    {.name = "model",
                     .value = "NAME",
                     .summary = "A name of the zoo, or what an upload was answered with",
                     .target = &query.model});
  return parameters;
}

/// Queries that ask the same have the same key.
std::string KeyOf(Asks asks, ModelQuery query) {
  return (asks == Asks::kLayers ? "layers?" : "estimate?") +
         CanonicalText(NamedParameters(asks, query));
}

std::string EstimateText(LoadedModel model, const std::string& name, const EstimateRequest& request,
                         const Profile& profile) {
  return AnswerJson(AnswerEstimate(std::move(model), name, request, Predictor(profile)), profile);
}

}  // namespace

std::span<const Route> Routes() { return kRoutes; }

std::vector<Parameter> ParametersOf(const Route& route, ModelQuery& query) {
  const bool is_of_model = route.asks == Asks::kLayers || route.asks == Asks::kEstimate;
  return is_of_model && !route.takes_model ? NamedParameters(route.asks, query)
                                           : BodyParameters(route.asks, query);
}

/// Receives a model, remembers it, and may estimate it at once.
class Api::ModelReader : public BodyReader {
 public:
  ModelReader(Api& api, std::string name, const Profile* profile, ModelQuery query)
      : api_(api),
        stream_(std::move(name)),
        lease_(api.arriving_),
        profile_(profile),
        query_(std::move(query)) {}

  void Take(std::span<const std::byte> bytes) override {
    stream_.Take(bytes);
    lease_.Resize(stream_.kept());
  }

  HttpResponse Finish() override {
    ReceivedModel received = stream_.Finish();
    LoadedModel model = received.Read();
    const std::string name = received.name;
    const std::string_view format = received.format->name;
    if (profile_ == nullptr) {
      const Json json = {
          {"model", api_.uploads_.Add(std::move(received))}, {"name", name}, {"format", format}};
      return {.status = 201, .text = Share(DumpJson(json))};
    }
    std::string text = EstimateText(std::move(model), name, query_.request, *profile_);
    query_.model = api_.uploads_.Add(std::move(received));
    HttpResponse answer{.text = api_.Remember(KeyOf(Asks::kEstimate, query_), std::move(text))};
    answer.headers.emplace_back("X-Model", query_.model);
    return answer;
  }

 private:
  Api& api_;
  ModelStream stream_;
  MemoryBudget::Lease lease_;
  const Profile* profile_;  ///< null if no estimate is asked for
  ModelQuery query_;
};

Api::Api(std::vector<Profile> profiles, ApiOptions options)
    : profiles_(std::move(profiles)),
      options_(std::move(options)),
      answers_(options_.cached_bytes),
      uploads_(options_.uploaded_bytes),
      arriving_(options_.arriving_bytes),
      devices_(Share(DevicesJson(profiles_))),
      zoo_(Share(ZooJson())),
      description_(Share(OpenApiJson(options_.version))) {
  for (const ModelFormat* format : ModelFormats()) {
    if (format->names != nullptr) formats_.push_back(format);
  }
}

NextStep Api::Begin(const HttpRequest& request) {
  CheckOrigin(request, options_.access);
  const Route* route = FindRoute(request);
  if (route == nullptr || !route->is_open) CheckToken(request, options_.access);
  if (route == nullptr) return AssetAnswer(request.path().substr(1));
  ModelQuery query;
  if (route->asks != Asks::kAnything) ReadQuery(request.query(), ParametersOf(*route, query));
  return (this->*route->begin)(request, query);
}

HttpResponse Api::Explain(const std::exception_ptr& error) {
  try {
    std::rethrow_exception(error);
  } catch (const Refusal& refusal) {
    HttpResponse answer = ErrorAnswer(refusal.status(), refusal.kind(), refusal.what());
    if (!refusal.header().first.empty()) answer.headers.push_back(refusal.header());
    return answer;
  } catch (const Error& known) {
    return ErrorAnswer(known);
  } catch (const std::bad_alloc&) {
    return ErrorAnswer(422, "input", "out of memory; the model asks for more than there is");
  } catch (const std::exception& unknown) {
    return ErrorAnswer(500, "internal",
                       std::string("unexpected failure, please report it: ") + unknown.what());
  }
}

HttpResponse Api::Explain(HttpFailure failure) {
  switch (failure) {
    case HttpFailure::kHeaderTooLarge:
      return ErrorAnswer(431, "too_large", "the request's head is larger than 16 kB");
    case HttpFailure::kBodyTooLarge:
      return ErrorAnswer(413, "too_large",
                         "the body is larger than 2 GB, which no ONNX file is: larger models keep "
                         "their weights in other files, which are not needed here");
    case HttpFailure::kTimeout:
      return ErrorAnswer(408, "timeout", "the request did not come in time");
    case HttpFailure::kBusy: {
      HttpResponse answer =
          ErrorAnswer(503, "busy", "too many requests are waiting: try again in a moment");
      answer.headers.emplace_back("Retry-After", "1");
      return answer;
    }
    case HttpFailure::kBadRequest:
      break;
  }
  return ErrorAnswer(400, "usage", "this is no HTTP/1.1 request");
}

void Api::Finished(const HttpExchange& exchange) {
  const std::string_view path = exchange.request.path();
  const bool is_known = std::ranges::find(kRoutes, path, &Route::path) != std::end(kRoutes);
  const bool is_asset = !path.empty() && FindWebAsset(path.substr(1)) != nullptr;
  metrics_.Count(is_known   ? path
                 : is_asset ? "page"
                            : "other",
                 exchange.status, exchange.time, exchange.bytes_in, exchange.bytes_out);
  if (!options_.log) return;
  options_.log(fmt::format("{:%Y-%m-%dT%H:%M:%SZ} {} {} {} {} {} bytes {:.1f} ms",
                           fmt::gmtime(std::chrono::system_clock::now()), exchange.client,
                           Printable(exchange.request.method, 20),
                           Printable(exchange.request.target, 500), exchange.status,
                           exchange.bytes_out, 1e3 * exchange.time.count()));
}

NextStep Api::Page(const HttpRequest&, const ModelQuery&) { return AssetAnswer("page.html"); }

NextStep Api::Health(const HttpRequest&, const ModelQuery&) {
  return HttpResponse{.constant = "{\"status\": \"ok\"}\n"};
}

NextStep Api::Counters(const HttpRequest&, const ModelQuery&) {
  const auto gauge = [](std::string_view name, std::string_view help, std::size_t value) {
    return MetricText(name, "gauge", help, static_cast<double>(value));
  };
  return HttpResponse{
      .media_type = "text/plain; version=0.0.4",
      .text = Share(metrics_.Text() +
                    gauge("joulecast_models", "Uploaded models remembered", uploads_.size()) +
                    gauge("joulecast_models_bytes", "Memory of these", uploads_.bytes()) +
                    gauge("joulecast_answers", "Answers remembered", answers_.size()) +
                    gauge("joulecast_answers_bytes", "Memory of these", answers_.bytes()))};
}

NextStep Api::Description(const HttpRequest&, const ModelQuery&) {
  return HttpResponse{.text = description_};
}

NextStep Api::Devices(const HttpRequest&, const ModelQuery&) {
  return HttpResponse{.text = devices_};
}

NextStep Api::Zoo(const HttpRequest&, const ModelQuery&) { return HttpResponse{.text = zoo_}; }

NextStep Api::Layers(const HttpRequest&, const ModelQuery& query) {
  Source source = SourceOf(query.model);
  return Cached(KeyOf(Asks::kLayers, query),
                [this, source = std::move(source), input = query.request.input] {
                  return LayersJson(input.LayersOf(GraphOf(Load(source)), source.name));
                });
}

NextStep Api::Estimate(const HttpRequest&, const ModelQuery& query) {
  Source source = SourceOf(query.model);
  const Profile& profile = ProfileOf(query.device);
  return Cached(KeyOf(Asks::kEstimate, query),
                [this, source = std::move(source), &profile, request = query.request] {
                  return EstimateText(Load(source), source.name, request, profile);
                });
}

NextStep Api::EstimateBody(const HttpRequest& request, const ModelQuery& query) {
  const Profile& profile = ProfileOf(query.device);
  return std::make_unique<ModelReader>(*this, NameOfModel(request), &profile, query);
}

NextStep Api::AddModel(const HttpRequest& request, const ModelQuery& query) {
  return std::make_unique<ModelReader>(*this, NameOfModel(request), nullptr, query);
}

Api::Source Api::SourceOf(const std::string& model) {
  if (model.empty()) {
    throw Error(ErrorKind::kUsage, "model is missing: say model=NAME of the zoo, or upload one");
  }
  if (!Uploads::IsId(model)) return {.name = model};
  Uploads::Model upload = uploads_.Find(model);
  std::string name = upload->name;
  return {.name = std::move(name), .upload = std::move(upload)};
}

LoadedModel Api::Load(const Source& source) const {
  return source.upload ? source.upload->Read() : LoadAnyModel(source.name, formats_);
}

const Profile& Api::ProfileOf(const std::string& device) const {
  const std::string wanted = device.empty() ? DefaultDevice() : device;
  const auto found = std::ranges::find(profiles_, wanted, &Profile::device);
  if (found != profiles_.end()) return *found;
  std::vector<std::string> known;
  for (const Profile& profile : profiles_) known.push_back(profile.device);
  throw Error(ErrorKind::kDevice,
              "unknown device '" + Printable(wanted, 60) + "'; known: " + Join(known, ", "));
}

NextStep Api::Cached(std::string key, std::function<std::string()> compute) {
  if (auto text = answers_.Find(key)) return HttpResponse{.text = *std::move(text)};
  return [this, key = std::move(key), compute = std::move(compute)] {
    return HttpResponse{.text = Remember(key, compute())};
  };
}

Api::Text Api::Remember(const std::string& key, std::string answer) {
  const std::size_t bytes = answer.capacity();
  Text text = Share(std::move(answer));
  answers_.Insert(key, text, bytes);
  return text;
}

}  // namespace joulecast
