// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <cstdio>
#include <memory>

#include "base/mapped_file.h"
#include "base/text.h"
#include "cli/app.h"
#include "joulecast/error.h"
#include "request/catalogs.h"
#include "server/api.h"
#include "server/http_server.h"

namespace joulecast {
namespace {

struct Options {
  std::uint16_t port = 8080;
  std::string address = "127.0.0.1";
  std::string token_file;
  bool logs = false;
};

std::string ReadToken(const std::string& path) {
  constexpr std::size_t kShortest = 16;
  const MappedFile file(path);
  const auto bytes = file.bytes();
  const std::string_view token = Trim({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
  const bool is_word = std::ranges::all_of(token, [](char c) { return c > ' ' && c <= '~'; });
  if (token.size() < kShortest || !is_word) {
    throw Error(ErrorKind::kInput,
                "--token-file " + Printable(path, 100) +
                    ": a token is one word of at least 16 letters, digits and signs; make one with "
                    "`openssl rand -hex 32`");
  }
  struct stat status {};
  if (::stat(path.c_str(), &status) == 0 && (status.st_mode & (S_IRWXG | S_IRWXO)) != 0) {
    Warn("--token-file " + path + ": other users may read it; `chmod 600` keeps it yours");
  }
  return std::string(token);
}

int Run(const Options& options) {
  if (!IsLoopback(options.address) && options.token_file.empty()) {
    throw Error(ErrorKind::kUsage,
                "--listen " + options.address +
                    " lets other machines ask: give --token-file FILE with the token that they "
                    "have to send, or listen on 127.0.0.1");
  }
  ApiOptions api_options{.access = {.address = options.address}, .version = JOULECAST_VERSION};
  if (!options.token_file.empty()) api_options.access.token = ReadToken(options.token_file);
  if (options.logs) {
    api_options.log = [](const std::string& line) { std::fprintf(stderr, "%s\n", line.c_str()); };
  }
  std::vector<std::string> problems;
  std::vector<Profile> profiles = KnownProfiles(problems);
  for (const std::string& problem : problems) Warn(problem);
  Api api(std::move(profiles), std::move(api_options));
  HttpServer server(api, options.address, options.port);
  server.StopOnSignals();
  const bool is_v6 = options.address.find(':') != std::string::npos;
  Print(fmt::format("Joulecast serves http://{}:{}/ until Ctrl-C\n",
                    is_v6 ? "[" + options.address + "]" : options.address, server.port()));
  server.Run();
  return kDone;
}

}  // namespace

void AddServe(CLI::App& command, Action& action) {
  const auto options = std::make_shared<Options>();
  command
      .add_option("--port", options->port, "Port to listen on; 0 takes a free one and says which")
      ->type_name("N")
      ->check(CLI::Range(0, 65535))
      ->capture_default_str();
  command
      .add_option("--listen", options->address,
                  "Address to listen on; other machines reach 0.0.0.0 and\n"
                  "have to send the token of --token-file")
      ->type_name("ADDRESS")
      ->capture_default_str();
  command
      .add_option("--token-file", options->token_file,
                  "File with the token that is asked for: clients send it as\n"
                  "'Authorization: Bearer TOKEN', in browsers it is the password")
      ->type_name("FILE");
  command.add_flag("--access-log", options->logs, "A line on stderr for each request");
  command.footer(
      "Examples:\n"
      "  joulecast serve\n"
      "  curl 'http://127.0.0.1:8080/api/v1/estimate?model=resnet50&batch=8'\n"
      "  curl --data-binary @model.onnx http://127.0.0.1:8080/api/v1/estimate\n"
      "  openssl rand -hex 32 > token; chmod 600 token\n"
      "  joulecast serve --listen 0.0.0.0 --token-file token\n"
      "The API is described at /api/v1/openapi.json, counters are at /metrics.\n"
      "Uploaded models are kept in memory, without their weights, never on disk.");
  action = [options] { return Run(*options); };
}

}  // namespace joulecast
