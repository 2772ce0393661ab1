#include "estimates.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace rollcast::experiment {
namespace {

void read_pooled(Values& values, const Samples& samples, model::Pooling pooling) {
  values.pooled = true;
  values.in_order.reserve(samples.incidents.size());
  values.clusters.reserve(samples.incidents_per_replication.size());
  auto next = samples.incidents.begin();
  for (const std::uint32_t count : samples.incidents_per_replication) {
    const std::size_t before = values.in_order.size();
    for (std::uint32_t i = 0; i < count; ++i) {
      const double value = pooled_value(*next++, pooling);
      if (!std::isnan(value)) values.in_order.push_back(value);
    }
    values.clusters.push_back(static_cast<std::uint32_t>(values.in_order.size() - before));
  }
}

/// Clusters of consecutive replications joined `cluster` by `cluster`.
std::vector<std::uint32_t> joined(const std::vector<std::uint32_t>& sizes, std::uint32_t cluster) {
  if (cluster <= 1) return sizes;
  std::vector<std::uint32_t> result((sizes.size() + cluster - 1) / cluster, 0);
  for (std::size_t i = 0; i < sizes.size(); ++i) result[i / cluster] += sizes[i];
  return result;
}

}  // namespace

double pooled_value(const model::IncidentRecord& incident, model::Pooling pooling) {
  if (pooling == model::Pooling::incident_data_loss) return incident.data_loss_hours;
  return incident.open ? model::kNotReached : incident.recovery_hours;
}

std::vector<std::uint32_t> clusters_of(std::size_t replications, std::uint32_t cluster) {
  if (cluster <= 1) return {};
  return joined(std::vector<std::uint32_t>(replications, 1), cluster);
}

Values values_of(const Samples& samples, model::Metric metric) {
  Values values;
  read_values(values, samples, metric);
  return values;
}

void read_values(Values& values, const Samples& samples, model::Metric metric) {
  const model::Pooling pooling = model::metric_info(metric).pooling;
  values.in_order.clear();
  values.clusters.clear();
  values.pooled = false;
  if (pooling != model::Pooling::replications) {
    read_pooled(values, samples, pooling);
    values.clusters = joined(values.clusters, samples.cluster);
    return;
  }
  std::vector<std::uint32_t> sizes;
  values.in_order.reserve(samples.incidents_per_replication.size());
  for (const double value : samples.metrics[static_cast<std::size_t>(metric)]) {
    const bool there = !std::isnan(value);
    if (there) values.in_order.push_back(value);
    if (samples.cluster > 1) sizes.push_back(there ? 1 : 0);
  }
  values.clusters = joined(sizes, samples.cluster);
}

stats::MeanEstimate mean_of(const Values& values) {
  return values.clusters.empty() ? stats::estimate_mean(values.in_order)
                                 : stats::estimate_clustered_mean(values.in_order, values.clusters);
}

stats::RankInterval ranks_of(const Values& values, double value, double level,
                             const stats::RankInterval& independent) {
  if (values.clusters.size() <= 1) return independent;
  return stats::clustered_quantile_ranks(values.in_order, values.clusters, value, level / 100);
}

QuantileEstimate quantile_at(std::span<const double> sorted, double level,
                             const stats::RankInterval& ranks) {
  const double value = sorted[stats::quantile_rank(sorted.size(), level / 100) - 1];
  QuantileEstimate quantile;
  if (std::isfinite(value)) quantile.value = value;
  const stats::Interval interval = stats::interval_at(sorted, ranks);
  const bool bounded = std::isfinite(interval.low) || std::isfinite(interval.high);
  if (bounded && sorted.size() > 1) quantile.interval = interval;
  return quantile;
}

QuantileEstimate quantile_of(const Values& values, const std::vector<double>& sorted, double level,
                             const stats::RankInterval& independent) {
  const double value = sorted[stats::quantile_rank(sorted.size(), level / 100) - 1];
  return quantile_at(sorted, level, ranks_of(values, value, level, independent));
}

Trials trials_of(const std::vector<double>& flags, std::uint32_t cluster) {
  return independent_trials(flags, clusters_of(flags.size(), cluster));
}

Trials trials_of(const Samples& samples, std::size_t objective) {
  const std::vector<std::uint8_t>& held = samples.objectives[objective];
  if (samples.cluster <= 1)
    return {static_cast<double>(std::count(held.begin(), held.end(), std::uint8_t{1})),
            held.size()};
  return independent_trials(held, clusters_of(held.size(), samples.cluster));
}

}  // namespace rollcast::experiment
