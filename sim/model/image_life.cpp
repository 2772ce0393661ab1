#include "processes.hpp"
#include "purposes.hpp"

namespace rollcast::model {
namespace {

/// Entities of image builders lie beyond those of instances, so that their random numbers never
/// meet.
constexpr std::uint64_t kBuilders = std::uint64_t{1} << 40;

/// One share with another account: from when the image is there to when it is taken back.
Task<> share_image(Replication& run, ImageId id, const Image::Share& share) {
  ImageState& state = run.images[id];
  const std::string& name = run.world.images[id].name;
  const std::string& region = run.world.regions[share.region].name;
  co_await state.available[share.region.index()]->opened();
  if (share.from > run.sim.now()) {
    co_await run.sim.until(share.from);
  }
  if (state.destroyed) co_return;
  ++state.shares;
  run.tell(name, [&] { return fmt::format("shared with {} in {}", share.account, region); });
  co_await run.sim.until(std::max(share.until, run.sim.now()));
  --state.shares;
  run.tell(name, [&] { return fmt::format("shared with {} no longer", share.account); });
  state.unshared->trigger();
}

/// Destroys an image at its time; while it is shared that is refused, and done when the last share
/// has ended.
Task<> destroy_image(Replication& run, ImageId id) {
  ImageState& state = run.images[id];
  const std::string& name = run.world.images[id].name;
  co_await run.sim.until(run.world.images[id].destroyed);
  while (state.shares > 0) {
    run.tell(name,
             [&] { return fmt::format("cannot be destroyed: shared with {}", state.shares); });
    co_await state.unshared->next();
  }
  for (const ImageState::Stored& copy : state.copies) book_image_copy(run, id, copy, run.sim.now());
  state.copies.clear();
  state.destroyed = true;
  for (auto& gate : state.available) gate->close();
  run.tell(name, [] { return std::string("destroyed"); });
}

/// Keeps one copy: from now on it can be launched from in `region`.
void make_available(Replication& run, ImageId image, RegionId region, kernel::Token place) {
  run.images[image].available[region.index()]->open();
  run.images[image].copies.push_back({region, run.sim.now(), std::move(place)});
  run.tally.images_ready = std::max(run.tally.images_ready, run.sim.now());
  run.tell(run.world.images[image].name,
           [&] { return fmt::format("available in {}", run.world.regions[region].name); });
}

/// A place in the region's quota of custom images.
kernel::Acquire image_place(Replication& run, RegionId region) {
  return run.regions[region].image_places->acquire();
}

Task<> copy_image(Replication& run, ImageId image, RegionId to) {
  const std::uint64_t entity = image.index() * 1024 + to.index();
  auto free_place = image_place(run, to);
  auto place = co_await free_place;
  co_await run.sim.delay(run.draw(run.world.images[image].copy, purpose::image_copy, entity,
                                  run.images[image].version));
  make_available(run, image, to, std::move(place));
}

/// An image that exists is there at once, as good as its version is.
void find_existing(Replication& run, ImageId id) {
  const Image& image = run.world.images[id];
  ImageState& state = run.images[id];
  state.compromised = run.chance(image.compromised, purpose::image_compromised, id.index());
  state.bad = image_is_bad(run, id, 0) || state.compromised;
  for (const RegionId region : image.exists_in) {
    kernel::Token place;  // only the account's own images count: a shared one stays with its owner
    if (image.kind == ImageKind::custom) place = run.regions[region].image_places->try_acquire();
    make_available(run, id, region, std::move(place));
  }
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
                    instance_price(group_, Duration::zero(), billed), since_, end);
    run_.ledger.add(CostKind::licences, CostPhase::deployment,
                    hourly(group_.licence_per_hour, billed), since_, end);
    run_.existing.add(-1);
  }

 private:
  Replication& run_;
  const Group& group_;
  TimePoint since_;
};

/// Sets up one instance by hand, makes the image, tests it, and repeats what the test finds wrong.
Task<kernel::Token> make_image(Replication& run, ImageId id) {
  const Image& image = run.world.images[id];
  const MakeImage& making = *image.make;
  ImageState& state = run.images[id];
  const Group& group = run.world.groups[making.from];
  auto free_image = image_place(run, group.region);
  auto image_held = co_await free_image;
  auto place = run.regions[group.region].zones[0]->held.acquire();
  auto held = co_await place;
  Builder builder(run, making.from);
  run.tell(image.name,
           [&] { return fmt::format("set-up by {} begins", run.world.staff[making.by].name); });
  SetupOrder order;
  order.group = making.from;
  order.by = making.by;
  order.entity = kBuilders + id.index();
  order.priority = kImages;
  SetupResult setup = co_await set_up_by_hand(run, order);
  for (;;) {
    const std::uint64_t index = state.version;
    co_await run.sim.delay(run.draw(making.create, purpose::image_create, id.index(), index));
    state.bad = image.bad ? image_is_bad(run, id, state.version) : setup.defective;
    run.tell(image.name, [&] { return fmt::format("version {} created", state.version + 1); });
    const Duration test = run.draw(making.test, purpose::image_test, id.index(), index);
    co_await work_once(run, making.by, test, CostPhase::deployment, false, "testing an image");
    const bool found = state.bad && run.chance(making.test_catches, purpose::image_test_catches,
                                               id.index(), index);
    if (!found) break;
    run.tell(image.name, [&] { return std::string("test finds it bad; it is mended"); });
    const Duration mending = setup.defective ? setup.faulty_effort : setup.effort;
    co_await work_once(run, making.by, mending, CostPhase::deployment, false, "mending an image");
    setup.defective = false;
    ++state.version;
  }
  co_return std::move(image_held);
}

}  // namespace

bool image_is_bad(const Replication& run, ImageId image, std::uint32_t version) {
  const auto& bad = run.world.images[image].bad;
  return bad && run.chance(*bad, purpose::image_bad, image.index(), version);
}

void book_image_copy(Replication& run, ImageId id, const ImageState::Stored& copy, TimePoint end) {
  const Image& image = run.world.images[id];
  if (image.kind != ImageKind::custom) return;
  const bool complete = static_cast<std::int64_t>(run.entries.size()) == run.desired();
  const TimePoint ready = complete ? run.entries.back() : end;
  const Money price = run.world.regions[copy.region].storage_per_gb_month;
  const TimePoint border = std::clamp(ready, copy.since, end);
  run.ledger.add(CostKind::storage, CostPhase::deployment,
                 storage_price(price, image.size_gb, border - copy.since), copy.since, border);
  run.ledger.add(CostKind::storage, CostPhase::running,
                 storage_price(price, image.size_gb, end - border), border, end);
}

Task<> provide_image(Replication& run, ImageId id) {
  const Image& image = run.world.images[id];
  for (const Image::Share& share : image.shares)
    run.sim.spawn("share of image", share_image(run, id, share));
  if (image.destroyed != kNever) run.sim.spawn("end of image", destroy_image(run, id));
  if (image.make) {
    auto making = make_image(run, id);
    auto place = co_await making;
    make_available(run, id, run.world.groups[image.make->from].region, std::move(place));
  } else {
    find_existing(run, id);
  }
  for (const RegionId region : image.copied_to)
    run.sim.spawn({"copy of image", id.index()}, copy_image(run, id, region));
}

}  // namespace rollcast::model
