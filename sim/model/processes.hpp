#pragma once
/// The processes of the model: each a story told over the Replication, which outlives them all.
#include <functional>

#include "replication.hpp"

namespace rollcast::model {

// ---- images (image_life.cpp)
// ------------------------------------------------------------------------------------------

/// Brings one image to every region where the strategy needs it: makes it first if it has to be
/// made, then copies it, all regions at once.
Task<> provide_image(Replication& run, ImageId image);

/// Waits for a place in the region's quota of custom images.
Task<kernel::Token> find_image_place(Replication& run, ImageId image, RegionId region);

/// Keeps one copy of a version: from now on it can be launched from in `region`, and what it makes
/// superfluous there is destroyed. It has been stored, and so is paid for, since its creation.
void make_available(Replication& run, ImageId image, std::uint32_t version, RegionId region,
                    kernel::Token place, TimePoint stored_since);

/// Starts the copy tasks of a version that is available in its home region.
void copy_everywhere(Replication& run, ImageId image, std::uint32_t version, CostPhase phase);

/// Books the storage of one copy of a custom image up to `end`: before the fleet was ready as
/// deployment, then as running.
void book_image_copy(Replication& run, ImageId image, const StoredCopy& copy, TimePoint end);

/// One copy of something to another region.
struct CopyTask {
  std::string what;  ///< for people
  RegionId to;
  std::vector<std::size_t> route;  ///< as ImageCopy::route; empty: it takes `takes`
  double gb = 0.0;
  Duration takes{};
  ImageId image{};  ///< whose copy timelines show; invalid: of a backup
};

/// Waits for its turn among the account's copy tasks, then moves: along its route, whose links it
/// shares with other copies, or for as long as it takes. The result is when it began to move
/// (copy_network.cpp).
Task<TimePoint> move_copy(Replication& run, CopyTask copy);

/// What moving it costs.
[[nodiscard]] Money transfer_price(const Replication& run, const CopyTask& copy);

// ---- versions of images (image_versions.cpp)
// -----------------------------------------------------------------------------------------

/// Makes the first version: an instance is set up by hand or a file is imported; it is created,
/// tested, mended as long as the test finds it bad, and available in its home region.
Task<> build_first_version(Replication& run, ImageId image);

/// The next versions, on a cadence or because the newest is known to be bad. Each is work, creation
/// (off the fleet: it needs no place among the instances), test and copies; the old one stays in
/// use until then. Never ends.
Task<> renew_image(Replication& run, ImageId image);

/// Notes a version that is there now, made at `built`. Where the image has a stated chance of being
/// bad, it is one draw keyed by image and version, for all copies and strategies; else it is bad
/// when it is `faulty`.
std::uint32_t note_version(Replication& run, ImageId image, bool faulty, TimePoint built);

/// Tests a version and what is mended of it until the test finds nothing; none: it found something,
/// and nobody mends it.
Task<std::optional<std::uint32_t>> test_until_good(Replication& run, ImageId image,
                                                   std::uint32_t version, CostPhase phase);

/// The version that a launch in `region` uses: the newest there that is not known to be bad, else
/// the newest there.
[[nodiscard]] std::uint32_t version_to_launch(const Replication& run, ImageId image,
                                              RegionId region);

/// Opens and closes the image's gates: a launch waits where there is no version, or only versions
/// that are known to be bad while somebody can mend them.
void open_for_launches(Replication& run, ImageId image);

/// It becomes known that a version is bad. Where it is the newest one, its maker mends it.
void find_bad(Replication& run, ImageId image, std::uint32_t version);

/// The copy of a version in `region`; null: there is none.
[[nodiscard]] const StoredCopy* copy_in(const ImageVersion& version, RegionId region);

/// Whether a version in `region` is not known to be bad.
[[nodiscard]] bool has_good_version(const Replication& run, ImageId image, RegionId region);

/// True once there is a version in `region` that is not known to be bad; false: none will come,
/// because nobody mends it or the image is destroyed.
Task<bool> await_good_image(Replication& run, ImageId image, RegionId region);

/// How long an image's data take; nothing at a rate of 0.
[[nodiscard]] Duration length_of_data(double gb, double gb_per_second);

// ---- launching from an image (provision.cpp)
// --------------------------------------------------------------------------

enum class LaunchResult { ready, given_up };

/// What a launch is for. `first` launches count towards the waiting times of the roll-out; the
/// others replace an instance.
struct LaunchOrder {
  /// The first launch of a desired instance.
  LaunchOrder(const Deployment& plan, CostPhase of)
      : image(plan.image), script(plan.script ? &*plan.script : nullptr), phase(of) {}
  /// A replacement.
  LaunchOrder(ImageId from, const Script* then)
      : image(from), script(then), phase(CostPhase::in_incidents), first(false) {}
  /// A replacement from a backup of an instance with this build, which must outlive the launch; the
  /// fee of its image, if any, goes on.
  explicit LaunchOrder(const Build& copy)
      : image(copy.image),
        script(nullptr),
        backup(&copy),
        phase(CostPhase::in_incidents),
        first(false) {}
  ImageId image;  ///< invalid: of a server set up by hand (only with `backup`)
  const Script* script;
  const Build* backup = nullptr;
  CostPhase phase = CostPhase::deployment;
  bool first = true;
  bool once = false;  ///< one attempt, whatever the number that is allowed
};

/// The wait for a launch slot of the region where `id` is, which is to be held for a whole launch;
/// over at once where launches are not limited.
[[nodiscard]] kernel::Acquire launch_slot(Replication& run, InstanceId id);

/// Launches `id` until it is ready or every allowed attempt has failed. The instance has a place in
/// the zone's quota for as long as it exists. A ready instance's build is in `instance(id).build`.
/// REQUIRES that the caller holds a launch slot.
Task<LaunchResult> launch(Replication& run, InstanceId id, LaunchOrder order);

/// A place in the quota of instances held of one zone.
struct Place {
  std::uint32_t zone = 0;
  kernel::Token held;  ///< empty: there is none
};

/// Whether any zone of the region takes launches of the group now.
[[nodiscard]] bool takes_launches(const Replication& run, GroupId group, RegionId region);

/// A place in a zone of the region that takes launches of the group and has room: in `first_zone`
/// if it can be. None: empty.
Place take_place(Replication& run, GroupId group, RegionId region, std::uint32_t first_zone);

/// What a wait for a place in any zone of a region waits for: a place in one that takes launches of
/// the group, or that one takes them again. To be waited for by first_of; must not be moved then.
struct PlaceWait {
  PlaceWait(Replication& run, GroupId group, RegionId region);
  /// The place that it has got; empty: none, or its zone has been closed in the meantime.
  Place take();
  std::deque<kernel::Acquire> places;
  std::deque<kernel::SignalWait> openings;

