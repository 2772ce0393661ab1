/// How each group is brought into service, in which batches, and whether the fleet fits its quotas.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "rollcast/base/text.hpp"
#include "world_reader.hpp"

namespace rollcast::scenario {
namespace {

bool is_spec(const Node& node) {
  return !node.is_map() || node.find("image") != nullptr || node.find("by") != nullptr ||
         node.find("then") != nullptr;
}

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

std::string said(const Amount& step) {
  return step.is_share ? human_percent(step.share) : fmt::format("{}", step.count);
}

}  // namespace

Value<DeploySpec> WorldReader::deploy_spec() const {
  const auto of_name = scalar<DeploySpec>(
      "the name of an image",
      {{"type", "string"},
       {"description", "the name of an image; `public` is the public image that fits"}},
      [](Context&, std::string_view text) -> tl::expected<DeploySpec, TextError> {
        DeploySpec spec;
        spec.image = std::string{text};
        return spec;
      });
  Value<DeploySpec> placed = of_name;
  placed.read = [of_name](Context& context, const Node& node, Resolved& resolved) {
    auto spec = of_name.read(context, node, resolved);
    if (spec) spec->place = node.place;
    return spec;
  };
  const auto of_map = object<DeploySpec>([this](Reader& r) {
    DeploySpec spec;
    spec.place = r.place();
    r.at_most_one_of({"image", "by"});
    spec.image = r.optional("image", any_text(),
                            "launched from this image; `public` is the public image that fits");
    spec.script =
        r.optional("then", reference(scripts_), "bootstrap script that runs after the launch");
    spec.staff = r.optional("by", reference(staff_), "set up by hand by these people");
    if (r.has("image")) spec.place = r.place("image");
    if (spec.script && spec.staff)
      r.error(r.key_place("then"), "a script runs on instances that are launched from an image",
              "write `{image: public, then: SCRIPT}`, or remove `then`");
    if (!r.has("image") && !r.has("by") && !context_.describing)
      r.error(r.place(), "it does not say from which image, or by whom",
              "write `{image: NAME}` or `{by: STAFF}`");
    return spec;
  });
  return either<DeploySpec>(
      "the name of an image, or `{image: NAME, then: SCRIPT}`, or `{by: STAFF}`", placed, of_map);
}

void WorldReader::read_deploy(bool due) {
  world_.deployments.resize(world_.groups.size());
  const Node* node = root_.node().find("deploy");
  const std::string meaning =
      "how the groups are brought into service: one way for all, or one for each group";
  const auto spec = deploy_spec();
  const auto by_group = keyed(reference(groups_), spec);
  if (context_.describing) {
    Value<DeploySpec> any = spec;
    any.describe = [spec, by_group](Context& context) {
      Json schema;
      schema["anyOf"] = Json::array({spec.describe(context), by_group.describe(context)});
      return schema;
    };
    (void)root_.optional("deploy", any, meaning);
    return;
  }
  if (node == nullptr) {
    root_.ignore("deploy");
    if (due)
      root_.error(strategy_, "`deploy` is missing: how the groups are brought into service",
                  "write `deploy: IMAGE`, `deploy: {by: STAFF}`, or one of these for each group");
    return;
  }
  if (is_spec(*node)) {
    const auto one = root_.optional("deploy", spec, meaning);
    for (std::size_t i = 0; one && i < world_.groups.size(); ++i) deploy_group(i, *one);
    return;
  }
  const auto each = root_.optional("deploy", by_group, meaning);
  std::vector<bool> told(world_.groups.size(), false);
  for (const auto& one : each.value_or(std::vector<Keyed<std::size_t, DeploySpec>>{})) {
    if (one.key >= told.size()) continue;
    told[one.key] = true;
    deploy_group(one.key, one.value);
  }
  const bool all_known =
      std::all_of(node->entries.begin(), node->entries.end(),
                  [this](const Entry& entry) { return groups_.index(entry.key).has_value(); });
  for (std::size_t i = 0; i < told.size(); ++i) {
    const bool named = node->find(groups_.names[i]) != nullptr;
    if (!told[i] && !named && all_known)
      root_.error(
          root_.key_place("deploy"),
          fmt::format("`deploy` does not say how `{}` is brought into service", groups_.names[i]),
          fmt::format("add `{}: IMAGE` or `{}: {{by: STAFF}}`", groups_.names[i],
                      groups_.names[i]));
  }
}

void WorldReader::deploy_group(std::size_t index, const DeploySpec& spec) {
  const model::Group& group = world_.groups[model::GroupId{index}];
  model::Deployment& deployment = world_.deployments[model::GroupId{index}];
  if (spec.staff) {
    deployment.method = model::Method::manual;
    deployment.by = model::StaffId{*spec.staff};
    return;
  }
  if (!spec.image) return;
  deployment.method = spec.script ? model::Method::image_and_script : model::Method::image;
  if (spec.script && *spec.script < script_list_.size())
    deployment.script = script_list_[*spec.script];
  std::optional<std::size_t> image;
  if (*spec.image == "public") {
    for (std::size_t i = image_places_.size(); i < world_.images.size(); ++i) {
      const model::Image& candidate = world_.images[model::ImageId{i}];
      if (candidate.os == group.os && candidate.architecture == group.architecture) image = i;
    }
  } else {
    image = images_.index(*spec.image);
    if (!image) {
      Names known = images_;
      known.names.emplace_back("public");
      report_unknown_name(context_, spec.place, known, *spec.image);
    }
  }
  if (!image || *image >= world_.images.size()) return;
  deployment.image = model::ImageId{*image};
  check_fits(group, world_.images[deployment.image], spec.place);
}

WorldReader::Steps WorldReader::read_steps(Reader& r) const {
  Steps result;
  result.place = r.place();
  r.at_most_one_of({"batches", "serial", "canary", "waves"});
  for (const auto& [key, meaning] :
       {std::pair{"serial",
                  "sizes of the batches, one after the other; the last repeats: [1, 10 %, 30]"},
        std::pair{"canary", "what is in service behind each batch, in all: [1, 10 %, 100 %]"},
        std::pair{"waves", "the same as canary"}}) {
    const auto given = r.optional(key, list_of(amount()), meaning);
    if (!given) continue;
    result.steps = *given;
    result.form = key;
    result.place = r.place(key);
    if (given->empty()) {
      r.error(result.place, fmt::format("`{}` has no batches", key),
              "write it as in `[1, 10 %, 100 %]`");
    }
  }
  const std::string meaning =
      "size of every batch, as a number or as a share of the fleet; groups in the order of the "
      "file";
  if (r.has("serial") || r.has("canary") || r.has("waves")) {
    (void)r.optional("batches", amount(), meaning);
  } else {
    result.steps = {
        r.defaulted("batches", amount(), {"100 %", Basis::neutral, "all at once"}, meaning)};
    if (r.has("batches")) result.place = r.place("batches");
  }
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
                   "every batch after the first is approved by people, in their working hours");
}

