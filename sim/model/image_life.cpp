#include "processes.hpp"
#include "purposes.hpp"

namespace rollcast::model {
namespace {

/// Entities of image builders lie beyond those of instances, so that their random numbers never
/// meet.
constexpr std::uint64_t kBuilders = std::uint64_t{1} << 40;

/// Keeps one copy: from now on it can be launched from in `region`, and costs storage up to the
/// horizon. Storage before the fleet is ready belongs to the deployment; the ledger gets that part
/// when all accounts are closed.
void make_available(Replication& run, ImageId image, RegionId region) {
  run.images[image].available[region.index()]->open();
  run.images[image].stored_since.push_back({region, run.sim.now()});
  run.tally.images_ready = std::max(run.tally.images_ready, run.sim.now());
  run.tell(run.world.images[image].name,
           [&] { return fmt::format("available in {}", run.world.regions[region].name); });
}

Task<> copy_image(Replication& run, ImageId image, RegionId to) {
  const std::uint64_t entity = image.index() * 1024 + to.index();
  co_await run.sim.delay(run.draw(run.world.images[image].copy, purpose::image_copy, entity,
                                  run.images[image].version));
  make_available(run, image, to);
}

/// The instance that an image is made from: it holds a place in the quota and costs money like any
/// other.
class Builder {
 public:
  Builder(Replication& run, GroupId group)
      : run_(run), group_(run.world.groups[group]), since_(run.sim.now()) {
    run_.existing.add(1);
  }
  Builder(const Builder&) = delete;
  Builder& operator=(const Builder&) = delete;
  ~Builder() {
    if (run_.sim.now() >= run_.horizon && since_ >= run_.horizon) return;
    const TimePoint end = std::min(run_.sim.now(), run_.horizon);
    const Duration billed =
        billed_length(end - since_, run_.world.billing_granularity, run_.world.billing_minimum);
    run_.ledger.add(CostKind::instances, CostPhase::deployment,
                    instance_price(group_, Duration::zero(), billed));
    run_.ledger.add(CostKind::licences, CostPhase::deployment,
                    hourly(group_.licence_per_hour, billed));
    run_.existing.add(-1);
  }

 private:
  Replication& run_;
  const Group& group_;
  TimePoint since_;
};

/// Sets up one instance by hand, makes the image, tests it, and repeats what the test finds wrong.
Task<> make_image(Replication& run, ImageId id) {
  const Image& image = run.world.images[id];
  const MakeImage& making = *image.make;
  ImageState& state = run.images[id];
  const Group& group = run.world.groups[making.from];
  auto place = run.regions[group.region].zones[0]->held.acquire();
  auto held = co_await place;
  Builder builder(run, making.from);
  run.tell(image.name,
           [&] { return fmt::format("set-up by {} begins", run.world.staff[making.by].name); });
  SetupOrder order;
  order.group = making.from;
  order.by = making.by;
  order.entity = kBuilders + id.index();
  order.priority = -2;  // images come before servers: everything waits for them
  SetupResult setup = co_await set_up_by_hand(run, order);
  for (;;) {
    const std::uint64_t index = state.version;
    co_await run.sim.delay(run.draw(making.create, purpose::image_create, id.index(), index));
    state.bad = image.bad ? image_is_bad(run, id, state.version) : setup.defective;
    run.tell(image.name, [&] { return fmt::format("version {} created", state.version + 1); });
    const Duration test = run.draw(making.test, purpose::image_test, id.index(), index);
    co_await work_once(run, making.by, test, CostPhase::deployment, false);
    const bool found = state.bad && run.chance(making.test_catches, purpose::image_test_catches,
                                               id.index(), index);
    if (!found) break;
    run.tell(image.name, [&] { return std::string("test finds it bad; it is mended"); });
    const Duration mending = setup.defective ? setup.faulty_effort : setup.effort;
    co_await work_once(run, making.by, mending, CostPhase::deployment, false);
    setup.defective = false;
    ++state.version;
  }
}

}  // namespace

bool image_is_bad(const Replication& run, ImageId image, std::uint32_t version) {
  const auto& bad = run.world.images[image].bad;
  return bad && run.chance(*bad, purpose::image_bad, image.index(), version);
}

Task<> provide_image(Replication& run, ImageId id) {
  const Image& image = run.world.images[id];
  if (image.make) {
    co_await make_image(run, id);
    make_available(run, id, run.world.groups[image.make->from].region);
  } else {
    run.images[id].compromised =
        run.chance(image.compromised, purpose::image_compromised, id.index());
    run.images[id].bad = image_is_bad(run, id, 0) || run.images[id].compromised;
    for (const RegionId region : image.exists_in) make_available(run, id, region);
  }
  for (const RegionId region : image.copied_to)
    run.sim.spawn({"copy of image", id.index()}, copy_image(run, id, region));
}

}  // namespace rollcast::model
