#include "copy_network.hpp"

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

}  // namespace rollcast::model
