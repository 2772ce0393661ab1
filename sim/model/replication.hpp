#pragma once
/// The state of one replication: what exists, who waits, what has been spent. The processes of the
/// model (image_life, provision, manual, rollout, service, backup) are functions over it; it
/// outlives all of them.
#include <algorithm>
#include <cstdint>
#include <deque>
#include <memory>
#include <memory_resource>
#include <optional>
#include <string>
#include <vector>

#include "api_gateway.hpp"
#include "copy_network.hpp"
#include "instance.hpp"
#include "ledger.hpp"
#include "rollcast/kernel/calendar.hpp"
#include "rollcast/kernel/gate.hpp"
#include "rollcast/kernel/latch.hpp"
#include "rollcast/kernel/pool.hpp"
#include "rollcast/kernel/signal.hpp"
#include "rollcast/kernel/simulation.hpp"
#include "rollcast/kernel/task.hpp"
#include "rollcast/kernel/time_weighted.hpp"
#include "rollcast/model/rollout_policy.hpp"
#include "rollcast/model/simulate.hpp"
#include "rollcast/random/stream.hpp"
#include "service_level.hpp"

namespace rollcast::model {

template <class T = void>
using Task = kernel::Task<T>;

struct GroupState {
  InstanceId first;  ///< instances of a group have consecutive ids
  std::int64_t entered = 0;
  std::vector<std::int64_t> thresholds;                ///< entries that somebody waits for
  std::vector<std::unique_ptr<kernel::Gate>> reached;  ///< one for each threshold
  std::vector<kernel::Gate*> waits;                    ///< what this group waits for
  BackupStore backups;                                 ///< of its representative
  IdVector<RegionId, std::uint64_t> losses;   ///< how often each region's backups were lost
  std::unique_ptr<kernel::Gate> all_entered;  ///< where stopped instances wait for it
  std::vector<StandbyServer> standbys;
  std::uint64_t standbys_made = 0;
  /// Instances that serve, by the version of their image.
  struct Version {
    ImageId image;
    std::uint32_t number;
    std::int64_t serving;
  };
  std::vector<Version> versions;
  double mixed = 0;          ///< instances that serve beside another version
  std::int64_t serving = 0;  ///< where it says what suffices
};

/// One zone: its quota, and whether it takes launches.
struct Zone {
  Zone(kernel::Simulation& sim, std::int64_t quota) : held(sim, quota), reopened(sim) {}
  kernel::Pool held;
  std::vector<std::int32_t> closed;  ///< outages and shortages in force, for each group
  std::vector<std::int32_t> down;    ///< outages alone
  kernel::Signal reopened;
};

/// One entry of the world's outages.
struct OutageState {
  OutageState(kernel::Simulation& sim, const Outage& outage) : what(outage), over(sim, true) {}
  const Outage& what;
  kernel::Gate over;  ///< open: none is in force
  std::uint64_t times = 0;
  std::optional<TimePoint> struck;  ///< when it began for the last time
  std::uint64_t struck_as = 0;      ///< what `times` was then
  /// Of one that takes a share: what has become of those that were there when it began, by
  /// instance.
  enum class Fate : std::uint8_t { open, spared, taken };
  std::vector<Fate> fates;
};

struct RegionState {
  std::vector<std::unique_ptr<Zone>> zones;
  std::unique_ptr<kernel::Pool> launch_slots;
  std::unique_ptr<kernel::Pool> image_places;  ///< quota of custom images, backups included
  std::unique_ptr<ApiGateway> api;
  std::deque<TimePoint> accepted;  ///< launches of the last minute, where the load matters
};

struct StaffState {
  std::unique_ptr<kernel::Pool> people;
  std::unique_ptr<kernel::Pool> on_duty;  ///< who does urgent work at any time; null: nobody is
                                          ///< on call
  std::uint64_t servers_begun = 0;        ///< for learning
};

/// One copy of a version: where it lies since when, and its place in that region's quota of images.
struct StoredCopy {
  RegionId region;
  TimePoint since;
  kernel::Token place;
};

struct ImageVersion {
  Build build;  ///< what an instance launched from it is
  bool known_bad = false;
  bool compromised = false;
  std::vector<StoredCopy> copies;
};

struct ImageState {
  bool used = false;
  std::deque<ImageVersion> versions;   ///< by number, also those that a test refused
  std::optional<std::uint32_t> first;  ///< the first that became available
  bool compromised = false;            ///< nobody knows yet that somebody has tampered with it
  Duration set_up_effort{};            ///< of the instance that it was made from
  Duration faulty_effort{};            ///< the part of it in which an error was left
  /// One for each region: open while a version is there that may be launched.
  std::vector<std::unique_ptr<kernel::Gate>> available;
  /// Of each region, the newest version there that is not known to be bad. open_for_launches keeps
  /// both.
  std::vector<std::optional<std::uint32_t>> newest_good;
  std::unique_ptr<kernel::Signal> arrived;    ///< a version is available in one more region
  std::unique_ptr<kernel::Signal> found_bad;  ///< its newest version, while somebody can mend it
  bool to_be_mended = false;
  std::vector<kernel::Token> places;  ///< in the quotas, of an image that the strategy does not use
  std::size_t shares = 0;             ///< in force now
  std::unique_ptr<kernel::Signal> unshared;
  std::unique_ptr<kernel::Gate> destroyed;  ///< open: it is no more
};

/// One desired instance in the roll-out under way.
struct Seat {
  std::uint32_t slot = 0;
  InstanceId fresh;      ///< of the new version; invalid: not launched
  InstanceId old;        ///< of another version; invalid: there is none
  bool host = false;     ///< not begun, and counts as an old instance that is available
  bool settled = false;  ///< the new one became available, or was given up
  bool given_up = false;
  bool failed_check = false;  ///< it was given up as its health check failed, though it may serve
  [[nodiscard]] bool has_old() const { return host || old.valid(); }
};

inline constexpr std::uint32_t kNoSeat = static_cast<std::uint32_t>(-1);

/// What a thread's replications leave to the next one: memory.
struct Workspace {
  kernel::Simulation sim;
  std::vector<Instance> instances;
  std::vector<TimePoint> entries;
  std::vector<Seat> seats;
  std::vector<std::uint32_t> seat_of;
  std::pmr::unsynchronized_pool_resource shared_memory;
};

/// The roll-out under way, or the last one.
struct RolloutState {
  RolloutState(kernel::Simulation& sim, Workspace& workspace)
      : seats(workspace.seats),
        seat_of(workspace.seat_of),
        changed(sim),
        traffic(sim),
        found_bad(sim, false),
        turn(sim, 1),
        settled_fleet(sim, false) {}
  const Rollout* plan = nullptr;            ///< null: there has been none
  bool first = false;                       ///< its entries into service are those of the fleet
  CostPhase phase = CostPhase::deployment;  ///< whose price it is
  std::vector<Seat>& seats;                 ///< in the order of the roll-out
  std::vector<std::uint32_t>& seat_of;      ///< of each slot; kNoSeat: it does not take part
  policy::Rolling now;
  std::size_t launched = 0;        ///< seats with a new instance: the first so many
  std::size_t settled = 0;         ///< of the launched
  std::size_t awaited = 0;         ///< settled seats that complete the stage under way
  std::size_t cleared = 0;         ///< seats at the front without an old instance
  std::int64_t given_up = 0;       ///< seats
  std::int64_t keep_old = 0;       ///< old instances that the stage under way leaves
  std::int64_t failed_checks = 0;  ///< measurements that failed and were made again
  std::size_t working = 0;         ///< seats whose new instance may serve: the first so many
  TimePoint progressed = kStart;   ///< latest progress
  kernel::Signal changed;          ///< something happened that the roll-out may act on
  kernel::Signal traffic;          ///< `working` has grown
  bool reacts = false;             ///< an update that is rolled back when its version is found bad
  kernel::Gate found_bad;          ///< open: it was found bad
  kernel::Pool turn;               ///< one roll-out at a time
  /// Open once the fleet's own roll-out has ended without being stopped: new versions of its images
  /// may be rolled out.
  kernel::Gate settled_fleet;
};

/// Sums that become metrics.
struct Tally {
  std::int64_t launches_attempted = 0, launches_failed = 0, abandoned = 0, defects_live = 0,
               incidents = 0, open_incidents = 0;
  double effort_hours = 0, deployment_effort_hours = 0, out_of_hours = 0;
  double wait_staff = 0, wait_quota = 0, wait_api = 0, wait_copy = 0, wait_soak = 0,
         wait_approval = 0, wait_window = 0, wait_image_quota = 0, wait_copy_tasks = 0;  // hours
  double missing_patch_hours = 0, vulnerable_hours = 0, patched_service_hours = 0;
  double recovery_hours = 0, longest_recovery = kNoValue;  ///< of closed incidents
  double lost_hours = 0, largest_loss = kNoValue;          ///< of data, where any were lost
  std::int64_t losses = 0;
  bool aborted = false, stalled = false, rolled_back = false;
  TimePoint rollout_ended = kNever;
  TimePoint patched = kNever;  ///< 95 % of the fleet served the new version
  double rollback_hours = kNoValue;
  TimePoint images_ready = kStart;
  std::int64_t backups_skipped = 0;
  std::int64_t drifted = 0;         ///< instances whose environment drifted into a defect
  std::int64_t image_versions = 0;  ///< made after the first ones
  std::int64_t least_serving = 0;
};

/// The next length of a stream, in seconds; never below zero.
[[nodiscard]] inline Duration sample_length(const random::Distribution& seconds,
                                            random::RandomStream& random) {
  return std::max(Duration::zero(), from_seconds(seconds.sample(random)));
}

/// Exists once a replication; not copied. Processes keep references to it.
class Replication {
 public:
  /// The workspace is this replication's alone.
  Replication(Workspace& workspace, const Scenario& scenario, const World& world,
              std::uint64_t seed, std::uint64_t number, Trace* trace);
  Replication(const Replication&) = delete;
  Replication& operator=(const Replication&) = delete;
  ~Replication();

