/// Where images are: they are found or built, copied, shared and destroyed.
#include <algorithm>

#include "processes.hpp"
#include "purposes.hpp"
#include "waiting.hpp"

namespace rollcast::model {
namespace {

/// One share with another account: from when the image is there to when it is taken back.
Task<> share_image(Replication& run, ImageId id, const Image::Share& share) {
  ImageState& state = run.images[id];
  const std::string& name = run.world.images[id].name;
  const std::string& region = run.world.regions[share.region].name;
  co_await state.available[share.region.index()]->opened();
  if (share.from > run.sim.now()) {
    co_await run.sim.until(share.from);
  }
  if (state.destroyed->is_open()) co_return;
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
  for (ImageVersion& version : state.versions) {
    for (const StoredCopy& copy : version.copies) book_image_copy(run, id, copy, run.sim.now());
    version.copies.clear();
  }
  for (auto& gate : state.available) gate->close();
  for (auto& good : state.newest_good) good.reset();
  state.destroyed->open();
  run.tell(name, [] { return std::string("destroyed"); });
}

/// Whether the fleet is launched from the image there.
bool is_needed(const Replication& run, ImageId id, RegionId region) {
  for (std::size_t index = 0; index < run.world.groups.size(); ++index) {
    const GroupId group{index};
    if (run.world.deployments[group].image == id && run.world.groups[group].region == region)
      return true;
  }
  return false;
}

/// Destroys what the newest versions in `region` have made superfluous there.
void retire_versions(Replication& run, ImageId id, RegionId region) {
  const auto& renewal = run.world.images[id].renewal;
  if (!renewal) return;
  ImageState& state = run.images[id];
  std::int64_t kept = 0;
  for (std::size_t number = state.versions.size(); number-- > 0;) {
    auto& copies = state.versions[number].copies;
    const auto here = std::find_if(copies.begin(), copies.end(), [region](const StoredCopy& copy) {
      return copy.region == region;
    });
    if (here == copies.end() || ++kept <= renewal->keep) continue;
    book_image_copy(run, id, *here, run.sim.now());
    copies.erase(here);
    run.tell(run.world.images[id].name, [&] {
      return fmt::format("version {} destroyed in {}", number + 1, run.world.regions[region].name);
    });
  }
}

/// One copy task: it waits for a place at its destination and for its turn, then it moves.
Task<> copy_version(Replication& run, ImageId id, std::uint32_t number, const ImageCopy& copy,
                    CostPhase phase) {
  const Image& image = run.world.images[id];
  auto free_place = find_image_place(run, id, copy.to);
  auto place = co_await free_place;
  CopyTask task{image.name, copy.to, copy.route, image.size_gb};
  task.image = id;
  if (copy.route.empty())
    task.takes =
        run.draw(image.copy, purpose::image_copy, run.luck(id) + run.luck(copy.to), number);
  auto moving = move_copy(run, task);
  const TimePoint begun = co_await moving;
  run.ledger.add_for_image(CostKind::transfer, phase, transfer_price(run, task), begun,
                           run.sim.now());
  make_available(run, id, number, copy.to, std::move(place), run.sim.now());
}

/// An image that exists is there at once, as good as its version is, unless it is to be tested
/// first.
Task<> find_existing(Replication& run, ImageId id) {
  const Image& image = run.world.images[id];
  std::vector<kernel::Token> places;
  for (std::size_t region = 0; region < image.exists_in.size(); ++region) {
    kernel::Token place;  // only the account's own images count: a shared one stays with its owner
    if (image.kind == ImageKind::custom)
      place = run.regions[image.exists_in[region]].image_places->try_acquire();
    places.push_back(std::move(place));
  }
  std::uint32_t number = note_version(run, id, false, image.built);
  if (image.test && image.test->first) {
    auto testing = test_until_good(run, id, number, CostPhase::deployment);
    const auto tested = co_await testing;
    if (!tested) co_return;
    number = *tested;
  }
  for (std::size_t region = 0; region < image.exists_in.size(); ++region)
    make_available(run, id, number, image.exists_in[region], std::move(places[region]),
                   std::max(kStart, run.images[id].versions[number].build.made));
}

}  // namespace

Task<kernel::Token> find_image_place(Replication& run, ImageId id, RegionId region) {
  kernel::Pool& places = *run.regions[region].image_places;
  kernel::Token place = places.try_acquire();
  if (place) co_return std::move(place);
  run.tell(run.world.images[id].name, [&] {
    return fmt::format("waits: the quota of images of {} is full", run.world.regions[region].name);
  });
  const Waiting waiting(run.sim, run.tally.wait_image_quota);
  auto free_place = places.acquire();
  place = co_await free_place;
  co_return std::move(place);
}

void make_available(Replication& run, ImageId id, std::uint32_t number, RegionId region,
                    kernel::Token place, TimePoint stored_since) {
  ImageState& state = run.images[id];
  if (state.destroyed->is_open()) return;
  state.versions[number].copies.push_back({region, stored_since, std::move(place)});
  if (!state.first) state.first = number;
  const bool first = number == *state.first;
  if (first && is_needed(run, id, region))
    run.tally.images_ready = std::max(run.tally.images_ready, run.sim.now());
  run.tell(run.world.images[id].name, [&] {
    const std::string& where = run.world.regions[region].name;
    if (first) return fmt::format("available in {}", where);
    return fmt::format("version {} available in {}", number + 1, where);
  });
  retire_versions(run, id, region);
  open_for_launches(run, id);
  state.arrived->trigger();
}

void copy_everywhere(Replication& run, ImageId id, std::uint32_t number, CostPhase phase) {
  const ImageState& state = run.images[id];
  for (const ImageCopy& copy : run.world.images[id].copied_to)
    if (number != state.first || !copy.exists)
      run.sim.spawn({"copy of image", id.index()}, copy_version(run, id, number, copy, phase));
}

void book_image_copy(Replication& run, ImageId id, const StoredCopy& copy, TimePoint end) {
  const Image& image = run.world.images[id];
  if (image.kind != ImageKind::custom) return;
  // What is kept after the roll-out has ended brings nothing into service any more.
  const bool complete = static_cast<std::int64_t>(run.entries.size()) == run.desired();
  const TimePoint ready = complete ? run.entries.back() : std::min(run.tally.rollout_ended, end);
  const Money price = run.world.regions[copy.region].storage_per_gb_month;
  const TimePoint border = std::clamp(ready, copy.since, end);
  run.ledger.add_for_image(CostKind::storage, CostPhase::deployment,
                           storage_price(price, image.size_gb, border - copy.since), copy.since,
                           border);
  run.ledger.add_for_image(CostKind::storage, CostPhase::running,
                           storage_price(price, image.size_gb, end - border), border, end);
}

Task<> provide_image(Replication& run, ImageId id) {
  const Image& image = run.world.images[id];
  for (const Image::Share& share : image.shares)
    run.sim.spawn("share of image", share_image(run, id, share));
  if (image.destroyed != kNever) run.sim.spawn("end of image", destroy_image(run, id));
  if (image.make || image.import) {
    auto building = build_first_version(run, id);
    co_await building;
  } else {
    auto finding = find_existing(run, id);
    co_await finding;
  }
  const auto first = run.images[id].first;
  if (!first) co_return;
  copy_everywhere(run, id, *first, CostPhase::deployment);
  if (image.renewal) {
    auto renewals = renew_image(run, id);
    co_await renewals;
  }
}

}  // namespace rollcast::model
