#include "copy_network.hpp"

#include "processes.hpp"
#include "rollcast/kernel/compose.hpp"
#include "waiting.hpp"

namespace rollcast::model {
namespace {

/// What each of `copies` copies on `link` gets, in GB/s.
double share_of(const Link& link, std::int64_t copies) {
  const double even = link.gb_per_second / static_cast<double>(copies);
  return std::min(even, link.gb_per_second_of_a_copy.value_or(even));
}

}  // namespace

CopyNetwork::CopyNetwork(kernel::Simulation& sim, const Network& plan) : sim_(sim), plan_(plan) {
  if (plan.tasks) tasks_ = std::make_unique<kernel::Pool>(sim, *plan.tasks);
  for (std::size_t link = 0; link < plan.links.size(); ++link) lines_.emplace_back(sim);
}

kernel::Task<void> CopyNetwork::pass(std::size_t link, double gb, double& waited) {
  const Link& what = plan_.links[link];
  Line& line = lines_[link];
  kernel::Token turn;
  if (!plan_.shared) {
    const Waiting waiting(sim_, waited);
    auto my_turn = line.turn.acquire();
    turn = co_await my_turn;
  }
  ++line.copies;
  line.changed.trigger();
  double left = gb;
  while (left > 0.0) {
    const double rate = share_of(what, line.copies);
    const TimePoint since = sim_.now();
    auto passed = sim_.delay(from_seconds(left / rate));
    auto changed = line.changed.next();
    co_await kernel::first_of(passed, changed);
    left = passed.done() ? 0.0 : left - to_seconds(sim_.now() - since) * rate;
  }
  --line.copies;
  line.changed.trigger();
}

Task<TimePoint> move_copy(Replication& run, CopyTask copy) {
  kernel::Token turn;
  if (kernel::Pool* tasks = run.network.tasks(); tasks != nullptr) {
    turn = tasks->try_acquire();
    if (!turn) {
      run.tell(copy.what, [&] {
        return fmt::format("copy to {} waits for its turn", run.world.regions[copy.to].name);
      });
      const Waiting waiting(run.sim, run.tally.wait_copy_tasks);
      auto my_turn = tasks->acquire();
      turn = co_await my_turn;
    }
  }
  const TimePoint begun = run.sim.now();
  if (copy.image.valid()) run.mark_copy(copy.image, copy.to, Activity::copying);
  for (const std::size_t link : copy.route) {
    auto passage = run.network.pass(link, copy.gb, run.tally.wait_copy_tasks);
    co_await passage;
  }
  if (copy.route.empty()) {
    co_await run.sim.delay(copy.takes);
  }
  if (copy.image.valid()) run.mark_copy(copy.image, copy.to, Activity::over);
  co_return begun;
}

Money transfer_price(const Replication& run, const CopyTask& copy) {
  const Network& network = run.world.network;
  Money per_gb = copy.route.empty() ? network.price_per_gb : Money{};
  for (const std::size_t link : copy.route) per_gb += network.links[link].price_per_gb;
  return per_gb * copy.gb;
}

}  // namespace rollcast::model
