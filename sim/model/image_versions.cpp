/// Where versions of images come from, which of them are launched, and what happens to bad ones.
#include <algorithm>

#include "processes.hpp"
#include "purposes.hpp"
#include "rollcast/kernel/compose.hpp"

namespace rollcast::model {
namespace {

/// Entities of image builders lie beyond those of instances, so that their random numbers never
/// meet.
constexpr std::uint64_t kBuilders = std::uint64_t{1} << 40;

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
    const TimePoint end = run_.sim.now();
    const Duration billed = run_.billed_since(since_);
    run_.ledger.add_for_image(CostKind::instances, CostPhase::deployment,
                              instance_price(group_, Duration::zero(), billed), since_, end);
    run_.ledger.add_for_image(CostKind::licences, CostPhase::deployment,
                              hourly(group_.licence_per_hour, billed), since_, end);
    run_.existing.add(-1);
  }

 private:
  Replication& run_;
  const Group& group_;
  TimePoint since_;
};

/// Whether anybody would mend a bad version.
bool can_be_mended(const Image& image) {
  return image.renewal && (image.renewal->by.valid() || image.renewal->takes);
}

/// Who makes the versions; invalid: somebody else.
StaffId maker(const Image& image) {
  if (image.renewal) return image.renewal->by;
  return image.make ? image.make->by : StaffId{};
}

/// Where versions of an own image are made.
RegionId home_of(const Replication& run, ImageId id) {
  const Image& image = run.world.images[id];
  if (image.make) return run.world.groups[image.make->from].region;
  return image.import ? image.import->to : image.exists_in.front();
}

/// Creates one version from what its maker prepared, with or without an error in it.
Task<std::uint32_t> create_version(Replication& run, ImageId id, bool faulty) {
  const Image& image = run.world.images[id];
  const std::size_t number = run.images[id].versions.size();
  Duration takes = run.draw(image.create.takes, purpose::image_create, run.luck(id), number);
  takes += length_of_data(image.size_gb, image.create.gb_per_second);
  co_await run.sim.delay(takes);
  const std::uint32_t created = note_version(run, id, faulty, run.sim.now());
  run.tell(image.name, [&] { return fmt::format("version {} created", created + 1); });
  co_return created;
}

/// True: the test finds that the version is bad.
Task<bool> test_finds_it_bad(Replication& run, ImageId id, std::uint32_t number, CostPhase phase) {
  const ImageTest& test = *run.world.images[id].test;
  const Duration effort = run.draw(test.effort, purpose::image_test, run.luck(id), number);
  const WorkWords words{"testing an image", InstanceId{}, true};
  co_await work_once(run, test.by, effort, phase, false, words);
  const bool found = run.chance(test.catches, purpose::image_test_catches, run.luck(id), number);
  co_return found&& run.images[id].versions[number].build.defective;
}

/// People prepare the next version: they mend what is bad, or bring it up to date. True: they leave
/// an error in it.
Task<bool> prepare_version(Replication& run, ImageId id, CostPhase phase, bool mending) {
  const Image& image = run.world.images[id];
  ImageState& state = run.images[id];
  const StaffId by = maker(image);
  const std::size_t number = state.versions.size();
  Duration effort =
      mending && state.faulty_effort > Duration::zero() ? state.faulty_effort : state.set_up_effort;
  if (image.renewal && image.renewal->work)
    effort = run.draw(*image.renewal->work, purpose::image_work, run.luck(id), number);
  const WorkWords words{mending ? "mending an image" : "updating an image", InstanceId{}, true};
  co_await work_once(run, by, effort, phase, false, words);
  const Staff& people = run.world.staff[by];
  const double slips = people.step_error.value() * (1.0 - people.verification_catches.value());
  co_return run.chance(Probability{slips}, purpose::image_work_error, run.luck(id), number);
}

/// The next version of somebody else's image.
Task<std::uint32_t> receive_version(Replication& run, ImageId id, bool mending) {
  const Image& image = run.world.images[id];
  if (mending) {
    const std::size_t number = run.images[id].versions.size();
    co_await run.sim.delay(
        run.draw(*image.renewal->takes, purpose::image_mended, run.luck(id), number));
  }
  const std::uint32_t number = note_version(run, id, false, run.sim.now());
  run.tell(image.name, [&] { return fmt::format("its maker brings version {}", number + 1); });
  co_return number;
}

/// The next version, by whoever makes it.
Task<std::uint32_t> next_version(Replication& run, ImageId id, CostPhase phase, bool mending) {
  const Image& image = run.world.images[id];
  if (!maker(image).valid()) {
    auto reception = receive_version(run, id, mending);
    const auto received = co_await reception;
    co_return received;
  }
  auto preparation = prepare_version(run, id, phase, mending);
  const bool faulty = co_await preparation;
  auto creation = create_version(run, id, faulty);
  const auto created = co_await creation;
  co_return created;
}

