/// What happens after service entry: failures, defects, backups, recovery; and what else costs
/// money.
#include <fmt/format.h>

#include <algorithm>

#include "rollcast/base/text.hpp"
#include "world_reader.hpp"

namespace rollcast::scenario {

void WorldReader::read_failures() {
  const std::string none = fmt::format("0 {}", context_.currency);
  const auto failure = object<model::FailureClass>([&none](Reader& r) {
    model::FailureClass result;
    result.name = r.name();
    result.kind = static_cast<model::FailureKind>(
        r.required("kind", word_of("a kind of failure", {"environment", "instance"}),
                   "what breaks: the software environment of an instance, or the instance itself"));
    result.time_to_failure = r.required(
        "every", random_duration(),
        "time from service entry or recovery to the failure, of each instance on its own");
    result.detection = r.defaulted("detected", random_duration(),
                                   {"1 min to 15 min", Basis::judgement,
                                    "no source; between one and a few rounds of monitoring"},
                                   "from the failure until somebody knows");
    result.cost_per_out_hour =
        r.defaulted("cost", money("instance h"),
                    {none + " per instance h", Basis::neutral, "outages cost nothing"},
                    "price of an instance-hour out because of it");
    result.cost_per_incident =
        r.defaulted("each", money(), {none, Basis::neutral, "incidents cost nothing"},
                    "price of each incident");
    if (result.time_to_failure.seconds.support().second <= 0.0 && r.has("every"))
      r.error(r.place("every"), "a failure every 0 s would never let an instance serve",
              "write how long an instance runs before it fails, as in `exponential(4000 h)`");
    return result;
  });
  auto failures = root_.optional("failures", keyed(entity_name(), failure),
                                 "classes of failures that hit each instance on its own");
  if (!failures) return;
  for (auto& one : *failures) {
    const bool never_ends = one.value.time_to_failure.seconds.support().second <= 0.0;
    if (!never_ends) world_.failures.push_back(std::move(one.value));
  }
}

model::Outage WorldReader::outage(Reader& r) const {
  model::Outage result;
  result.name = r.name();
  const std::size_t region = r.required("region", reference(regions_), "where it happens", kNone);
  if (region != kNone && region < world_.regions.size()) result.region = model::RegionId{region};
  if (const auto zone =
          r.optional("zone", count(1), "the zone, from 1; without it, the whole region")) {
    result.zone = static_cast<int>(*zone) - 1;
    const int zones = result.region.valid() ? world_.regions[result.region].zones : 0;
    if (zones > 0 && *zone > zones)
      r.error(r.place("zone"),
              fmt::format("{} has {}", world_.regions[result.region].name,
                          plural(static_cast<std::size_t>(zones), "zone")),
              "count zones from 1");
  }
  for (const std::size_t group : r.optional("groups", list_of(reference(groups_)),
                                            "whom it concerns; without it, everybody there")
                                     .value_or(std::vector<std::size_t>{}))
    result.groups.emplace_back(group);
  r.at_most_one_of({"every", "at"});
  result.every =
      r.optional("every", random_duration(), "from the end of one, or the start, to the next");
  if (const auto at = r.optional("at", moment(), "once, at this moment")) result.at = *at;
  if (!r.has("every") && !r.has("at") && !context_.describing)
    r.error(r.place(), fmt::format("`{}` does not say when", result.name),
            "add `every: exponential(2000 h)` or `at: 2 d`");
  result.lasts = r.required("lasts", random_duration(), "how long it lasts");
  result.takes = r.defaulted(
      "takes", probability(), {"100 %", Basis::judgement, "the worst case"},
      "share of the instances there that it puts out; 0 %: only nothing can be launched");
  result.destroys = r.defaulted("destroys", truth(), {"false", Basis::neutral, "they come back"},
                                "what it puts out is gone and must be replaced");
  result.cost_per_out_hour = r.defaulted("cost", money("instance h"),
                                         {fmt::format("0 {} per instance h", context_.currency),
                                          Basis::neutral, "outages cost nothing"},
                                         "price of an instance-hour out because of it");
  return result;
}

void WorldReader::read_outages() {
  const auto value =
      keyed(entity_name(), object<model::Outage>([this](Reader& r) { return outage(r); }));
  for (auto& one :
       root_
           .optional("outages", value,
                     "states of a zone or region that last: outages and shortages of capacity")
           .value_or(std::vector<Named<model::Outage>>{}))
    world_.outages.push_back(std::move(one.value));
}

void WorldReader::read_costs() {
  const std::string none = fmt::format("0 {} per instance h", context_.currency);
  const auto defects = object<model::Defects>([&none](Reader& r) {
    model::Defects result;
    result.detection = r.defaulted("detected", random_duration(),
                                   {"exponential(24 h)", Basis::judgement,
                                    "no source; a latent defect shows within about a day of use"},
                                   "from service entry until a defect is found, in normal service");
    result.detection_soak =
        r.defaulted("detected in soak", random_duration(),
                    {"exponential(30 min)", Basis::judgement, "no source; somebody looks for it"},
                    "the same while the batch soaks; the sooner of the two counts");
    result.cost_per_hour =
        r.defaulted("cost", money("instance h"), {none, Basis::neutral, "defects cost nothing"},
                    "price of a defective instance-hour");
    return result;
  });
  world_.defects = root_.section("defects", defects, "instances that serve, but wrongly");
  world_.delay_per_missing_hour = root_.defaulted(
      "delay", money("instance h"), {none, Basis::neutral, "being late costs nothing"},
      "price of an instance-hour that the fleet is short of before it is ready");
  const auto billing = object<int>([this](Reader& r) {
    world_.billing_granularity =
        r.defaulted("granularity", elapsed(),
                    {"1 s", Basis::provider, "documented: pay-as-you-go is billed per second"},
                    "instance time is rounded up to this");
    world_.billing_minimum =
        r.defaulted("minimum", elapsed(), {"0 s", Basis::provider, "none documented"},
                    "least time that a launched instance is billed for");
    if (world_.billing_granularity <= Duration::zero()) {
      r.error(r.place("granularity"), "instance time cannot be billed in steps of 0 s",
              "write `1 s`, or `1 h` for whole hours");
      world_.billing_granularity = std::chrono::seconds{1};
    }
    return 0;
  });
  root_.section("billing", billing, "how instance time is billed");
}

void WorldReader::read_backup() {
  const auto backup = object<std::optional<model::Backup>>([this](Reader& r) {
    model::Backup result;
    result.every = r.required("every", elapsed(), "time between the starts of two backups",
                              Duration{std::chrono::hours{24}});
    const Node* every = r.node().find("every");
    const bool readable = every != nullptr && every->is_scalar() && result.every > Duration::zero();
    if (result.every <= Duration::zero() && !context_.describing)
      r.error(r.place("every"), "backups cannot follow each other without end",
              "write how often, as in `every: 24 h`");
    const bool good =
        readable && parse_distribution(every->text, Quantity::elapsed, context_.tables).has_value();
    result.first =
        r.defaulted("first", elapsed(), {good ? every->text : "24 h", Basis::neutral, "as `every`"},
                    "start of the first backup, from the start of the scenario");
    result.takes =
        r.defaulted("takes", random_duration(),
                    {"10 min to 20 min", Basis::provider,
                     "documented: an image takes 10 minutes or more; the upper end is a judgement"},
                    "making one backup");
    result.fails = r.defaulted(
        "fails", probability(),
        {"0 %", Basis::judgement, "no source; a copy that cannot be restored is found only then"},
        "chance that a backup turns out unusable at its restore; the next older one is tried");
    const auto copy = object<int>([this, &result](Reader& c) {
      const std::size_t to =
          c.required("to", reference(regions_), "the region that the copies go to", kNone);
      if (to != kNone) result.copied_to = model::RegionId{to};
      result.copy_takes = c.defaulted(
          "takes", random_duration(),
          {context_.describing ? "10 min to 30 min" : copy_time_, Basis::neutral, "as `copy`"},
          "copying one backup");
      return 0;
    });
    (void)r.optional("copy", copy, "every backup is copied to another region too");
    result.every_instance =
        r.defaulted("of", word_of("what is backed up", {"representative", "every instance"}),
                    {"representative", Basis::judgement,
                     "one instance of each group restores the environment of all"},
                    "one representative of each group (restores the environment), or every "
                    "instance (restores its state too)") == 1;
    result.keep = r.defaulted("keep", count(1), {"1", Basis::judgement, "the newest one restores"},
                              "newest complete backups kept of each");
    return std::optional<model::Backup>{result};
  });
  const auto none = scalar<std::optional<model::Backup>>(
      "`none` or a map", {{"const", "none"}},
      [](Context&, std::string_view text) -> tl::expected<std::optional<model::Backup>, TextError> {
        if (text == "none") return std::optional<model::Backup>{};
        return tl::make_unexpected(TextError{0, text.size(),
                                             fmt::format("`{}` is neither `none` nor a map", text),
                                             "write `backup: {every: 24 h}` or `backup: none`"});
      });
  const auto value =
      either<std::optional<model::Backup>>("`none` or a map `{every: 24 h}`", none, backup);
  world_.backup = root_.defaulted("backup", value, {"none", Basis::neutral, "no backups"},
                                  "images of running instances, taken on a schedule");
}

model::Recovery WorldReader::recovery(Reader& r, const Default& usual) const {
  model::Recovery result;
  const auto means =
      mapped(list_of(word_of("a way to recover", {"restore", "reinstall", "relaunch", "by hand"})),
             [](const std::vector<std::size_t>& words) {
               std::vector<model::RecoveryMeans> ways;
               for (const std::size_t word : words)
                 ways.push_back(static_cast<model::RecoveryMeans>(word));
               return ways;
             });
  result.means =
      r.defaulted("means", means, usual, "ways to bring an instance back, tried in this order");
  if (r.has("means") && result.means.empty() && r.node().find("means")->items.empty()) {
    r.error(r.place("means"), "without any means nothing is ever recovered",
            "name at least one of `restore`, `reinstall`, `relaunch` and `by hand`");
  }
  const auto failover = object<model::Failover>([this](Reader& f) {
    model::Failover away;
    const std::size_t to =
        f.required("to", reference(regions_), "the region that takes over", kNone);
    if (to != kNone) away.to = model::RegionId{to};
    away.after =
        f.defaulted("after", random_duration(),
                    {"30 min", Basis::judgement, "no source; time to be sure and to decide"},
                    "from the onset of the outage until the decision");
    away.failback = f.defaulted("failback", truth(),
                                {"true", Basis::neutral, "a planned move, not an incident"},
                                "back home once the outage is over");
    return away;
  });
  result.failover =
      r.optional("failover", failover, "another region takes over what an outage has put out");
  result.reinstall = r.defaulted("reinstall", random_duration(),
                                 {"10 min to 30 min", Basis::provider, "documented"},
                                 "reinstalling in place, from the image or from a backup");
  const auto by = r.optional("by", reference(staff_),
                             "who attends a restore, reinstall or relaunch, and does what is done "
                             "by hand; without it, machines recover alone");
  if (by) result.by = model::StaffId{*by};
  result.attended = r.defaulted("attended", random_work(),
                                {"0 work min", Basis::judgement, "no source; automatic"},
                                "effort of those who attend");
  return result;
}

void WorldReader::read_recover() {
  bool any_image = false;
  for (const model::Deployment& deployment : world_.deployments)
    any_image = any_image || deployment.method != model::Method::manual;
  std::vector<std::string> usual;
  if (world_.backup) usual.emplace_back("restore");
  if (any_image) usual.insert(usual.end(), {"reinstall", "relaunch"});
  if (manual_work()) usual.emplace_back("by hand");
  const Default fallback{fmt::format("[{}]", join(usual, ", ")), Basis::judgement,
                         "what the way of deploying offers, the quickest first"};
  const auto value =
      object<model::Recovery>([this, fallback](Reader& r) { return recovery(r, fallback); });
  world_.recovery = root_.section(
      "recover", shorthand(value, "means"),
      "how broken or defective instances are brought back: a list of means, or a map");
  if (!context_.describing) check_recover();
}

void WorldReader::check_recover() {
  using model::RecoveryMeans;
  const auto& used = world_.recovery.means;
  const auto uses = [&used](RecoveryMeans means) {
    return std::find(used.begin(), used.end(), means) != used.end();
  };
  const Place place = root_.has("recover") ? root_.place("recover") : strategy_;
  if (uses(RecoveryMeans::restore_backup) && !world_.backup) {
    root_.error(place, "`restore` needs backups, and there are none",
                "add `backup: {every: 24 h}`, or remove `restore`");
  }
  const bool by_hand = uses(RecoveryMeans::rebuild_by_hand);
  for (model::Deployment& deployment : world_.deployments) {
    if (deployment.by.valid()) continue;
    if (world_.recovery.by.valid()) {
      deployment.by = world_.recovery.by;
    } else if (by_hand && world_.staff.size() == 1) {
      deployment.by = model::StaffId{0};
    } else if (by_hand) {
      root_.error(place, "recovery `by hand` does not say by whom",
                  staff_.names.empty() ? "define people under `staff:`"
                                       : fmt::format("write `recover: {{means: [...], by: {}}}`",
                                                     staff_.names.front()));
      return;
    }
  }
}

}  // namespace rollcast::scenario
