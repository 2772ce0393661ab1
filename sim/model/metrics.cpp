#include "rollcast/model/metrics.hpp"

#include "rollcast/base/assertion.hpp"

namespace rollcast::model {
namespace {

constexpr auto kReached = Censoring::not_reached;
constexpr auto kCut = Censoring::cut_at_horizon;
constexpr auto kRun = Pooling::replications;

/// In the order of Metric.
constexpr std::array<MetricInfo, kMetrics> kInfos{{
    {"ready_time", "whole fleet ready", Unit::seconds, kReached, kRun,
     "From the start until every desired instance has entered service once."},
    {"image_to_ready_time", "ready after images", Unit::seconds, kReached, kRun,
     "From the moment the last image needed is made and copied until the whole fleet is ready."},
    {"first_ready_time", "first instance ready", Unit::seconds, kReached, kRun,
     "From the start until the first instance enters service."},
    {"rollout_time", "roll-out with last soak", Unit::seconds, kReached, kRun,
     "From the start until the roll-out has ended, the soak after its last batch included."},
    {"ready_share", "share of fleet ready", Unit::share, kCut, kRun,
     "Share of the desired instances that entered service within the horizon."},
    {"demand_to_ready.mean", "from demand to ready", Unit::seconds, kReached, kRun,
     "From the moment an instance is asked for until it enters service, on average over those "
     "that were asked for within the horizon; only of groups with `demand`."},
    {"demand_to_ready.max", "longest from demand to ready", Unit::seconds, kReached, kRun,
     "The longest time from being asked for to service entry; only with `demand`."},
    {"launches.attempted", "launch attempts", Unit::count, kCut, kRun,
     "Attempts to launch an instance, retries and replacements included."},
    {"launches.failed", "failed launch attempts", Unit::count, kCut, kRun,
     "Launch attempts that failed, timed-out scripts included."},
    {"instances.abandoned", "instances given up", Unit::instances, kCut, kRun,
     "Desired instances given up after the last allowed attempt."},
    {"defects.live", "defects in service", Unit::instances, kCut, kRun,
     "Instances that entered service with a defect, over the whole horizon."},
    {"defects.drifted", "servers that drifted", Unit::instances, kCut, kRun,
     "Instances whose environment drifted into a defect of its own while they served."},
    {"impact.peak", "worst moment: out or defective", Unit::instances, kCut, kRun,
     "Most instances at one moment that had entered service and were out or defective."},
    {"impact.out_peak", "worst moment: out", Unit::instances, kCut, kRun,
     "Most instances at one moment that had entered service and were out."},
    {"impact.defective_peak", "worst moment: defective", Unit::instances, kCut, kRun,
     "Most instances at one moment that served with a defect, known or not."},
    {"impact.image_peak", "worst moment: defects of images", Unit::instances, kCut, kRun,
     "Most instances at one moment that served with a defect of the image version that they all "
     "were launched from, known or not: the common cause."},
    {"impact.own_peak", "worst moment: defects of their own", Unit::instances, kCut, kRun,
     "Most instances at one moment that served with a defect of their own: of their set-up by "
     "hand, "
     "their script, or drift."},
    {"impact.instance_hours", "instance-hours out or defective", Unit::instance_hours, kCut, kRun,
     "Instance-hours after service entry that were out or defective."},
    {"impact.out_instance_hours", "instance-hours out", Unit::instance_hours, kCut, kRun,
     "Instance-hours after service entry that were out."},
    {"impact.defective_instance_hours", "instance-hours defective", Unit::instance_hours, kCut,
     kRun, "Instance-hours served with a defect."},
    {"availability", "availability", Unit::share, kCut, kRun,
     "Share of the instance-hours after service entry in which the instance was not out."},
    {"recovery.time_mean", "recovery time", Unit::hours, kReached, Pooling::incident_recovery_time,
     "From the onset of an incident until the instance serves again; pooled over incidents."},
    {"recovery.time_max", "longest recovery", Unit::hours, kReached, kRun,
     "The longest recovery of a replication; not reached when one is open at the horizon."},
    {"recovery.data_loss_mean", "data loss", Unit::hours, kCut, Pooling::incident_data_loss,
     "Age of the state that is, or could be, restored at the onset of an incident; pooled over "
     "incidents, those that are open at the horizon included."},
    {"recovery.data_loss_max", "largest data loss", Unit::hours, kCut, kRun,
     "The largest data loss of a replication."},
    {"recovery.open", "open incidents", Unit::count, kCut, kRun,
     "Incidents not recovered within the horizon."},
    {"backups.skipped", "backups skipped", Unit::count, kCut, kRun,
     "Backups that could not be taken, or copied to another region, because the quota of custom "
     "images there was full."},
    {"images.versions", "new image versions", Unit::count, kCut, kRun,
     "Versions of images made after the first ones: rebuilt on a cadence, or mended once in use. "
     "What a test refuses before use does not count."},
    {"patches.missing", "patches missing", Unit::count, kCut, kRun,
     "Security patches that an instance in service lacked, on average over instances and time."},
    {"patches.vulnerable_instance_hours", "vulnerable instance-hours", Unit::instance_hours, kCut,
     kRun, "Instance-hours served while at least one security patch was missing."},
    {"incidents.count", "incidents", Unit::count, kCut, kRun,
     "Failures and found defects that needed a recovery."},
    {"staff.effort_hours", "people's work", Unit::hours, kCut, kRun,
     "Hours of work done by people, rework included."},
    {"staff.utilisation", "people's utilisation in deployment", Unit::share, kCut, kRun,
     "Hours of deployment work over the working hours of all people until the roll-out has ended "
     "(or the horizon)."},
    {"staff.out_of_hours", "work out of hours", Unit::hours, kCut, kRun,
     "Hours of work done outside working hours by people on call."},
    {"capacity.peak", "most instances held", Unit::instances, kCut, kRun,
     "Most instances that existed at one moment, in service or not."},
    {"capacity.least", "least serving after ready", Unit::instances, kCut, kRun,
     "Fewest instances that served at one moment after the whole fleet was ready, or from the "
     "start "
     "where it is updated; 0 when it never was ready."},
    {"service.ready_time", "service stands", Unit::seconds, kReached, kRun,
     "From the start until so many of each group serve as suffice; like all of `service` only "
     "where "
     "a group says what `suffices`. A service that never stands is out from the start to the "
     "horizon: one outage."},
    {"service.availability", "availability of the service", Unit::share, kCut, kRun,
     "Share of the time since the service first stood in which enough of each group served."},
    {"service.out_hours", "service out", Unit::hours, kCut, kRun,
     "Hours, after the service first stood, in which too few of some group served."},
    {"service.outages", "outages of the service", Unit::count, kCut, kRun,
     "How often, after the service first stood, too few of some group served."},
    {"service.time_to_outage", "time to the first outage of the service", Unit::seconds, kReached,
     kRun,
     "From the moment when the service first stood until too few of some group served for the "
     "first time."},
    {"mixed_version.instance_hours", "mixed-version instance-hours", Unit::instance_hours, kCut,
     kRun,
     "Instance-hours served while instances of the same group served with another version of its "
     "image."},
    {"waiting.staff", "waiting for people", Unit::hours, kCut, kRun,
     "Instance-hours before service entry spent waiting for people, closed hours included."},
    {"waiting.quota", "waiting for quota", Unit::hours, kCut, kRun,
     "Instance-hours before service entry spent waiting for the quotas of instances held and of "
     "launches."},
    {"waiting.api", "waiting for the API", Unit::hours, kCut, kRun,
     "Instance-hours before service entry spent waiting for the API rate."},
    {"waiting.copy", "waiting for images", Unit::hours, kCut, kRun,
     "Instance-hours before service entry spent waiting for an image to be made and copied."},
    {"waiting.copy_tasks", "copies waiting", Unit::hours, kCut, kRun,
     "Hours that copies of images waited for their turn among the copy tasks or on a line."},
    {"waiting.image_quota", "images waiting for quota", Unit::hours, kCut, kRun,
     "Hours that images and their copies waited for a place in a region's quota of custom images."},
    {"waiting.soak", "waiting for soak", Unit::hours, kCut, kRun,
     "Hours the roll-out spent soaking and pausing between batches."},
    {"waiting.approval", "waiting for approval", Unit::hours, kCut, kRun,
     "Hours the roll-out spent waiting for approvals."},
    {"waiting.window", "waiting for windows", Unit::hours, kCut, kRun,
     "Hours the roll-out spent outside the windows in which it may replace or launch."},
    {"rollout.aborted", "roll-out stopped", Unit::flag, kCut, kRun,
     "1 when the roll-out was stopped: too much of it failed, or its version was found bad."},
    {"rollout.stalled", "roll-out stalled", Unit::flag, kCut, kRun,
     "1 when the roll-out made no progress for its policy's deadline, or was under way at the "
     "horizon."},
    {"rollout.rolled_back", "roll-out rolled back", Unit::flag, kCut, kRun,
     "1 when an update was rolled back, because its policy stopped it or its version was found "
     "bad."},
    {"rollout.rollback_time", "time to roll back", Unit::hours, kReached, kRun,
     "From the beginning of a roll-back until the whole fleet runs the old version again; not "
     "reached when an instance does not."},
    {"update.patched_time", "95 % patched", Unit::seconds, kReached, kRun,
     "From the start until 95 % of the fleet serve the version of an update; not reached when it "
     "is "
     "rolled back."},
    {"update.vulnerable_instance_hours", "vulnerable instance-hours", Unit::instance_hours, kCut,
     kRun, "Instance-hours served, from the start, with the version that an update replaces."},
    {"cost.total", "cost, total", Unit::money, kCut, kRun, "All that is spent up to the horizon."},
    {"cost.instances", "cost of instances", Unit::money, kCut, kRun,
     "Instance time without licences."},
    {"cost.licences", "cost of licences", Unit::money, kCut, kRun,
     "Windows minus Linux price of the instance time."},
    {"cost.image_fees", "cost of image fees", Unit::money, kCut, kRun,
     "Fees of marketplace images."},
    {"cost.staff", "cost of people", Unit::money, kCut, kRun, "Hours worked, at their wages."},
    {"cost.storage", "cost of storage", Unit::money, kCut, kRun,
     "Storage of custom images and backups."},
    {"cost.transfer", "cost of transfer", Unit::money, kCut, kRun,
     "Copies between regions (free with this provider)."},
    {"cost.delay", "cost of delay", Unit::money, kCut, kRun,
     "Price of missing instance-hours before the fleet is ready."},
    {"cost.incidents", "cost of incidents", Unit::money, kCut, kRun,
     "Price of out and defective instance-hours."},
    {"cost.deployment", "cost of deployment", Unit::money, kCut, kRun,
     "All that is spent to bring instances into service for the first time."},
    {"cost.running", "cost of running", Unit::money, kCut, kRun,
     "What is spent while the fleet runs, delay included."},
    {"cost.in_incidents", "cost in incidents", Unit::money, kCut, kRun,
     "What is spent because of incidents and recoveries."},
    {"cost.images", "cost of images", Unit::money, kCut, kRun,
     "What the account's own images cost: the people who make, test and mend them, the instance "
     "that "
     "they are made on, their copies and their storage; a part of the other costs, not added to "
     "them."},
    {"cost.ranked", "ranked cost", Unit::money, kCut, kRun, "The cost the verdict ranks by."},
}};

}  // namespace

const MetricInfo& metric_info(Metric metric) {
  const auto index = static_cast<std::size_t>(metric);
  ROLLCAST_ASSERT(index < kMetrics, "metric {}", index);
  return kInfos[index];
}

std::optional<Metric> find_metric(std::string_view name) {
  for (std::size_t index = 0; index < kMetrics; ++index)
    if (kInfos[index].name == name) return static_cast<Metric>(index);
  return std::nullopt;
}

}  // namespace rollcast::model