/// Replaces the newest version by the next one: it is made, tested, kept and copied; what nobody
/// needs any more goes.
Task<> bring_next_version(Replication& run, ImageId id, CostPhase phase, bool mending) {
  const Image& image = run.world.images[id];
  ImageState& state = run.images[id];
  kernel::Token place;
  const bool ours = image.kind == ImageKind::custom;
  if (ours) {
    auto free_place = find_image_place(run, id, home_of(run, id));
    place = co_await free_place;
  }
  auto making = next_version(run, id, phase, mending);
  std::uint32_t number = co_await making;
  if (image.test) {
    auto testing = test_until_good(run, id, number, phase);
    const auto tested = co_await testing;
    if (!tested) co_return;
    number = *tested;
  }
  if (state.destroyed->is_open()) co_return;
  ++run.tally.image_versions;
  if (ours) {
    make_available(run, id, number, home_of(run, id), std::move(place),
                   state.versions[number].build.made);
    copy_everywhere(run, id, number, phase);
  } else {
    for (const RegionId region : image.exists_in)
      make_available(run, id, number, region, kernel::Token{}, run.sim.now());
  }
  if (image.renewal->rollout)
    run.sim.spawn({"roll-out of image", id.index()}, roll_out_image(run, id, number, phase));
}

std::optional<std::uint32_t> find_newest_good(const ImageState& state, RegionId region) {
  for (std::size_t number = state.versions.size(); number-- > 0;) {
    const ImageVersion& version = state.versions[number];
    if (!version.known_bad && copy_in(version, region) != nullptr)
      return static_cast<std::uint32_t>(number);
  }
  return std::nullopt;
}

/// A version that its test refused was stored up to now, where it was made or found.
void book_refused_version(Replication& run, ImageId id, std::uint32_t number) {
  const Image& image = run.world.images[id];
  const bool found = number == 0 && !image.make && !image.import;
  const TimePoint since = std::max(kStart, run.images[id].versions[number].build.made);
  if (!found) return book_image_copy(run, id, {home_of(run, id), since, {}}, run.sim.now());
  for (const RegionId region : image.exists_in)
    book_image_copy(run, id, {region, since, {}}, run.sim.now());
}

}  // namespace

const StoredCopy* copy_in(const ImageVersion& version, RegionId region) {
  for (const StoredCopy& copy : version.copies)
    if (copy.region == region) return &copy;
  return nullptr;
}

bool has_good_version(const Replication& run, ImageId id, RegionId region) {
  return run.images[id].newest_good[region.index()].has_value();
}

Duration length_of_data(double gb, double gb_per_second) {
  return gb_per_second > 0.0 ? from_seconds(gb / gb_per_second) : Duration::zero();
}

std::uint32_t note_version(Replication& run, ImageId id, bool faulty, TimePoint built) {
  const Image& image = run.world.images[id];
  ImageState& state = run.images[id];
  const std::size_t number = state.versions.size();
  const bool bad =
      image.bad ? run.chance(*image.bad, purpose::image_bad, run.luck(id), number) : faulty;
  ImageVersion& version = state.versions.emplace_back();
  version.compromised = state.compromised;
  const bool defective = bad || state.compromised;
  version.build = {id, static_cast<std::uint32_t>(number), built, defective, defective};
  return static_cast<std::uint32_t>(number);
}

Task<std::optional<std::uint32_t>> test_until_good(Replication& run, ImageId id,
                                                   std::uint32_t number, CostPhase phase) {
  const Image& image = run.world.images[id];
  ImageState& state = run.images[id];
  for (;;) {
    auto testing = test_finds_it_bad(run, id, number, phase);
    const bool found = co_await testing;
    if (!found) co_return number;
    state.versions[number].known_bad = true;
    book_refused_version(run, id, number);
    state.compromised = false;  // whoever mends it sees to that too
    if (!maker(image).valid() && !can_be_mended(image)) {
      run.tell(image.name, [] { return std::string("test finds it bad; nobody mends it"); });
      co_return std::nullopt;
    }
    run.tell(image.name, [] { return std::string("test finds it bad; it is mended"); });
    auto mending = next_version(run, id, phase, true);
    number = co_await mending;
  }
}