  const Scenario& scenario;
  const World& world;
  const std::uint64_t seed, number;
  const TimePoint horizon;

  kernel::Simulation& sim;
  IdVector<RegionId, RegionState> regions;
  IdVector<StaffId, StaffState> staff;
  IdVector<StaffId, kernel::WorkCalendar> calendars;
  IdVector<ComponentId, kernel::WorkCalendar> together;  ///< of the people of steps with several
  IdVector<GroupId, GroupState> groups;
  IdVector<ImageId, ImageState> images;
  /// The desired ones, then their twins once there are any; there is room for all of them from the
  /// start, so that none ever moves.
  std::vector<Instance>& instances;
  std::vector<BackupStore> instance_backups;  ///< of each slot
  RolloutState rollout;
  std::deque<Rollout> rollback_plans;       ///< of the roll-backs so far
  IdVector<GroupId, Deployment> ways_back;  ///< to what an updated fleet ran at the start
  bool updated = false;                     ///< the update is through, and not undone
  std::deque<OutageState> outages;
  CopyNetwork network;
  std::vector<TimePoint> patches;  ///< when security patches came out, before the start too
  kernel::Signal moved;            ///< an instance that was out has been brought home, or lost
  Ledger ledger;
  /// What is paid by the hour: instances that are missing, serve with a defect, lack a patch.
  AccruedHours missing_hours, defect_hours, patch_hours;
  Tally tally;
  ServiceLevel service;
  kernel::TimeWeighted out, defective, image_defects, own_defects, impacted, serving, existing,
      missing, mixed, vulnerable;
  std::vector<TimePoint>& entries;           ///< first service entries in order
  std::pmr::memory_resource& shared_memory;  ///< of what several processes share
  std::vector<IncidentRecord> incidents;

