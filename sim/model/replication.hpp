#pragma once
/// The state of one replication: what exists, who waits, what has been spent. The processes of the
/// model (image_life, provision, manual, rollout, service, backup) are functions over it; it
/// outlives all of them.
#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <vector>

#include "api_gateway.hpp"
#include "copy_network.hpp"
#include "ledger.hpp"
#include "rollcast/kernel/calendar.hpp"
#include "rollcast/kernel/gate.hpp"
#include "rollcast/kernel/latch.hpp"
#include "rollcast/kernel/pool.hpp"
#include "rollcast/kernel/signal.hpp"
#include "rollcast/kernel/simulation.hpp"
#include "rollcast/kernel/task.hpp"
#include "rollcast/kernel/time_weighted.hpp"
#include "rollcast/model/simulate.hpp"
#include "rollcast/random/stream.hpp"

namespace rollcast::model {

template <class T = void>
using Task = kernel::Task<T>;

/// What a running server was made from, and whether it is good.
struct Build {
  ImageId image;              ///< invalid: set up by hand
  std::uint32_t version = 0;  ///< of the image
  bool defective = false;
  TimePoint made = kStart;  ///< patches that came out later are missing
};

/// One backup of an instance's environment. It can be restored once it is complete.
struct BackupCopy {
  TimePoint start, complete;
  InstanceId of;
  Build build;
  std::uint64_t number = 0;  ///< of the schedule
  bool unusable = false;     ///< found out at a restore
  kernel::Token place;       ///< in the region's quota of images
};

struct OutageState;

/// One desired instance through all its incarnations.
struct Instance {
  GroupId group;
  RegionId region;  ///< where it is now, by default its group's
  std::uint32_t zone = 0, home_zone = 0;
  kernel::Token held;  ///< its place in the zone's quota while it exists
  TimePoint accepted =
      kNever;             ///< launch acceptance of the incarnation that exists; kNever: none does
  ImageId launched_from;  ///< whose fee it pays
  TimePoint billed_until = kStart;   ///< up to where that incarnation's time is in the ledger
  TimePoint entered = kNever;        ///< first service entry
  TimePoint serving_since = kNever;  ///< service entry or latest return to service
  TimePoint out_since = kNever;      ///< kNever: not out
  Money out_price;                   ///< per hour of the present outage
  Build build;
  bool defect_found = false;  ///< the present defect is known
  bool at_rest = false;       ///< in service and waiting for the next trouble: can be interrupted
  OutageState* struck_by = nullptr;  ///< the outage that interrupted it
  bool troubled = false;       ///< given up, failed or found defective: what a health gate counts
  std::uint32_t launches = 0;  ///< attempts so far
  std::uint32_t setups = 0;    ///< manual set-ups so far
  std::uint32_t incidents = 0;
  TimePoint incident_onset = kNever;  ///< of the open incident, else kNever
  double open_data_loss = kNoValue;
  bool keeps_data = false;    ///< the open incident leaves its data disk whole
  bool data_settled = false;  ///< what the open incident loses is known
  kernel::ProcessHandle life;
};

/// A stopped instance that is kept to take over.
struct StandbyServer {
  std::uint32_t zone = 0;  ///< of its group's region
  kernel::Token held;
  Build build;
  ImageId launched_from;
  TimePoint stopped_since;
};

struct GroupState {
  InstanceId first;  ///< instances of a group have consecutive ids
  std::int64_t entered = 0;
  std::vector<std::int64_t> thresholds;                ///< entries that somebody waits for
  std::vector<std::unique_ptr<kernel::Gate>> reached;  ///< one for each threshold
  std::vector<kernel::Gate*> waits;                    ///< what this group waits for
  std::vector<BackupCopy> backups;                     ///< of its representative
  std::unique_ptr<kernel::Gate> all_entered;           ///< where stopped instances wait for it
  std::vector<StandbyServer> standbys;
  std::uint64_t standbys_made = 0;
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
};

struct RegionState {
  std::vector<std::unique_ptr<Zone>> zones;
  std::unique_ptr<kernel::Pool> launch_slots;  ///< null: no limit
  std::unique_ptr<kernel::Pool> image_places;  ///< quota of custom images, backups included
  std::unique_ptr<ApiGateway> api;
  std::deque<TimePoint> accepted;  ///< launches of the last minute, where the load matters
};

struct StaffState {
  std::unique_ptr<kernel::Pool> people;
  std::uint64_t servers_begun = 0;  ///< for learning
};

/// One copy of a version: where it lies since when, and its place in that region's quota of images.
struct StoredCopy {
  RegionId region;
  TimePoint since;
  kernel::Token place;
};

struct ImageVersion {
  TimePoint built = kStart;
  bool bad = false;
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
  std::unique_ptr<kernel::Signal> found_bad;  ///< its newest version, while somebody can mend it
  bool to_be_mended = false;
  std::vector<kernel::Token> places;  ///< in the quotas, of an image that the strategy does not use
  std::size_t shares = 0;             ///< in force now
  std::unique_ptr<kernel::Signal> unshared;
  bool destroyed = false;
};

struct Batch {
  std::vector<InstanceId> instances;
  std::unique_ptr<kernel::Latch> settled;  ///< every instance has entered service or was given up
};

/// Sums that become metrics.
struct Tally {
  std::int64_t launches_attempted = 0, launches_failed = 0, abandoned = 0, defects_live = 0,
               incidents = 0;
  double effort_hours = 0, deployment_effort_hours = 0, out_of_hours = 0;
  double wait_staff = 0, wait_quota = 0, wait_api = 0, wait_copy = 0, wait_soak = 0,
         wait_approval = 0, wait_image_quota = 0, wait_copy_tasks = 0;  // hours
  double missing_patch_hours = 0, vulnerable_hours = 0, patched_service_hours = 0;
  double longest_recovery = kNoValue;
  bool aborted = false;
  TimePoint rollout_ended = kNever;
  TimePoint images_ready = kStart;
  std::int64_t backups_skipped = 0;
  std::int64_t drifted = 0;         ///< instances whose environment drifted into a defect
  std::int64_t image_versions = 0;  ///< made after the first ones
  std::int64_t least_serving = 0;
};

/// Exists once a replication; not copied. Processes keep references to it.
class Replication {
 public:
  Replication(const Scenario& scenario, const World& world, std::uint64_t seed,
              std::uint64_t number, Trace* trace);
  Replication(const Replication&) = delete;
  Replication& operator=(const Replication&) = delete;
  ~Replication();