Task<> build_first_version(Replication& run, ImageId id) {
  const Image& image = run.world.images[id];
  ImageState& state = run.images[id];
  const RegionId home = home_of(run, id);
  auto free_place = find_image_place(run, id, home);
  auto image_held = co_await free_place;
  Place room;
  std::optional<Builder> builder;
  bool faulty = false;
  if (image.make) {
    SetupOrder order;
    order.group = image.make->from;
    order.by = image.make->by;
    order.entity = kBuilders + run.luck(id);
    order.for_image = true;
    order.priority = kImages;
    order.room = &room;
    order.begins = [&] {
      builder.emplace(run, image.make->from);
      run.tell(image.name, [&] {
        return fmt::format("set-up by {} begins", run.world.staff[image.make->by].name);
      });
    };
    const SetupResult setup = co_await set_up_by_hand(run, order);
    state.set_up_effort = setup.effort;
    state.faulty_effort = setup.faulty_effort;
    faulty = setup.defective;
  } else {
    run.tell(image.name, [] { return std::string("import begins"); });
  }
  auto creation = create_version(run, id, faulty);
  std::uint32_t number = co_await creation;
  if (image.test) {
    auto testing = test_until_good(run, id, number, CostPhase::deployment);
    const auto tested = co_await testing;
    if (!tested) co_return;
    number = *tested;
  }
  make_available(run, id, number, home, std::move(image_held), state.versions[number].build.made);
}

Task<> renew_image(Replication& run, ImageId id) {
  const ImageRenewal& plan = *run.world.images[id].renewal;
  ImageState& state = run.images[id];
  TimePoint next = plan.every ? saturating_add(run.sim.now(), *plan.every) : kNever;
  for (;;) {
    if (!state.to_be_mended) {
      auto due = run.sim.until(next);
      auto found = state.found_bad->next();
      co_await kernel::first_of(due, found);
    }
    if (state.destroyed->is_open()) co_return;
    const bool mending = std::exchange(state.to_be_mended, false);
    auto renewal = bring_next_version(
        run, id, mending ? CostPhase::in_incidents : CostPhase::running, mending);
    co_await renewal;
    while (next <= run.sim.now()) next = saturating_add(next, *plan.every);
  }
}

std::uint32_t version_to_launch(const Replication& run, ImageId id, RegionId region) {
  const ImageState& state = run.images[id];
  ROLLCAST_ASSERT(!state.versions.empty(), "image {} has no version", id.index());
  if (const auto good = state.newest_good[region.index()]) return *good;
  for (std::size_t number = state.versions.size(); number-- > 0;)
    if (copy_in(state.versions[number], region) != nullptr)
      return static_cast<std::uint32_t>(number);
  return static_cast<std::uint32_t>(state.versions.size() - 1);
}

void open_for_launches(Replication& run, ImageId id) {
  ImageState& state = run.images[id];
  const bool waits = can_be_mended(run.world.images[id]);
  for (std::size_t index = 0; index < state.available.size(); ++index) {
    const RegionId region{index};
    const bool there = std::any_of(
        state.versions.begin(), state.versions.end(),
        [region](const ImageVersion& version) { return copy_in(version, region) != nullptr; });
    state.newest_good[index] = find_newest_good(state, region);
    if (state.newest_good[index] || (there && !waits))
      state.available[index]->open();
    else
      state.available[index]->close();
  }
  replace_bad_standbys(run, id);
}

void find_bad(Replication& run, ImageId id, std::uint32_t number) {
  ImageState& state = run.images[id];
  ImageVersion& version = state.versions[number];
  if (version.known_bad) return;
  version.known_bad = true;
  if (version.compromised && std::exchange(state.compromised, false))
    run.ledger.add(CostKind::incidents, CostPhase::in_incidents,
                   run.world.images[id].compromise_cost, run.sim.now(), run.sim.now());
  open_for_launches(run, id);
  const bool newest = number + 1 == state.versions.size();
  if (!newest || state.destroyed->is_open() || !can_be_mended(run.world.images[id])) return;
  run.tell(run.world.images[id].name,
           [&] { return fmt::format("version {} is known to be bad; it is mended", number + 1); });
  state.to_be_mended = true;
  state.found_bad->trigger();
}

Task<bool> await_good_image(Replication& run, ImageId id, RegionId region) {
  ImageState& state = run.images[id];
  while (!has_good_version(run, id, region)) {
    const bool comes = !state.destroyed->is_open() && can_be_mended(run.world.images[id]);
    if (!comes) co_return false;
    run.tell(run.world.images[id].name, [] { return std::string("a recovery waits for it"); });
    auto there = state.available[region.index()]->opened();
    auto gone = state.destroyed->opened();
    co_await kernel::first_of(there, gone);
  }
  co_return true;
}

}  // namespace rollcast::model
