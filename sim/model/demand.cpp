/// Demand that comes over time: the instances of a group are asked for in batches.
#include <algorithm>
#include <cmath>
#include <limits>

#include "processes.hpp"
#include "purposes.hpp"

namespace rollcast::model {
namespace {

constexpr double kHoursAWeek = 168.0;

/// When the next batch comes after `from` (both in hours since the start): the rate, added up from
/// there on, comes to `amount` (Cinlar 1975). Infinite when that is after `last`.
double next_batch(const Demand& demand, double from, double amount, double last) {
  if (demand.profile.empty()) return from + amount / demand.per_hour;
  double position = from + demand.begins;
  const double end = last + demand.begins;
  for (double hour = std::floor(position); position <= end; ++hour) {
    const auto of_week = static_cast<std::size_t>(std::fmod(hour, kHoursAWeek));
    const double rate = demand.per_hour * demand.profile[of_week];
    const double left = rate * (hour + 1.0 - position);
    if (amount < left) return position + amount / rate - demand.begins;
    amount -= left;
    position = hour + 1.0;
  }
  return std::numeric_limits<double>::infinity();
}

/// The batches of a group that come within the horizon.
std::vector<Demand::Batch> batches_of(const Replication& run, GroupId id) {
  const Group& group = run.world.groups[id];
  const Demand& demand = *group.demand;
  if (!demand.trace.empty()) return demand.trace;
  std::vector<Demand::Batch> batches;
  const double last = to_hours(run.horizon - kStart);
  double hours = 0.0;
  std::int64_t asked = 0;
  for (std::uint64_t number = 0; asked < group.count; ++number) {
    auto gap = run.stream(purpose::demand_gap, run.luck(id), number);
    hours = next_batch(demand, hours, gap.exponential(), last);
    if (!(hours <= last)) break;
    auto size = run.stream(purpose::demand_size, run.luck(id), number);
    const std::int64_t instances = std::llround(std::max(0.0, demand.size.sample(size)));
    batches.push_back({kStart + from_seconds(3600.0 * hours), instances});
    asked += instances;
  }
  return batches;
}

Task<> ask_for(Replication& run, GroupId group, TimePoint at, std::int64_t batch) {
  co_await run.sim.until(at);
  run.shift_missing(static_cast<double>(batch));
  run.tell(run.world.groups[group].name, [&] { return fmt::format("{} more asked for", batch); });
}

}  // namespace

void state_demand(Replication& run) {
  for (std::size_t index = 0; index < run.groups.size(); ++index) {
    const Group& group = run.world.groups[GroupId{index}];
    if (!group.demand) continue;
    const std::size_t first = run.groups[GroupId{index}].first.index();
    const auto count = static_cast<std::size_t>(group.count);
    std::size_t member = 0;
    for (const Demand::Batch& batch : batches_of(run, GroupId{index}))
      for (std::int64_t i = 0; i < batch.instances && member < count; ++i)
        run.instances[first + member++].asked = batch.at;
    for (; member < count; ++member) run.instances[first + member].asked = kNever;
  }
}

void bring_demand(Replication& run) {
  for (std::size_t index = 0; index < run.groups.size(); ++index) {
    const GroupId group{index};
    if (!run.world.groups[group].demand) continue;
    std::size_t next = run.groups[group].first.index();
    const std::size_t end = next + static_cast<std::size_t>(run.world.groups[group].count);
    while (next < end) {
      const TimePoint at = run.instances[next].asked;
      std::int64_t batch = 0;
      for (; next < end && run.instances[next].asked == at; ++next) ++batch;
      if (at > kStart && at <= run.horizon)
        run.sim.spawn({"demand", index}, ask_for(run, group, at, batch));
    }
  }
}

}  // namespace rollcast::model
