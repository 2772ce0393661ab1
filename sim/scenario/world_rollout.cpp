/// In which steps the fleet is brought into service or updated: in batches, or as a tool does it.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "rollcast/base/text.hpp"
#include "rollout_tools.hpp"
#include "world_reader.hpp"

namespace rollcast::scenario {
namespace {

namespace policy = model::policy;

/// ceil(share · whole) for cumulative shares; a hair below a whole number is that number.
std::int64_t cumulative(const Amount& step, std::int64_t whole) {
  if (!step.is_share) return step.count;
  return static_cast<std::int64_t>(std::ceil(step.share * static_cast<double>(whole) - 1e-9));
}

/// A share of the whole rounded down, at least one instance.
std::int64_t increment(const Amount& step, std::int64_t whole) {
  if (!step.is_share) return step.count;
  const auto size =
      static_cast<std::int64_t>(std::floor(step.share * static_cast<double>(whole) + 1e-9));
  return std::max<std::int64_t>(1, size);
}

constexpr std::size_t kMostBatches = 100'000;

/// Batches of such sizes, the last of which repeats; none where one of them has no instance.
std::vector<std::int64_t> batch_sizes(const std::vector<Amount>& steps, std::int64_t fleet) {
  std::vector<std::int64_t> sizes;
  std::int64_t done = 0;
  for (std::size_t step = 0; done < fleet && sizes.size() <= kMostBatches; ++step) {
    const std::int64_t size = increment(steps[std::min(step, steps.size() - 1)], fleet);
    if (size < 1) return {};
    sizes.push_back(std::min(size, fleet - done));
    done += sizes.back();
  }
  return sizes;
}

/// What each step adds, and what is left after the last; steps that add nothing are no batches.
std::vector<std::int64_t> cumulative_sizes(const std::vector<Amount>& steps, std::int64_t fleet) {
  std::vector<std::int64_t> sizes;
  std::int64_t done = 0;
  for (const Amount& step : steps) {
    const std::int64_t until = std::min(cumulative(step, fleet), fleet);
    if (until > done) sizes.push_back(until - done);
    done = std::max(done, until);
  }
  if (done < fleet) sizes.push_back(fleet - done);
  return sizes;
}

std::string said(const Amount& step) {
  return step.is_share ? human_percent(step.share) : fmt::format("{}", step.count);
}

/// `waves:` as a list of cumulative shares, or over zones and regions.
struct WaveSpec {
  std::vector<Amount> steps;
  std::optional<policy::Waves> regions;
};

Value<WaveSpec> waves() {
  const auto listed = mapped(list_of(amount()), [](std::vector<Amount> steps) {
    return WaveSpec{std::move(steps), std::nullopt};
  });
  const auto grown = mapped(region_waves(), [](policy::Waves tool) {
    return WaveSpec{{}, std::move(tool)};
  });
  return either<WaveSpec>("a list of shares, or a map as in `{bake: 2 h}`", {}, grown, listed);
}

/// Keys that only batches take.
constexpr std::array<std::string_view, 2> kBatchKeys{"pause", "soak"};

}  // namespace

WorldReader::Steps WorldReader::read_steps(Reader& r) const {
  Steps result;
  result.place = r.place();
  for (const auto& [key, meaning] :
       {std::pair{"serial",
                  "sizes of the batches, one after the other; the last repeats: [1, 10 %, 30]"},
        std::pair{"canary", "what is in service behind each batch, in all: [1, 10 %, 100 %]"}}) {
    if (const auto given = r.optional(key, list_of(amount()), meaning)) {
      result.steps = *given;
      result.form = key;
    }
  }
  if (auto given = r.optional("waves", waves(),
                              "the same as canary, or first one instance, then its zone, its "
                              "region and growing groups of regions: {bake: 2 h}")) {
    result.steps = std::move(given->steps);
    result.form = "waves";
    if (given->regions) result.tool = *given->regions;
  }
  const std::string meaning =
      "size of every batch, as a number or as a share of the fleet; groups in the order of the "
      "file";
  if (r.has("serial") || r.has("canary") || r.has("waves")) {
    (void)r.optional("batches", amount(), meaning);
  } else {
    result.steps = {
        r.defaulted("batches", amount(), {"100 %", Basis::neutral, "all at once"}, meaning)};
  }
  if (r.has(result.form)) result.place = r.place(result.form);
  if (r.has(result.form) && result.steps.empty() && !result.tool && context_.diagnostics.ok())
    r.error(result.place, fmt::format("`{}` has no batches", result.form),
            "write it as in `[1, 10 %, 100 %]`");
  return result;
}

void WorldReader::read_approval(Reader& r, model::Rollout& rollout) const {
  const auto approval = object<int>([&rollout, this](Reader& a) {
    const std::size_t by = a.required("by", reference(staff_), "who approves", kNone);
    if (by != kNone) rollout.approval_by = model::StaffId{by};
    rollout.approval_effort =
        a.defaulted("effort", random_work(),
                    {"15 work min", Basis::judgement, "no source; a look at the dashboards"},
                    "effort of one approval");
    return 0;
  });
  (void)r.optional("approval", approval,
                   "people approve, in their working hours: every batch after the first, or where "
                   "the tool's policy waits for them");
}

void WorldReader::read_health(Reader& r, bool measured, model::Rollout& rollout) const {
  const auto health = object<model::HealthCheck>([](Reader& h) {
    model::HealthCheck check;
    check.misses = h.defaulted("misses", probability(),
                               {"0 %", Basis::judgement, "no source; a check sees every defect"},
                               "chance that a check overlooks a defect that is there");
    check.false_alarms = h.defaulted("false alarms", probability(), {"0 %", Basis::neutral, "none"},
                                     "chance that a check of something sound fails");
    check.inconclusive = h.defaulted("inconclusive", probability(), {"0 %", Basis::neutral, "none"},
                                     "chance that a measurement comes to no result");
    check.errors = h.defaulted("errors", probability(), {"0 %", Basis::neutral, "none"},
                               "chance that a measurement cannot be made");
    return check;
  });
  const std::string meaning =
      "health checks of a batch's instances at its end, or the measurements of an analysis; "
      "without it, batches are not checked";
  if (r.has("health") || measured)
    rollout.health = r.section("health", health, meaning);
  else
    (void)r.optional("health", health, meaning);
}

void WorldReader::read_windows(Reader& r, model::Rollout& rollout) const {
  const std::string zone = context_.start ? context_.start->zone : "UTC";
  const auto hours = scalar<WorkHours>(
      "hours of the week", text_schema("as in Sat-Sun 01:00-05:00 Asia/Seoul"),
      [zone](Context&, std::string_view text) { return parse_work_hours(text, zone); });
  struct Freeze {
    TimePoint from, until;
  };
  const auto freeze = object<Freeze>([](Reader& f) {
    Freeze result;
    result.from = f.required("from", moment(), "from when nothing is replaced", kStart);
    result.until = f.required("until", moment(), "until when", kStart);
    if (result.until <= result.from && !f.context().describing)
      f.error(f.place("until"), "the freeze ends before it begins", "let `until` be later");
    return result;
  });
  const auto open = r.optional("windows", hours,
                               "when instances may be replaced or launched; without it, always");
  const auto frozen = r.optional("freeze", list_of(freeze), "when nothing is replaced or launched");
  if (!open && !frozen) return;
  if (open && !open->always && !context_.start) {
    if (!context_.start_is_bad)
      r.error(r.place("windows"),
              "windows need a `start:` that says when the simulated time begins",
              "add `start: 2026-03-06 09:00 Asia/Seoul` to the scenario");
    return;
  }
  auto& windows = rollout.windows;
  constexpr Duration kMargin = std::chrono::hours{24 * 14};
  if (open && !open->always)
    windows = open_intervals(*open, *context_.start, context_.horizon + kMargin);
  else
    windows = {{kStart, kNever}};
  for (const Freeze& one : frozen.value_or(std::vector<Freeze>{})) {
    std::vector<std::pair<TimePoint, TimePoint>> left;
    for (const auto& [from, to] : windows) {
      if (from < std::min(to, one.from)) left.emplace_back(from, std::min(to, one.from));
      if (std::max(from, one.until) < to) left.emplace_back(std::max(from, one.until), to);
    }
    windows = std::move(left);
  }
  const bool none = windows.empty() || windows.front().first > kStart + context_.horizon;
  if (none)
    r.error(r.place(open ? "windows" : "freeze"), "no window opens within the horizon",
            "let one open, or extend `horizon:`");
}

/// Of the whole fleet, or of the groups that are deployed from one image and run already.
policy::FleetShape WorldReader::fleet_shape(model::ImageId only) const {
  policy::FleetShape shape;
  shape.running = world_.update.has_value() || only.valid();
  std::vector<std::size_t> next_zone(world_.regions.size(), 0);
  for (std::size_t index = 0; index < world_.groups.size(); ++index) {
    const model::Group& group = world_.groups[model::GroupId{index}];
    const int zones = world_.regions[group.region].zones;
    std::size_t& zone = next_zone[group.region.index()];
    const bool concerned = !only.valid() || world_.deployments[model::GroupId{index}].image == only;
    if (concerned) shape.zones = std::max(shape.zones, zones);
    for (std::int64_t member = 0; member < group.count; ++member) {
      if (concerned) shape.region.push_back(group.region.index());
      if (concerned) shape.zone.push_back(zone);
      zone = (zone + 1) % static_cast<std::size_t>(zones);
    }
  }
  shape.desired = static_cast<std::int64_t>(shape.region.size());
  return shape;
}

void WorldReader::refuse_beside_tool(Reader& r, const std::string& tool) {
  for (const std::string_view key : kBatchKeys) {
    if (!r.has(key)) continue;
    r.error(r.key_place(key),
            fmt::format("`{}` belongs to `batches`, `serial`, `canary` and `waves`", key),
            fmt::format("`{}` says it by parameters of its own; remove `{}`", tool, key));
  }
}

model::Rollout WorldReader::rollout(Reader& r, Steps& steps, bool& readable) const {
  model::Rollout result;
  std::vector<std::string> forms{"batches", "serial", "canary", "waves"};
  const std::size_t errors = context_.diagnostics.error_reports();
  forms.insert(forms.end(), tool_names().begin(), tool_names().end());
  r.at_most_one_of(forms);
  auto tool = read_tool(r);
  std::string tool_name;
  for (const std::string& name : tool_names())
    if (r.has(name) && tool_name.empty()) tool_name = name;
  if (tool_name.empty()) {
    steps = read_steps(r);
  } else {
    for (const std::string_view key : {"batches", "serial", "canary", "waves"}) r.ignore(key);
    steps.form = tool_name;
    steps.place = r.key_place(tool_name);
    refuse_beside_tool(r, tool_name);
  }
  if (tool) steps.tool = std::move(tool);
  if (tool_name.empty()) {
    result.pause = r.defaulted("pause", random_duration(), {"0 s", Basis::neutral, "no pause"},
                               "after a batch has ended and soaked, before the next starts");
    result.soak = r.defaulted("soak", random_duration(), {"0 s", Basis::neutral, "no soak"},
                              "watched time after a batch's last entry into service");
  } else {
    for (const std::string_view key : kBatchKeys) r.ignore(key);
  }
  result.stop_above = r.optional("stop above", probability(),
                                 "stops when more than this share of a batch has failed by the "
                                 "end of its soak; without it, never");
  read_approval(r, result);
  const bool measured = tool_name == "argo" || tool_name == "flagger";
  read_health(r, measured, result);
  read_windows(r, result);
  steps.on_stop = r.optional("on stop", word_of("what a stop leads to", {"keep", "roll back"}),
                             "what becomes of an update that is stopped; without it, what the "
                             "tool does, and a roll-back for batches");
  readable = context_.diagnostics.error_reports() == errors;
  const bool watched = r.has("soak") || r.has("stop above") || r.has("approval");
  if (readable && steps.form == "canary" && !watched) {
    r.warning(r.key_place("canary"),
              "a canary without `soak` and `stop above` is not watched and stops nothing",
              "add `soak: 30 min, stop above: 0 %`, say");
  }
  return result;
}

void WorldReader::read_rollout() {
  Steps steps;
  bool readable = true;
  const auto value = object<model::Rollout>([&](Reader& r) { return rollout(r, steps, readable); });
  world_.rollout = root_.section("rollout", value,
                                 "in which steps the fleet is brought into service or updated");
  if (context_.describing || !readable || fleet_size() == 0) return;
  const model::Rollout said = world_.rollout;
  if (steps.tool && !places_good_) return;
  policy::FleetShape shape;
  shape.desired = fleet_size();
  if (places_good_) shape = fleet_shape(model::ImageId{});
  if (steps.tool && !tool_fits(steps, shape)) return;
  policy::FleetShape replaced = shape;  // what the tool finds to replace, now or later
  for (const model::Image& image : world_.images)
    replaced.running = replaced.running || (image.renewal && image.renewal->rollout);
  if (steps.tool) warn_of_traps(root_, steps.place, *steps.tool, replaced);
  if (!steps.tool && steps.steps.empty()) return;
  if (!steps.tool) check_rollout(steps);
  world_.rollout = resolved(steps, said, shape);
  if (places_good_ && images_good_) plan_new_versions(steps, said);
}

/// Whether the tool's policy can be carried out on such a fleet.
bool WorldReader::tool_fits(const Steps& written, const policy::FleetShape& shape) {
  const std::size_t errors = context_.diagnostics.error_reports();
  refuse_misuse(root_, written.place, *written.tool, shape);
  return context_.diagnostics.error_reports() == errors;
}

/// What the batches, or the tool's policy, come to for such a fleet, with what was said beside
/// them.
model::Rollout WorldReader::resolved(const Steps& written, const model::Rollout& said,
                                     const policy::FleetShape& shape) const {
  model::Rollout rollout = said;
  if (written.tool) {
    rollout = policy::resolve(*written.tool, shape);
    if (said.stop_above) rollout.stop_above = said.stop_above;
    rollout.approval_by = said.approval_by;
    rollout.approval_effort = said.approval_effort;
    rollout.health = said.health;
    rollout.windows = said.windows;
    const bool asks = std::any_of(rollout.ends.begin(), rollout.ends.end(),
                                  [](const model::StageEnd& end) { return end.approval; });
    if (asks && !rollout.approval_by.valid())
      root_.error(written.place, "it waits for an approval, and nobody is named who gives it",
                  "add `approval: {by: STAFF}` beside it");
  } else {
    const bool in_all = written.form == "canary" || written.form == "waves";
    rollout.sizes = in_all ? cumulative_sizes(written.steps, shape.desired)
                           : batch_sizes(written.steps, shape.desired);
  }
  if (written.on_stop)
    rollout.after_stop =
        *written.on_stop == 1 ? model::AfterStop::roll_back : model::AfterStop::keep;
  return rollout;
}

/// The steps in which new versions of an image replace what its groups run: those of the roll-out,
/// for these groups alone.
void WorldReader::plan_new_versions(const Steps& written, const model::Rollout& said) {
  for (std::size_t index = 0; index < image_places_.size(); ++index) {
    auto& renewal = world_.images[model::ImageId{index}].renewal;
    if (!renewal || !renewal->rollout) continue;
    const policy::FleetShape shape = fleet_shape(model::ImageId{index});
    if (shape.desired == 0) continue;
    if (world_.update) {
      root_.error(image_places_[index],
                  "new versions are rolled out to a fleet that is deployed first, not to one that "
                  "is updated",
                  "remove `roll out` of the image, or `update`");
      return;
    }
    if (written.tool && !tool_fits(written, shape)) return;
    renewal->rollout = resolved(written, said, shape);
  }
}

void WorldReader::check_rollout(const Steps& written) {
  const std::vector<Amount>& steps = written.steps;
  const Place& place = written.place;
  const std::int64_t fleet = fleet_size();
  if (written.form == "canary" || written.form == "waves") {
    check_cumulative(written);
    return;
  }
  const std::vector<std::int64_t> sizes = batch_sizes(steps, fleet);
  if (sizes.empty()) {
    root_.error(place, "a batch has at least one instance");
    return;
  }
  if (sizes.size() > kMostBatches)
    root_.error(place, fmt::format("more than {} batches", human_count(kMostBatches)),
                "make the batches larger");
  for (const Amount& one : steps) {
    if (one.is_share && one.share * static_cast<double>(fleet) < 1.0) {
      root_.warning(place,
                    fmt::format("{} of {} is less than one instance; the batch has 1", said(one),
                                plural(static_cast<std::size_t>(fleet), "instance")));
    }
  }
  const Amount& last = steps.back();
  const bool whole = static_cast<double>(fleet) * last.share >= 1.0;
  const bool remainder =
      last.is_share && whole && sizes.size() > 1 && sizes.back() * 2 < increment(last, fleet);
  if (remainder) {
    root_.warning(place,
                  fmt::format("{} of {} is rounded down to {}; a last batch of {} remains",
                              said(last), fleet, increment(last, fleet), sizes.back()),
                  "write the size as a number if the small last batch is not wanted");
  }
}

void WorldReader::check_cumulative(const Steps& written) {
  const std::int64_t fleet = fleet_size();
  std::int64_t done = 0;
  for (std::size_t i = 0; i < written.steps.size(); ++i) {
    const std::int64_t until = std::min(cumulative(written.steps[i], fleet), fleet);
    if (until <= done)
      root_.warning(
          written.place,
          fmt::format("step {} of `{}`, {}, adds no instance: {} of {} are in service already",
                      i + 1, written.form, said(written.steps[i]), done, fleet),
          "let every step be larger than the one before it");
    done = std::max(done, until);
  }
  if (done < fleet)
    root_.warning(written.place,
                  fmt::format("`{}` ends at {} of {}; a last batch of {} is added", written.form,
                              done, fleet, fleet - done),
                  "end it with `100 %`");
}

}  // namespace rollcast::scenario