  [[nodiscard]] Instance& instance(InstanceId id) { return instances[id.index()]; }
  [[nodiscard]] const Instance& instance(InstanceId id) const { return instances[id.index()]; }
  [[nodiscard]] std::int64_t desired() const { return desired_; }
  /// Since when the data of an instance have been there: a new version takes them over from the one
  /// that it replaces.
  [[nodiscard]] TimePoint data_since(const Instance& self) const {
    return instances[self.slot].data_since;
  }
  /// The other instance of the same slot.
  [[nodiscard]] InstanceId twin(InstanceId id) const {
    const auto desired = static_cast<std::size_t>(desired_);
    return InstanceId{id.index() < desired ? id.index() + desired : id.index() - desired};
  }
  /// The instance of a slot that serves, or would if it were not out; invalid: neither does.
  [[nodiscard]] InstanceId incumbent(std::size_t slot) const;
  /// What keys the random numbers of a named thing: its name, and within a group the number of the
  /// instance. So what two strategies share has the same luck in both, whatever else they add.
  [[nodiscard]] std::uint64_t luck(InstanceId id) const {
    const GroupId group = instances[id.index()].group;
    return group_luck_[group] + (id.index() - groups[group].first.index());
  }
  [[nodiscard]] std::uint64_t luck(GroupId id) const { return group_luck_[id]; }
  [[nodiscard]] std::uint64_t luck(RegionId id) const {
    return random::purpose(world.regions[id].name);
  }
  [[nodiscard]] std::uint64_t luck(ImageId id) const { return image_luck_[id]; }
  [[nodiscard]] std::uint64_t luck(InstanceId id, const FailureClass& failure) const {
    return luck(id) + failure_luck_[static_cast<std::size_t>(&failure - world.failures.data())];
  }
  [[nodiscard]] random::RandomStream stream(std::uint64_t purpose, std::uint64_t entity,
                                            std::uint64_t index = 0) const {
    return random::RandomStream(random::StreamKey{seed, purpose, number, entity, index, branch_});
  }
  /// A draw of its own stream, in seconds; never below zero.
  [[nodiscard]] Duration draw(const random::Distribution& seconds, std::uint64_t purpose,
                              std::uint64_t entity, std::uint64_t index = 0) const;
  [[nodiscard]] Duration draw(const RandomDuration& length, std::uint64_t purpose,
                              std::uint64_t entity, std::uint64_t index = 0) const {
    return draw(length.seconds, purpose, entity, index);
  }
  [[nodiscard]] Duration draw(const RandomEffort& effort, std::uint64_t purpose,
                              std::uint64_t entity, std::uint64_t index = 0) const {
    return draw(effort.seconds, purpose, entity, index);
  }
  [[nodiscard]] bool chance(Probability probability, std::uint64_t purpose, std::uint64_t entity,
                            std::uint64_t index = 0) const;

