/// Backups, and how broken or defective instances are brought back.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "image_words.hpp"
#include "rollcast/base/text.hpp"
#include "world_reader.hpp"

namespace rollcast::scenario {

/// The quickest way from every region to the one that the backups are copied to.
void WorldReader::find_backup_routes(Reader& c, model::Backup& backup) const {
  const std::vector<Line> ways = lines();
  if (ways.empty() || !backup.copied_to.valid()) return;  // told elsewhere
  for (const model::Group& group : world_.groups) {
    const bool copied = group.region.valid() && group.region != backup.copied_to;
    if (!copied || !backup.copy_routes[group.region].empty()) continue;
    const auto way =
        shortest_way(world_.regions.size(), ways, {group.region.index()}, backup.copied_to.index());
    if (way) {
      backup.copy_routes[group.region] = *way;
      continue;
    }
    c.error(c.place("to"),
            fmt::format("no link leads from {} to {}", world_.regions[group.region].name,
                        world_.regions[backup.copied_to].name),
            "add a link to `network:`, or say how long the copy takes: `takes: 10 min to 30 min`");
    return;
  }
}

/// Backups are images: they do not pass the border of mainland China either.
void WorldReader::check_border(Reader& c, model::RegionId to) const {
  for (const model::Group& group : world_.groups) {
    if (!group.region.valid() || !to.valid() || !places_good_) return;
    const model::Region& home = world_.regions[group.region];
    if (home.in_mainland_china == world_.regions[to].in_mainland_china) continue;
    c.error(c.place("to"),
            fmt::format("the backups of `{}` cannot be copied from {} to {}: copies between "
                        "mainland China and elsewhere are not self-service",
                        group.name, home.name, world_.regions[to].name),
            "name a region on the same side");
    return;
  }
}

void WorldReader::read_backup_copy(Reader& r, model::Backup& backup) const {
  const auto copy = object<int>([this, &backup](Reader& c) {
    const std::size_t to =
        c.required("to", reference(regions_), "the region that the copies go to", kNone);
    if (to != kNone) backup.copied_to = model::RegionId{to};
    check_border(c, backup.copied_to);
    const bool all_there = std::all_of(
        world_.groups.begin(), world_.groups.end(),
        [&backup](const model::Group& group) { return group.region == backup.copied_to; });
    if (to != kNone && all_there && !context_.describing)
      c.error(c.place("to"), fmt::format("all backups lie in {} already", regions_.names[to]),
              "name another region");
    if (!world_.network.links.empty() && !c.has("takes")) {
      find_backup_routes(c, backup);
      return 0;
    }
    backup.copy_takes = c.defaulted(
        "takes", random_duration(),
        {context_.describing ? "10 min to 30 min" : copy_time_, Basis::neutral, "as `copy`"},
        "copying one backup");
    return 0;
  });
  (void)r.optional("copy", copy, "every backup is copied to another region too");
}

void WorldReader::check_snapshots(Reader& r, std::int64_t keep) const {
  for (const model::Group& group : world_.groups) {
    if (!group.region.valid()) continue;
    const model::Region& region = world_.regions[group.region];
    if (keep <= region.snapshots) continue;
    r.error(r.place("keep"),
            fmt::format("{} backups of a disk are kept; in {} a disk has at most {}", keep,
                        region.name, region.snapshots),
            fmt::format("keep {} or fewer, or write `quota: {{snapshots: {}}}`", region.snapshots,
                        keep));
    return;
  }
}

void WorldReader::read_backup() {
  const auto backup = object<std::optional<model::Backup>>([this](Reader& r) {
    model::Backup result;
    result.copy_routes.resize(world_.regions.size());
    result.every = r.required("every", elapsed(), "time between the starts of two backups",
                              Duration{std::chrono::hours{24}});
    const Node* every = r.node().find("every");
    const bool readable = every != nullptr && every->is_scalar() && result.every > Duration::zero();
    if (result.every <= Duration::zero() && !context_.describing)
      r.error(r.place("every"), "backups cannot follow each other without end",
              "write how often, as in `every: 24 h`");
    const bool good =
        readable && parse_distribution(every->text, Quantity::elapsed, context_.tables).has_value();
    result.from_service =
        r.defaulted("from", word_of("where the timer begins", {"start", "service"}),
                    {"start", Basis::judgement, "one schedule for all"},
                    "one timer for all from the start of the scenario, or one of each instance "
                    "that begins again whenever it enters or returns to service") == 1;
    const Default at_once{"0 s", Basis::judgement, "what has come into service is saved at once"};
    const Default in_time{good ? every->text : "24 h", Basis::neutral, "as `every`"};
    result.first = r.defaulted("first", elapsed(), result.from_service ? at_once : in_time,
                               "start of the first backup, after what `from` names");
    result.takes =
        r.defaulted("takes", random_duration(),
                    {"10 min to 20 min", Basis::provider,
                     "documented: an image takes 10 minutes or more; the upper end is a judgement"},
                    "making one backup");
    result.fails = r.defaulted(
        "fails", probability(),
        {"0 %", Basis::judgement, "no source; a copy that cannot be restored is found only then"},
        "chance that a backup turns out unusable at its restore; the next older one is tried");
    read_backup_copy(r, result);
    result.every_instance =
        r.defaulted("of", word_of("what is backed up", {"representative", "every instance"}),
                    {"representative", Basis::judgement,
                     "one instance of each group restores the environment of all"},
                    "one representative of each group (restores the environment), or every "
                    "instance (restores its state too)") == 1;
    result.keep = r.defaulted("keep", count(1), {"1", Basis::judgement, "the newest one restores"},
                              "newest complete backups kept of each");
    check_snapshots(r, result.keep);
    return std::optional<model::Backup>{result};
  });
  const auto none = scalar<std::optional<model::Backup>>(
      "`none` or a map",
      [] {
        return Json{{"const", "none"}};
      },
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

Value<model::Standby> WorldReader::standby() const {
  return object<model::Standby>([this](Reader& r) {
    model::Standby result;
    const Amount amount_of =
        r.required("count", amount(), "how many stand by for each group, or which share of it");
    for (const model::Group& group : world_.groups) {
      const double share_of = amount_of.share * static_cast<double>(group.count);
      result.count.push_back(amount_of.is_share
                                 ? static_cast<std::int64_t>(std::ceil(share_of - 1e-9))
                                 : amount_of.count);
    }
    result.start = r.defaulted(
        "start", random_duration(),
        {"30 s to 2 min", Basis::judgement, "no source; quicker than a launch of 3-5 minutes"},
        "from stopped to ready");
    return result;
  });
}

model::Recovery WorldReader::recovery(Reader& r, const Default& usual) const {
  model::Recovery result;
  const auto means = mapped(list_of(word_of("a way to recover", {"restore", "reinstall", "relaunch",
                                                                 "by hand", "standby"})),
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
            "name at least one of `restore`, `reinstall`, `relaunch`, `standby` and `by hand`, or "
            "leave it away for what the way of deploying offers");
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
  result.standby = r.optional("standby", standby(),
                              "stopped instances that are kept to take over: the means `standby`");
  result.reinstall = r.defaulted("reinstall", random_duration(),
                                 {"10 min to 30 min", Basis::provider, "documented"},
                                 "reinstalling in place, from the image or from a backup");
  result.remount = r.defaulted(
      "remount", random_duration(), {"0 s", Basis::judgement, "no source; contained in the means"},
      "after any means that worked: data disks are mounted again, or the data brought back");
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
  if (uses(RecoveryMeans::standby) != world_.recovery.standby.has_value()) {
    const Node* recover = root_.node().find("recover");
    const Node* means = recover != nullptr ? recover->find("means") : nullptr;
    root_.error(means != nullptr ? means->place : place,
                world_.recovery.standby ? "instances stand by, and no means starts them"
                                        : "`standby` needs stopped instances, and there are none",
                "write `recover: {means: [standby, relaunch], standby: {count: 2}}`, say");
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

/// Whether the region that takes over has what it takes, and room for the largest region if an
/// outage took all of it.
void WorldReader::check_failover() {
  const auto& failover = world_.recovery.failover;
  if (!failover || !failover->to.valid()) return;
  const model::Region& there = world_.regions[failover->to];
  for (std::size_t i = 0; i < world_.groups.size(); ++i) {
    const model::ImageId id = world_.deployments[model::GroupId{i}].image;
    const bool image = id.valid() && is_in(world_.images[id], failover->to);
    const bool backup = world_.backup && world_.backup->copied_to == failover->to;
    const model::Group& group = world_.groups[model::GroupId{i}];
    if (image || backup || group.region == failover->to) continue;
    root_.warning(root_.has("recover") ? root_.place("recover") : strategy_,
                  fmt::format("{} cannot take over `{}`: neither its image nor a backup lies there",
                              there.name, group.name),
                  fmt::format("copy the image, or add `backup: {{every: 24 h, copy: {{to: {}}}}}`",
                              there.name));
  }
  check_room(there);
}

void WorldReader::check_room(const model::Region& there) {
  const auto& failover = world_.recovery.failover;
  if (!there.held_per_zone) return;
  std::int64_t own = 0, most = 0;
  std::string from;
  for (std::size_t i = 0; i < world_.regions.size(); ++i) {
    std::int64_t instances = 0;
    for (const model::Group& group : world_.groups)
      if (group.region == model::RegionId{i}) instances += group.count;
    if (model::RegionId{i} == failover->to) {
      own = instances;
    } else if (instances > most) {
      most = instances;
      from = world_.regions[model::RegionId{i}].name;
    }
  }
  const std::int64_t due = (own + most + there.zones - 1) / there.zones;
  const bool raised = there.raise && there.raise->held_per_zone >= due;
  if (due <= *there.held_per_zone || raised) return;
  const std::int64_t room = std::max<std::int64_t>(0, *there.held_per_zone * there.zones - own);
  const Place place = root_.has("recover") ? root_.place("recover") : strategy_;
  root_.warning(
      place,
      fmt::format("{} has room for {} of the {} of {}; the rest waits for the end of the outage",
                  there.name, room, plural(static_cast<std::size_t>(most), "instance"), from),
      fmt::format("the smallest quota that would do is `quota: {{held: {} per zone}}`", due));
}

}  // namespace rollcast::scenario