 private:
  std::vector<std::unique_ptr<Zone>>& zones_;
  GroupId group_;
  std::vector<std::uint32_t> at_;  ///< the zone of each place
};

/// Waits for such a place.
Task<Place> find_place(Replication& run, GroupId group, RegionId region, std::uint32_t first_zone);

/// Waits for a place in the region where the instance is to be: in its own zone or, where that is
/// closed or full, another one.
Task<> enter_zone(Replication& run, InstanceId id);

/// How long a launch takes from `image`, or (invalid) from a backup of a server set up by hand;
/// and what the size of the image or backup adds.
[[nodiscard]] const RandomDuration& launch_time(const Replication& run, ImageId image);
[[nodiscard]] Duration longer_for_size(const Replication& run, double gigabytes);

// ---- manual work (manual.cpp)
// -----------------------------------------------------------------------------------------

/// Whose turn it is when people are short: images first (everything waits for them), then servers
/// in work and repairs, then new servers (0); first come, first served within each. Who was to have
/// people at their next opening, and gives way to one before it, is the next of its kind: one less.
inline constexpr int kImages = -4;
inline constexpr int kUrgent = -2;

/// What is set up by hand, by whom, and for what.
struct SetupOrder {
  GroupId group;  ///< whose software
  StaffId by;
  std::uint64_t entity = 0;  ///< keys the random numbers, with `index`
  std::uint64_t index = 0;
  int priority = 0;  ///< servers begun earlier go first
  CostPhase phase = CostPhase::deployment;
  bool on_call = false;    ///< may go on outside working hours
  bool for_image = false;  ///< an image is made from it
  InstanceId accept;  ///< this instance begins to exist with the first work on it, when it does not
                      ///< exist yet
  Place* room = nullptr;  ///< of what is no instance: where its place in the quota is put; its zone
                          ///< is the one that it would like best
  InstanceId take_out;    ///< this instance stops serving with the first work on it
  std::uint32_t generation = 0;  ///< of `accept`: work on one that was retired since begins nothing
  std::function<void()> begins;  ///< called with the first work on it; may be empty
};

struct SetupResult {
  bool defective = false;    ///< an error was left in
  Duration effort{};         ///< of all steps, without rework
  Duration faulty_effort{};  ///< effort of the steps in which an error was left
};

/// Sets up one server by hand: the graph of its software, each role's person doing one step at a
/// time and staying on the server as long as a next step is ready.
Task<SetupResult> set_up_by_hand(Replication& run, SetupOrder order);

/// What a server is made from whose set-up by hand has just ended so.
[[nodiscard]] inline Build build_by_hand(Replication& run, const SetupResult& result) {
  Build build{ImageId{}, 0, run.sim.now(), result.defective};
  if (build.defective) build.defect = run.next_defect();
  return build;
}

/// What a piece of work is: for timelines, and for the cost of images.
struct WorkWords {
  const char* what;          ///< a literal
  InstanceId on;             ///< invalid: not on an instance
  bool for_image = false;    ///< on one of the account's images
  bool waits_apart = false;  ///< the wait for it is not an instance's, and is counted elsewhere
};

/// One piece of people's work: waits for a person, works in working hours, lets the person go.
Task<> work_once(Replication& run, StaffId who, Duration effort, CostPhase phase, bool on_call,
                 WorkWords words);

// ---- roll-out and life in service (fleet.cpp, service.cpp; the engine's own part: rollout.hpp)
// ------------------------------------------------------------

/// The fleet that an update finds: every instance serves from the start on. Called before anything
/// else happens.
void start_running_fleet(Replication& run);
/// The fleet is deployed for the first time, or updated: the scenario's roll-out, and back again
/// when an update is stopped or its version turns out to be bad.
Task<> roll_out_fleet(Replication& run);

/// A new version of an image replaces what the groups deployed from it run, once it is everywhere
/// where they need it and the fleet's own roll-out has ended. One that is stopped is taken for bad:
/// they go back to the newest older version, where there is one.
Task<> roll_out_image(Replication& run, ImageId image, std::uint32_t version, CostPhase phase);

/// Draws, or takes from its trace, when each desired instance is asked for (demand.cpp).
void state_demand(Replication& run);
/// Every batch is asked for when its time has come. Called before the instances' lives begin.
void bring_demand(Replication& run);

/// One instance: it is brought into service if it does not serve yet, serves, breaks, is recovered,
/// and so on to the horizon, or until it is retired.
Task<> instance_life(Replication& run, InstanceId id);
/// One that has work again, perhaps where an outage is in force by now.
Task<> resumed_life(Replication& run, InstanceId id);

/// Why an instance needs a recovery.
enum class Cause { none, failure, defect, outage };
struct Trouble {
  Cause cause = Cause::none;
  const FailureClass* failure = nullptr;
  OutageState* outage = nullptr;
};

/// Brings `id` back by the first of the strategy's means that works. False: none did, and it stays
/// out. True where none did for a defect with which it goes on serving, too.
Task<bool> recover(Replication& run, InstanceId id, Trouble trouble);

/// Whoever serves in the region that took over goes home, if that is planned and not under way,
/// once `outage` (null: it is over) has ended (homecoming.cpp).
void send_home(Replication& run, InstanceId id, OutageState* outage);

/// One entry of the world's outages: it strikes, lasts, ends, and so on (outages.cpp).
Task<> bring_outages(Replication& run, OutageState& outage);

/// An outage in force that takes the instance where it would be in this zone, so that it cannot
/// serve there; null: none does (outages.cpp).
[[nodiscard]] OutageState* find_outage(Replication& run, InstanceId id, RegionId region,
                                       std::uint32_t zone);
/// The same where the instance is.
[[nodiscard]] inline OutageState* outage_of(Replication& run, InstanceId id) {
  const Instance& self = run.instance(id);
  return run.outages.empty() ? nullptr : find_outage(run, id, self.region, self.zone);
}
/// Whether an outage that began at `since` or later has destroyed the instance where it would be in
/// this zone (outages.cpp).
[[nodiscard]] bool was_destroyed(const Replication& run, InstanceId id, RegionId region,
                                 std::uint32_t zone, TimePoint since);
/// The same where the instance is.
[[nodiscard]] inline bool was_destroyed(const Replication& run, InstanceId id, TimePoint since) {
  const Instance& self = run.instance(id);
  return !run.outages.empty() && was_destroyed(run, id, self.region, self.zone, since);
}
/// Until no such outage is in force (outages.cpp).
Task<> wait_out(Replication& run, InstanceId id);

/// Asked for at the start, granted in full, in part or not at all (outages.cpp).
Task<> raise_quota(Replication& run, RegionId region);

/// Takes backups on schedule.
Task<> take_backups(Replication& run);
/// Takes backups of `id` by a timer that began now, with its service, and ends with that.
Task<> take_backups_of(Replication& run, InstanceId id);

/// The newest backup from which `id` may be restored in `region` after damage at `onset`: complete
/// before it, lying there, not found unusable so far, and without a defect that is known. Null:
/// none.
[[nodiscard]] BackupCopy* newest_backup(Replication& run, InstanceId id, TimePoint onset,
                                        RegionId region);
/// A backup of the instance or of the one that it replaced: an update keeps the data.
[[nodiscard]] bool is_own(const Replication& run, const BackupCopy& copy, InstanceId id);
/// The newest backup from before its data were damaged of the instance itself, in any region that
/// survives and is not out. Null: none.
[[nodiscard]] BackupCopy* newest_own_backup(Replication& run, InstanceId id);

/// An outage has destroyed all that the group has in the region, and the backups in it.
void lose_backups(Replication& run, GroupId group, RegionId region);

/// Whether the copy can be restored; one that cannot is not tried again.
[[nodiscard]] bool proves_usable(Replication& run, BackupCopy& copy);

/// Sets up one stopped instance of the group that can take over, once the group is in service
/// (standby.cpp).
Task<> prepare_standby(Replication& run, GroupId group);

/// Whether a stopped instance of the group of `id` stands in an open zone of the region of `id`.
[[nodiscard]] bool standby_there(const Replication& run, InstanceId id);

/// A stopped instance takes the place of `id`. False: there is none in an open zone.
Task<bool> start_standby(Replication& run, InstanceId id);

/// An outage has destroyed the stopped instances of the group in one zone.
void lose_standbys(Replication& run, GroupId group, std::uint32_t zone);

/// Stopped instances of a version of `image` that is known to be bad are made anew, as soon as
/// there is another one to make them from.
void replace_bad_standbys(Replication& run, ImageId image);
/// Stopped instances of another version than they would be launched with now are made anew: an
/// update or a new version is through, or undone.
void renew_standbys(Replication& run);

/// Books the storage of the instances that are still stopped at the horizon.
void book_standby_storage(Replication& run);

/// Backups under way at `onset` of the instance's damage are lost.
void drop_unfinished_backups(Replication& run, InstanceId id, TimePoint onset);

/// Books the storage of all backups up to the horizon.
void book_backup_storage(Replication& run);

}  // namespace rollcast::model
