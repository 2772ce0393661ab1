#pragma once
/// A scenario as plain data: what the loader fills and the simulator reads. Nothing in here knows
/// YAML, files or threads. Every strategy carries a whole World of its own, so that a strategy may
/// differ from the others in anything; what two strategies share has the same ids in both, and
/// therefore the same random numbers.
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "rollcast/base/civil.hpp"
#include "rollcast/base/ids.hpp"
#include "rollcast/base/money.hpp"
#include "rollcast/base/probability.hpp"
#include "rollcast/base/time.hpp"
#include "rollcast/model/basics.hpp"
#include "rollcast/model/images.hpp"
#include "rollcast/model/metrics.hpp"
#include "rollcast/model/rollout.hpp"
#include "rollcast/random/distribution.hpp"

namespace rollcast::model {

/// A raise of the quota of instances held, asked for at t = 0.
struct QuotaRaise {
  std::int64_t held_per_zone = 0;  ///< what is asked for
  RandomDuration takes;
  Probability granted{1.0};  ///< chance that it is granted in full
  random::Distribution part = random::Distribution::constant(
      0.0);  ///< else: share (0 to 1) of the increase that is granted
};

/// What a launch rate does to launches: lengths are multiplied by `factor`, and `fails` more of
/// them fail.
struct LaunchLoad {
  double per_second = 0.0;  ///< launches accepted in the region over the last minute, per second
  double factor = 1.0;
  double fails = 0.0;
};

/// Limits and prices of one region. An absent limit does not bind.
struct Region {
  std::string name;
  bool in_mainland_china = false;
  int zones = 1;
  /// Instances that may exist at once in each zone, surge included.
  std::optional<std::int64_t> held_per_zone;
  /// Launches (with their retries) that may be under way at once in the region.
  std::optional<std::int64_t> launches;
  /// Custom images the region may hold, backups included.
  std::int64_t images = 10;
  /// Backups that one disk may have.
  std::int64_t snapshots = 64;
  double api_calls_per_second = 10.0;
  double api_burst = 10.0;
  std::int64_t instances_per_call = 100;
  /// Storage of custom images and backups, per GB and month of 30 days.
  Money storage_per_gb_month;
  std::optional<QuotaRaise> raise;
  /// How launches get slower, and fail, as more are started at once; ascending rates, interpolated
  /// linearly between them, nothing before the first. Empty: the rate does not matter.
  std::vector<LaunchLoad> load;
};

/// People who share their work. One person does one thing at a time.
struct Staff {
  std::string name;
  std::int64_t people = 1;
  WorkHours hours;
  /// The open intervals of `hours` from the start to beyond the horizon; empty: around the clock.
  std::vector<std::pair<TimePoint, TimePoint>> open;
  Money wage_per_hour;
  /// Chance that one step of manual work is done wrong (before verification).
  Probability step_error;
  /// Share of those errors that verification finds at once; the step is then done again.
  Probability verification_catches;
  /// Paid for every working hour of the horizon, not only for hours worked.
  bool dedicated = false;
  /// May start recovery work outside working hours.
  bool on_call = false;
  /// What an hour worked outside working hours costs more, as a share of the wage; dedicated people
  /// are paid for such hours too.
  double premium = 0.0;
};

/// One step of setting up a server: work by a person of `by`, then `unattended` time in which the
/// person is free.
struct Component {
  std::string name;
  std::vector<ComponentId> after;
  /// Own effort of the step; absent: `share` of the group's manual effort (shares of the needed
  /// steps are normalised).
  std::optional<RandomEffort> work;
  double share = 1.0;
  RandomDuration unattended;
  /// Who does it; invalid: whoever the strategy names.
  StaffId by;
  /// Who must be there too, all the time and at the same time (only with `by`); a pool stands here
  /// once for every person of it. Work passes only while all of them are at work.
  std::vector<StaffId> together_with;
  /// The intervals in which all of them are at work, like Staff::open; empty: around the clock.
  std::vector<std::pair<TimePoint, TimePoint>> open_together;
  /// Own error probability; absent: the person's.
  std::optional<Probability> error;
};

/// How servers are set up by hand.
struct Manual {
  /// Total effort of one server over the steps that have no effort of their own.
  RandomEffort effort;
  /// Waiting time whenever the next step belongs to other people than the step before it.
  RandomDuration hand_over;
  /// Learning: the effort of the n-th server that a staff pool sets up is multiplied by n^(log2
  /// rate). 1: none.
  double learning_rate = 1.0;
  /// What doing a step again costs after verification found an error, as a share of the step's
  /// effort. 0: the effort of a server already includes debugging, as the source's 1-2 days do.
  double rework = 0.0;
};

/// When the instances of a group are asked for: in batches, one after the other, until all are.
struct Demand {
  struct Batch {
    TimePoint at;
    std::int64_t instances = 0;
  };
  std::vector<Batch> trace;  ///< measured, in the order of time; empty: they come at random
  /// Batches of a Poisson process whose rate changes from hour to hour of the week, with a mean of
  /// `per_hour` where the profile is 1 on average.
  double per_hour = 0.0;
  std::vector<double> profile;  ///< of the 168 hours of a week from Monday 0:00; empty: even
  double begins = 0.0;          ///< hours since Monday 0:00 at t = 0
  random::Distribution size;    ///< of a batch; drawn numbers are rounded
};

struct Group {
  std::string name;
  std::int64_t count = 0;
  RegionId region;
  std::string instance_type;
  OperatingSystem os = OperatingSystem::linux_os;
  Architecture architecture = Architecture::x86_64;
  /// The needed steps with all they depend on, in an order that respects `after`.
  std::vector<ComponentId> components;
  /// Waits until the given number of instances of another group have entered service.
  struct Wait {
    GroupId group;
    std::int64_t entered;
  };
  std::vector<Wait> after;
  /// So many that serve are enough for the work of the group; absent: nothing is said of it.
  std::optional<std::int64_t> suffices;
  std::optional<Demand> demand;  ///< absent: all are asked for at the start
  /// Price of an instance-hour without licence; tiers multiply it from the given age on (sorted;
  /// empty: none).
  Money price_per_hour;
  Money licence_per_hour;
  struct Tier {
    Duration from;
    double factor;
  };
  std::vector<Tier> tiers;
  /// System disk, which an image or a backup of the instance stores.
  double disk_gb = 50.0;
  /// The data lie on a disk of their own: they outlive whatever happens to the instance, except
  /// when its zone is destroyed or it fails over to another region.
  bool data_disk = false;
};

/// What happens at a launch, whatever the image.
struct Launch {
  RandomDuration time;  ///< launch of one instance from a backup that was not made from an image
  Duration per_gb{};    ///< added to a launch for each GB of the image or backup
  Probability fails;    ///< chance that an attempt fails (seen at its end)
  std::optional<std::int64_t>
      attempts;  ///< attempts before the instance is given up; absent: no limit
  /// Wait after a failed attempt; after each further one in a row so many times as long, and never
  /// longer than `back_off_most`.
  RandomDuration back_off;
  double back_off_grows = 1.0;
  Duration back_off_most = Duration::max();
  std::optional<Duration> time_out;  ///< an attempt that is not up by then fails then; absent: none
  RandomDuration
      readiness;  ///< from the end of launch (and script) until the readiness check has passed
  /// Chance that a bad image version never passes the readiness check: one draw for the version.
  Probability readiness_finds;
};

/// A bootstrap script that runs on each instance after its launch. A failed script costs its time,
/// then the attempt is repeated from the launch on; it counts as a failed attempt.
struct Script {
  std::string name;
  RandomDuration takes;
  Probability times_out;
  RandomDuration time_out;
  /// Chance that a server whose script ended well has a defect of its own.
  Probability defect;
};

enum class Method { image, image_and_script, manual };

/// How one group is brought into service.
struct Deployment {
  Method method = Method::image;
  ImageId image;                 ///< image, image_and_script
  std::optional<Script> script;  ///< image_and_script
  StaffId by;                    ///< manual; also who does the manual steps of a recovery
};

enum class FailureKind { environment, instance };

/// A class of failures that hit each instance on its own, from service entry (or recovery) on.
struct FailureClass {
  std::string name;
  FailureKind kind = FailureKind::environment;
  RandomDuration time_to_failure;
  RandomDuration detection;
  Money
      cost_per_out_hour;  ///< price of one instance-hour out because of it; booked as incident cost
  Money cost_per_incident;
};

/// A state of a zone, a region or some instance types there that lasts: an outage puts instances
/// out and lets none launch, a shortage of capacity only lets none launch.
struct Outage {
  std::string name;
  RegionId region;
  std::optional<int> zone;      ///< absent: all zones of the region
  std::vector<GroupId> groups;  ///< whom it concerns; empty: everybody
  std::optional<RandomDuration>
      every;  ///< from the end of one (or the start) to the next; absent: once, at `at`
  TimePoint at = kNever;
  RandomDuration lasts;
  Probability takes{
      1.0};  ///< share of the instances there that it puts out; 0: a shortage of capacity
  bool destroys = false;  ///< what it puts out is gone and must be replaced
  Money cost_per_out_hour;
};

/// Defects: an instance serves, but wrongly, from service entry until it is repaired.
struct Defects {
  RandomDuration detection;       ///< from service entry on, in normal service
  RandomDuration detection_soak;  ///< the same while its batch soaks; the sooner of the two counts
  Money cost_per_hour;            ///< price of one defective instance-hour; booked as incident cost
};

/// Servers that serve change over time: settings are tried, packages are added, until one of it is
/// a defect of that server alone. Time from service entry or recovery to such a defect; absent:
/// none comes about.
struct Drift {
  std::optional<RandomDuration> by_hand;     ///< of servers set up by hand
  std::optional<RandomDuration> from_image;  ///< of instances launched from an image
};

/// Security patches that are published over time: what an instance runs lacks those that came out
/// after its image (or its set-up by hand) was made.
struct Patches {
  RandomDuration every;  ///< from one to the next
  Money cost_per_hour;   ///< price of an instance-hour served while at least one is missing
};

/// A way to bring an instance back. Tried in the order of the strategy's list: one that cannot work
/// (no backup, image known to be bad) is passed over.
enum class RecoveryMeans { restore_backup, reinstall, relaunch, rebuild_by_hand, standby };

/// Instances that are set up, stopped and kept to take over: they hold a place in the quota and
/// their disks cost storage, but no instance time is billed until one is started. Prepared once the
/// group is in service; the place of one that was used is filled again.
struct Standby {
  std::vector<std::int64_t> count;  ///< for each group
  RandomDuration start;             ///< from stopped to ready
};

/// Another region takes over what an outage has put out, and gives it back afterwards.
struct Failover {
  RegionId to;
  RandomDuration after;  ///< from the onset of the outage until the decision
  bool failback = true;  ///< back home once the outage is over: a planned move, not an incident
};

struct Recovery {
  std::vector<RecoveryMeans> means;
  std::optional<Failover> failover;
  std::optional<Standby> standby;
  RandomDuration reinstall;  ///< reinstalling in place, from the image or from a backup
  RandomDuration remount;    ///< after any means that worked, and after a failover: data disks are
                             ///< mounted again, or the data brought back
  StaffId by;                ///< who must attend a restore, reinstall or relaunch; invalid: nobody
  RandomEffort attended;     ///< their effort
};

struct Backup {
  Duration every{};
  Duration first{};  ///< start of the first backup, from t = 0 or from when an instance serves
  /// Each instance has a timer of its own, which begins whenever it enters or returns to service;
  /// else one clock, from t = 0, is that of all.
  bool from_service = false;
  RandomDuration takes;
  bool every_instance = false;  ///< else one representative of each group
  /// Chance that a copy turns out unusable at its restore, which took as long as a reinstall; the
  /// next older one is tried.
  Probability fails;
  /// Every backup is copied to this region too once it is complete, where it takes a place in the
  /// quota of images of its own; invalid: not copied.
  RegionId copied_to;
  /// From each region the links that its copies take, like ImageCopy::route; empty: a copy takes
  /// `copy_takes`.
  IdVector<RegionId, std::vector<std::size_t>> copy_routes;
  RandomDuration copy_takes;
  /// Newest complete backups kept of each instance or representative, in each region.
  std::int64_t keep = 1;
};

/// A discount on what is spent from one time to another; several that apply multiply.
struct Discount {
  std::string name;
  std::vector<CostKind> kinds;
  std::vector<GroupId> groups;  ///< on whose instances and backups; empty: on all that is spent
  TimePoint from = kStart;
  TimePoint until = kNever;
  double off = 0.0;  ///< share of the price that is taken off, 0 to 1
};

/// Everything a replication of one strategy depends on.
struct World {
  IdVector<RegionId, Region> regions;
  IdVector<StaffId, Staff> staff;
  IdVector<ComponentId, Component> software;
  Manual manual;
  IdVector<GroupId, Group> groups;
  IdVector<ImageId, Image> images;
  Network network;
  Launch launch;
  IdVector<GroupId, Deployment> deployments;  ///< one for each group
  Rollout rollout;
  std::optional<Update> update;  ///< absent: the fleet is deployed for the first time
  std::vector<FailureClass> failures;
  std::vector<Outage> outages;
  Defects defects;
  Drift drift;
  std::optional<Patches> patches;
  Recovery recovery;
  std::optional<Backup> backup;
  Money delay_per_missing_hour;  ///< price of one instance-hour that the fleet is short of before
                                 ///< it is ready
  Duration billing_granularity = std::chrono::seconds(1);
  Duration billing_minimum{};
  std::vector<Discount> discounts;
};

/// Which part of the ledger a cost limit or the verdict's ranking speaks of: the union of its
/// members.
struct CostScope {
  std::vector<CostKind> kinds;
  std::vector<CostPhase> phases;
  bool total = false;
};

/// The objective holds in a replication when ...
struct ReadyBy {
  std::int64_t entered;
  TimePoint by;
};  ///< ... that many instances entered service by then
struct CostAtMost {
  CostScope scope;
  Money limit;
};  ///< ... that cost is not exceeded
struct MetricAtMost {
  Metric metric;
  double limit;
};  ///< ... the metric has a value and is not above it
struct MetricAtLeast {
  Metric metric;
  double limit;
};
struct AllObjectives {};  ///< ... every other objective holds
using Condition = std::variant<ReadyBy, CostAtMost, MetricAtMost, MetricAtLeast, AllObjectives>;

struct Objective {
  std::string name;
  Condition condition;
  Probability probability;  ///< share of replications in which it must hold
  std::string
      words;  ///< as a person would say it: "95 % of the fleet ready by Fri 2026-03-06 18:00"
};

/// How precise an estimate is to be, for every strategy: the run goes on until the 95 % interval's
/// half-width is at most this.
struct PrecisionTarget {
  enum class Of { mean, quantile, objective };
  Of of = Of::mean;
  Metric metric{};            ///< of a mean or a quantile
  double level = 0.0;         ///< of a quantile, in percent: above 0, below 100
  std::size_t objective = 0;  ///< index of the objective whose probability is meant
  double half_width = 0.0;    ///< above 0; in the metric's unit, or a share of the estimate
  bool relative = false;      ///< `half_width` is a share of the estimate
  std::string words;          ///< "ready_time p95 to 1 %"
};

struct Strategy {
  std::string name;
  World world;
};

struct Scenario {
  std::string name;  ///< file name without its ending
  std::string question;
  CivilStart start;        ///< instant and zone of t = 0
  bool has_start = false;  ///< no calendar is used without one
  Duration horizon{};
  std::uint64_t seed = 1;
  std::uint64_t replications = 1000;       ///< at most, where `precision` says when to stop
  std::vector<PrecisionTarget> precision;  ///< empty: all replications are made
  std::string currency = "USD";
  /// Where a new calendar month begins within the horizon, in the start's zone; for the monthly
  /// cash flow. May be empty.
  std::vector<TimePoint> months;
  CostScope ranking;           ///< what the verdict ranks by
  double indifference = 0.01;  ///< costs shown to be within this share of the cheapest are ties
  std::vector<Objective> objectives;
  std::vector<Strategy> strategies;
};

}  // namespace rollcast::model
