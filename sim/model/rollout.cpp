#include "processes.hpp"
#include "purposes.hpp"

namespace rollcast::model {
namespace {

std::int64_t troubled(const Replication& run, const Batch& batch) {
  std::int64_t count = 0;
  for (const InstanceId id : batch.instances) count += run.instances[id.index()].troubled ? 1 : 0;
  return count;
}

/// A hidden defect of `id` shows after `delay` of watching, unless it was found or repaired before.
Task<> find_in_soak(Replication& run, InstanceId id, Duration delay) {
  co_await run.sim.delay(delay);
  Instance& self = run.instance(id);
  const bool hidden = self.build.defective && !self.defect_found && self.at_rest;
  if (!hidden) co_return;
  self.at_rest = false;
  self.life.interrupt();
}

/// Watches a batch for its soak: hidden defects show sooner than in normal service.
Task<> soak(Replication& run, const Batch& batch, std::uint64_t number) {
  const Duration length = run.draw(run.world.rollout.soak, purpose::batch_soak, number);
  if (length == Duration::zero()) co_return;
  run.tell("roll-out", [&] { return fmt::format("batch {} soaks", number + 1); });
  run.mark_rollout(Activity::soaking);
  for (const InstanceId id : batch.instances) {
    const Instance& self = run.instance(id);
    if (!self.build.defective || self.defect_found || self.entered == kNever) continue;
    const Duration delay =
        run.draw(run.world.defects.detection_soak, purpose::defect_soak, id.index());
    if (delay < length) run.sim.spawn("watching", find_in_soak(run, id, delay));
  }
  run.tally.wait_soak += to_hours(length);
  co_await run.sim.delay(length);
}

/// True: more of the batch has failed than the roll-out allows.
bool must_stop(Replication& run, const Batch& batch) {
  const auto& limit = run.world.rollout.stop_above;
  if (!limit) return false;
  const auto size = static_cast<double>(batch.instances.size());
  return static_cast<double>(troubled(run, batch)) > limit->value() * size;
}

/// Somebody looks at what was done and lets the next batch start.
Task<> be_approved(Replication& run, std::uint64_t batch) {
  const Rollout& plan = run.world.rollout;
  if (!plan.approval_by.valid()) co_return;
  const TimePoint asked = run.sim.now();
  run.tell("roll-out",
           [&] { return fmt::format("waits for the approval of batch {}", batch + 1); });
  run.mark_rollout(Activity::awaiting_approval);
  const Duration effort = run.draw(plan.approval_effort, purpose::approval, batch);
  auto work = work_once(run, plan.approval_by, effort, CostPhase::deployment, false, "approval");
  co_await work;
  run.tally.wait_approval += to_hours(run.sim.now() - asked);
}

void plan_batches(Replication& run) {
  std::size_t next = 0;
  for (const std::int64_t size : run.world.rollout.sizes) {
    Batch& batch = run.batches.emplace_back();
    for (std::int64_t member = 0; member < size; ++member) batch.instances.emplace_back(next++);
    batch.settled = std::make_unique<kernel::Latch>(run.sim, size);
  }
  ROLLCAST_ASSERT(next == run.instances.size(), "batches of {} for {} instances", next,
                  run.instances.size());
}

}  // namespace

Task<> roll_out(Replication& run) {
  plan_batches(run);
  const std::size_t last = run.batches.size() - 1;
  for (std::size_t number = 0; number <= last; ++number) {
    Batch& batch = run.batches[number];
    run.tell("roll-out", [&] {
      return fmt::format("batch {} of {} starts", number + 1, batch.instances.size());
    });
    run.mark_rollout(Activity::bringing_up);
    for (const InstanceId id : batch.instances)
      run.instance(id).life =
          run.sim.spawn({"instance", id.index()}, instance_life(run, id, batch));
    co_await batch.settled->done();
    co_await soak(run, batch, number);
    if (must_stop(run, batch)) {
      run.tally.aborted = true;
      run.tell("roll-out", [&] {
        return fmt::format("stopped: {} of {} failed", troubled(run, batch),
                           batch.instances.size());
      });
      break;
    }
    if (number == last) break;
    const Duration pause = run.draw(run.world.rollout.pause, purpose::batch_pause, number);
    run.tally.wait_soak += to_hours(pause);
    if (pause > Duration::zero()) {
      run.mark_rollout(Activity::pausing);
      co_await run.sim.delay(pause);
    }
    auto approval = be_approved(run, number + 1);
    co_await approval;
  }
  run.tally.rollout_ended = run.sim.now();
  run.mark_rollout(Activity::over);
  run.tell("roll-out", [] { return std::string("ended"); });
}

}  // namespace rollcast::model