void WorldReader::read_rollout() {
  Steps steps;
  bool readable = true;
  const auto rollout = object<model::Rollout>([&](Reader& r) {
    model::Rollout result;
    const std::size_t errors = context_.diagnostics.error_reports();
    steps = read_steps(r);
    readable = context_.diagnostics.error_reports() == errors;
    result.pause = r.defaulted("pause", random_duration(), {"0 s", Basis::neutral, "no pause"},
                               "after a batch has ended and soaked, before the next starts");
    result.soak = r.defaulted("soak", random_duration(), {"0 s", Basis::neutral, "no soak"},
                              "watched time after a batch's last entry into service");
    result.stop_above = r.optional("stop above", probability(),
                                   "stops when more than this share of a batch has failed by the "
                                   "end of its soak; without it, never");
    read_approval(r, result);
    const bool watched = r.has("soak") || r.has("stop above") || r.has("approval");
    if (readable && steps.form == "canary" && !watched) {
      r.warning(r.key_place("canary"),
                "a canary without `soak` and `stop above` is not watched and stops nothing",
                "add `soak: 30 min, stop above: 0 %`, say");
    }
    return result;
  });
  world_.rollout =
      root_.section("rollout", rollout, "in which batches the fleet is brought into service");
  if (context_.describing || !readable || steps.steps.empty() || fleet_size() == 0) return;
  check_rollout(steps);
}

void WorldReader::check_rollout(const Steps& written) {
  constexpr std::size_t kMostBatches = 100'000;
  const std::vector<Amount>& steps = written.steps;
  const Place& place = written.place;
  const std::int64_t fleet = fleet_size();
  std::vector<std::int64_t>& sizes = world_.rollout.sizes;
  if (written.form == "canary" || written.form == "waves") {
    fill_cumulative(written);
    return;
  }
  std::int64_t done = 0;
  std::size_t step = 0;
  while (done < fleet && sizes.size() <= kMostBatches) {
    const Amount& next = steps[std::min(step++, steps.size() - 1)];
    const std::int64_t size = increment(next, fleet);
    if (size < 1) {
      root_.error(place, "a batch has at least one instance");
      return;
    }
    sizes.push_back(std::min(size, fleet - done));
    done += sizes.back();
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

void WorldReader::fill_cumulative(const Steps& written) {
  const std::int64_t fleet = fleet_size();
  std::vector<std::int64_t>& sizes = world_.rollout.sizes;
  std::int64_t done = 0;
  for (std::size_t i = 0; i < written.steps.size(); ++i) {
    const std::int64_t until = std::min(cumulative(written.steps[i], fleet), fleet);
    if (until <= done) {
      root_.warning(
          written.place,
          fmt::format("step {} of `{}`, {}, adds no instance: {} of {} are in service already",
                      i + 1, written.form, said(written.steps[i]), done, fleet),
          "let every step be larger than the one before it");
      continue;
    }
    sizes.push_back(until - done);
    done = until;
  }
  if (done < fleet) {
    root_.warning(written.place,
                  fmt::format("`{}` ends at {} of {}; a last batch of {} is added", written.form,
                              done, fleet, fleet - done),
                  "end it with `100 %`");
    sizes.push_back(fleet - done);
  }
}

void WorldReader::check_quotas() {
  for (std::size_t i = 0; i < world_.regions.size(); ++i) {
    const model::Region& region = world_.regions[model::RegionId{i}];
    std::int64_t instances = 0;
    std::vector<std::string> names;
    for (const model::Group& group : world_.groups) {
      if (group.region != model::RegionId{i}) continue;
      instances += group.count;
      names.push_back(fmt::format("`{}`", group.name));
    }
    const std::int64_t due = (instances + region.zones - 1) / region.zones;
    if (!region.held_per_zone || due <= *region.held_per_zone) continue;
    if (region.raise && due <= region.raise->held_per_zone) continue;  // it may be granted
    root_.error(
        region_places_[i],
        fmt::format("{} of {} do not fit into {}: {} may hold {} each, {} in all",
                    plural(static_cast<std::size_t>(instances), "instance"),
                    join_words(names, "and"), region.name,
                    plural(static_cast<std::size_t>(region.zones), "zone"), *region.held_per_zone,
                    *region.held_per_zone * region.zones),
        fmt::format("the smallest quota that would do is `quota: {{held: {} per zone}}`", due));
  }
}

}  // namespace rollcast::scenario
