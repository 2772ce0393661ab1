#pragma once
/// An instance through its life, what it is made from, its backups, and what stands by for it.
#include <cstdint>
#include <optional>
#include <vector>

#include "rollcast/kernel/pool.hpp"
#include "rollcast/kernel/process.hpp"
#include "rollcast/model/scenario.hpp"

namespace rollcast::model {

/// What a running server was made from, and whether it is good.
struct Build {
  ImageId image;              ///< invalid: set up by hand
  std::uint32_t version = 0;  ///< of the image
  TimePoint made = kStart;    ///< patches that came out later are missing
  bool defective = false;
  bool by_image = false;     ///< its defect is that of the version, which all launched from it have
  std::uint32_t defect = 0;  ///< else: which one it is, as counted by the replication
};

/// One backup of an instance's environment, or the copy of one in another region. It can be
/// restored in its region once it is complete.
struct BackupCopy {
  TimePoint start;     ///< of the backup: what happened later is not in it
  TimePoint complete;  ///< kNever: a copy that is on its way
  InstanceId of;
  Build build;
  std::uint64_t number = 0;  ///< of the schedule
  bool unusable = false;     ///< found out at a restore
  kernel::Token place;       ///< in the region's quota of images
};

/// The backups of one instance or representative, oldest first: where its group is, where they are
/// copied to, and in the region that takes over where that is neither.
struct BackupStore {
  std::vector<BackupCopy> at_home, away, elsewhere;
};

struct OutageState;

/// One instance through all its incarnations: a desired one, or the twin that replaces it. A fleet
/// can have a million of them, so what is small stands together.
struct Instance {
  Instance(const Deployment& its_way, GroupId its_group, std::size_t its_slot, RegionId home,
           std::uint32_t its_zone)
      : way(&its_way),
        group(its_group),
        slot(static_cast<std::uint32_t>(its_slot)),
        region(home),
        zone(its_zone),
        home_zone(its_zone) {}
  const Deployment* way;  ///< how it is brought into service, and back
  GroupId group;
  std::uint32_t slot;  ///< which of the desired instances it is
  RegionId region;     ///< where it is now, by default its group's
  std::uint32_t zone, home_zone;
  std::uint32_t generation = 0;  ///< how often it has been retired
  std::uint32_t launches = 0;    ///< attempts so far
  std::uint32_t failures = 0;    ///< failed attempts since one was up or it served
  std::uint32_t setups = 0;      ///< manual set-ups so far
  std::uint32_t backups = 0;     ///< begun so far by its own timer
  std::uint32_t incidents = 0;
  std::uint32_t defect_index = 0;  ///< incidents when its present defect began to serve
  ImageId launched_from;           ///< whose fee it pays
  bool fresh = false;              ///< of the version that the roll-out under way brings
  bool available = false;          ///< serves, and has done so for the minimum ready time
  bool idle = false;               ///< exists and could serve, but has no work
  bool outdated = false;           ///< runs what the fleet ran at the start of an update
  bool defect_found = false;       ///< the present defect is known
  bool defect_due = false;         ///< it is to be found as soon as an outage is over
  bool at_rest = false;       ///< in service and waiting for the next trouble: can be interrupted
  bool troubled = false;      ///< given up, failed or found defective: what a health gate counts
  bool counted = false;       ///< of a desired one: its slot has entered service once
  bool turned = false;        ///< ready without work, and others have waited no longer for it
  bool given_up = false;      ///< of a desired one: its slot was given up once
  bool keeps_data = false;    ///< the open incident leaves its data disk whole
  bool data_settled = false;  ///< what the open incident loses is known
  bool sits_out = false;      ///< out until an outage is over, and nothing else is done to it
  bool goes_home = false;     ///< a process brings it home from the region that took over
  kernel::Token held;         ///< its place in the zone's quota while it exists
  TimePoint accepted =
      kNever;  ///< launch acceptance of the incarnation that exists; kNever: none does
  TimePoint billed_until = kStart;     ///< up to where that incarnation's time is in the ledger
  TimePoint asked = kStart;            ///< when it is asked for; kNever: not within the horizon
  TimePoint entered = kNever;          ///< first service entry
  TimePoint data_since = kNever;       ///< of a desired one: its slot's first service entry ever
  TimePoint serving_since = kNever;    ///< service entry or latest return to service
  TimePoint defective_since = kStart;  ///< when its present defect, if any, began to serve
  TimePoint out_since = kNever;        ///< kNever: not out
  Money out_price;                     ///< per hour of the present outage
  Build build;
  OutageState* struck_by = nullptr;   ///< the outage that interrupted it
  TimePoint incident_onset = kNever;  ///< of the open incident, else kNever
  TimePoint older_onset = kNever;     ///< of one before it that is open as well
  TimePoint damaged_at = kStart;      ///< when the open incident damaged its data
  double open_data_loss = kNoValue;
  std::optional<Build> pinned;  ///< the version it is launched with; absent: the image's newest
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

}  // namespace rollcast::model