  /// How long an instance waits now that a launch of it has failed.
  [[nodiscard]] Duration back_off(InstanceId id) const;
  /// The rest of a time of which `age` has passed; nothing where hardly any lasts so long.
  [[nodiscard]] std::optional<Duration> draw_rest(const RandomDuration& length,
                                                  std::uint64_t purpose, std::uint64_t entity,
                                                  std::uint64_t index, Duration age) const;

  /// The run is one trajectory of many (branching.cpp): `peak` is what rises.
  void follow(random::Course& course, Metric peak);
  [[nodiscard]] bool branches() const { return course_ != nullptr; }
  kernel::Signal branched;  ///< all further draws are of another branch

  /// Tells the trace, if there is one; `words` makes the text only then.
  template <class Words>
  void tell(InstanceId id, Words words) {
    if (tells()) trace_->record(sim.now(), instance_name(id), words());
  }
  template <class Words>
  void tell(const std::string& subject, Words words) {
    if (tells()) trace_->record(sim.now(), subject, words());
  }
  /// Tells the trace what the instance does from now on.
  void mark(InstanceId id, Activity activity) {
    if (trace_ != nullptr) trace_->change({sim.now(), TrackKind::instance, activity, id.index()});
  }
  void mark_rollout(Activity activity) {
    if (trace_ != nullptr) trace_->change({sim.now(), TrackKind::rollout, activity, 0});
  }
  void mark_outage(const Outage& outage, Activity activity) {
    if (trace_ == nullptr) return;
    const auto index = static_cast<std::uint32_t>(&outage - world.outages.data());
    trace_->change({sim.now(), TrackKind::outage, activity, index});
  }
  void mark_copy(ImageId image, RegionId to, Activity activity) {
    if (trace_ == nullptr) return;
    const auto index = static_cast<std::uint32_t>(image.index() * regions.size() + to.index());
    trace_->change({sim.now(), TrackKind::copy, activity, index});
  }
  [[nodiscard]] bool traced() const { return trace_ != nullptr; }
  void mark_work(const WorkPiece& piece) {
    if (trace_ != nullptr) trace_->work(piece);
  }
  /// A step of the roll-out, for its table: what happened, and what it waits for now.
  template <class Step, class Wait>
  void tell_step(Step step, Wait waits_for) {
    if (!tells()) return;
    const policy::Rolling& now = rollout.now;
    trace_->record_step({sim.now(), step(), now.fresh, now.old,
                         now.fresh_available + now.old_available, waits_for()});
  }