  const Scenario& scenario;
  const World& world;
  const std::uint64_t seed, number;
  const TimePoint horizon;

  kernel::Simulation sim;
  IdVector<RegionId, RegionState> regions;
  IdVector<StaffId, StaffState> staff;
  IdVector<StaffId, kernel::WorkCalendar> calendars;
  IdVector<ComponentId, kernel::WorkCalendar> together;  ///< of the people of steps with several
  IdVector<GroupId, GroupState> groups;
  IdVector<ImageId, ImageState> images;
  std::vector<Instance> instances;
  std::vector<std::vector<BackupCopy>> instance_backups;
  std::deque<Batch> batches;
  std::deque<OutageState> outages;
  CopyNetwork network;
  std::vector<TimePoint> patches;  ///< when security patches came out, before the start too
  Ledger ledger;
  Tally tally;
  kernel::TimeWeighted out, defective, impacted, serving, existing, missing;
  std::vector<TimePoint> entries;  ///< first service entries in order
  std::vector<IncidentRecord> incidents;

  [[nodiscard]] Instance& instance(InstanceId id) { return instances[id.index()]; }
  [[nodiscard]] std::int64_t desired() const { return static_cast<std::int64_t>(instances.size()); }
  [[nodiscard]] random::RandomStream stream(std::uint64_t purpose, std::uint64_t entity,
                                            std::uint64_t index = 0) const {
    return random::RandomStream(random::StreamKey{seed, purpose, number, entity, index});
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
  void mark_work(const WorkPiece& piece) {
    if (trace_ != nullptr) trace_->work(piece);
  }

  /// A launch was accepted (or work on a new server began): the instance exists and costs from now
  /// on.
  void accept(InstanceId id, ImageId image);
  /// The instance is no more; what it cost since the last booking goes to `phase`.
  void terminate(InstanceId id, CostPhase phase);
  /// First service entry.
  void enter_service(InstanceId id, Build build);
  /// Serves no longer; the outage costs `price` an hour.
  void go_out(InstanceId id, Money price);
  /// It serves on, but with a defect of its own from now on.
  void turn_defective(InstanceId id);
  /// Counts what its present time in service lacked of patches, up to now. To be called whenever
  /// that time ends.
  void count_missing_patches(const Instance& instance);
  /// Serves again.
  void come_back(InstanceId id, Build build);
  /// Books wage and effort of work that begins now and ends at `end`; `calendar` says which part of
  /// it lies in working hours.
  void book_work(StaffId who, const kernel::WorkCalendar& calendar, Duration effort, TimePoint end,
                 CostPhase phase, bool out_of_hours_allowed);
  /// Books the time of an instance of `group` that was accepted at `accepted`, between two ages:
  /// price, licence, and the fee of the image that it was launched from, if any.
  void ledger_instance_time(GroupId group, ImageId image, TimePoint accepted, Duration from,
                            Duration until, CostPhase phase);
  /// Closes every open account at the horizon and sums up.
  [[nodiscard]] Outcome finish();

 private:
  [[nodiscard]] bool tells() const { return trace_ != nullptr && trace_->wants_words(); }
  [[nodiscard]] std::string instance_name(InstanceId id) const;
  void bill(InstanceId id, Duration until_age, CostPhase phase);
  void book_outage(Instance& instance);
  void close_accounts();
  void fill_costs(Outcome& outcome);

  Trace* trace_;
};

}  // namespace rollcast::model