  /// A launch was accepted (or work on a new server began): the instance exists and costs from now
  /// on.
  void accept(InstanceId id, ImageId image);
  /// The instance is no more; what it cost since the last booking goes to `phase`.
  void terminate(InstanceId id, CostPhase phase);
  /// First service entry.
  void enter_service(InstanceId id, const Build& build);
  /// Instances to replace the desired ones with; done once.
  void provide_twins();
  /// The slot's instance exists and serves from the start on.
  void start_in_service(InstanceId id, Build build);
  /// It has no work from now on, and exists all the same: planned, no impact.
  void withdraw(InstanceId id);
  /// It has work again.
  void resume(InstanceId id);
  /// It is no more: planned, no impact. What it went through ends with it.
  void retire(InstanceId id);
  /// Serves no longer; the outage costs `price` an hour.
  void go_out(InstanceId id, Money price);
  /// An instance of the group is there, which others may wait for.
  void count_turn(GroupId group);
  /// Its recovery takes it out of service, unless it is out already.
  void stop_serving(InstanceId id);
  /// Its machine is no more, and with it the data that were not backed up before `damaged`.
  void lose_machine(InstanceId id, TimePoint damaged, CostPhase phase);
  /// An outage was over before the recovery of its defect began: it serves on with the defect.
  void serve_on(InstanceId id);
  /// It serves on, but with a defect of its own from now on.
  void turn_defective(InstanceId id);
  /// Counts what its present time in service lacked of patches, up to now. To be called whenever
  /// that time ends.
  void count_missing_patches(const Instance& instance);
  /// Changes the number of those that are asked for and have not entered service yet.
  void shift_missing(double change);
  /// Serves again. `unchanged`: an outage is over, and it goes on as it was.
  void come_back(InstanceId id, const Build& build, bool unchanged);
  /// The number of one more defect that is not that of an image's version.
  [[nodiscard]] std::uint32_t next_defect() {
    known_defects_.push_back(false);
    return static_cast<std::uint32_t>(known_defects_.size() - 1);
  }
  /// Notes what an incident has lost; kNoValue: nothing.
  void note_loss(double lost_hours);
  /// Notes the end of the open incident.
  void close_incident(Instance& instance);
  /// And of the one before it, if that is open as well.
  void close_older_incident(Instance& instance);
  /// Work that has been done, or broken off, or goes on at the horizon.
  struct DoneWork {
    Duration effort;  ///< of the whole
    TimePoint begin, end;
    bool complete;
    bool always;  ///< also outside of working hours
  };
  /// Books wage and effort; `calendar` says which part lies in working hours. `for_image`: it was
  /// work on an image of the account's.
  void book_work(StaffId who, const kernel::WorkCalendar& calendar, const DoneWork& work,
                 CostPhase phase, bool for_image);
  /// People know of the defect; where it is not that of a version, no backup that has it is of use.
  void learn_of(const Build& build);
  /// Whether people know of the defect that it has.
  [[nodiscard]] bool has_known_defect(const Build& build) const;
  /// Books the time of an instance of `group` that was accepted at `accepted`, between two ages:
  /// price, licence, and the fee of the image that it was launched from, if any.
  void ledger_instance_time(GroupId group, ImageId image, TimePoint accepted, Duration from,
                            Duration until, CostPhase phase);
  /// What is billed of an instance that exists since `since` and is no more now; at the horizon it
  /// goes on, and has cost its time so far.
  [[nodiscard]] Duration billed_since(TimePoint since) const {
    return sim.now() >= horizon
               ? horizon - since
               : billed_length(sim.now() - since, world.billing_granularity, world.billing_minimum);
  }
  /// Closes every open account at the horizon and sums up.
  [[nodiscard]] Outcome finish();

 private:
  [[nodiscard]] bool tells() const { return trace_ != nullptr && trace_->wants_words(); }
  [[nodiscard]] std::string instance_name(InstanceId id) const;
  void bill(InstanceId id, Duration until_age, CostPhase phase);
  /// It serves no longer; what it goes through ends with that.
  void leave_service(InstanceId id);
  /// The price alone, of a group whose price has tiers.
  void ledger_tiers(GroupId group, TimePoint accepted, Duration from, Duration until,
                    CostPhase phase);
  void book_outage(Instance& instance);
  /// Its defect, if it has one, begins to serve.
  void begin_defect(Instance& instance);
  /// It is out no longer.
  void return_to_service(InstanceId id);
  /// Counts a first entry into service of the fleet.
  void count_entry();
  /// Changes the numbers of those that serve with a defect.
  void shift_defective(const Instance& instance, int change);
  /// It serves from now on: its backup timer, if it has one of its own, begins.
  void begin_serving(InstanceId id);
  /// Changes the number of those that serve, by version.
  void shift_serving(const Instance& instance, int change);
  void shift_service(GroupId group, int change);
  /// Whether it runs the version that the update replaces.
  [[nodiscard]] bool runs_old_version(const Instance& instance) const;
  /// To be called when more instances are out or defective than before.
  void note_impact() {
    if (course_ != nullptr) rise();
  }
  void rise();
  void close_accounts();
  void fill_costs(Outcome& outcome);

  Trace* trace_;
  random::Course* course_ = nullptr;  ///< null: an ordinary run
  const kernel::TimeWeighted* importance_ = nullptr;
  std::uint64_t branch_ = 0;
  IdVector<GroupId, std::uint64_t> group_luck_;
  IdVector<ImageId, std::uint64_t> image_luck_;
  std::vector<std::uint64_t> failure_luck_;  ///< of each failure class of the world
  std::int64_t desired_ = 0;
  std::vector<bool> known_defects_;  ///< by their numbers
};

}  // namespace rollcast::model
