/// How each group is brought into service, and whether the fleet fits its quotas.
#include <fmt/format.h>

#include <algorithm>

#include "rollcast/base/text.hpp"
#include "world_reader.hpp"

namespace rollcast::scenario {
namespace {

bool is_spec(const Node& node) {
  return !node.is_map() || node.find("image") != nullptr || node.find("by") != nullptr ||
         node.find("then") != nullptr;
}

}  // namespace

Value<DeploySpec> WorldReader::deploy_spec() const {
  const auto of_name = scalar<DeploySpec>(
      "the name of an image",
      text_schema("the name of an image; `public` is the public image that fits"),
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
    if (due && !update_names_image())
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
    const std::int64_t extra = surplus(instances, model::RegionId{i});
    const std::int64_t due = (instances + region.zones - 1) / region.zones + extra;
    if (!region.held_per_zone || due <= *region.held_per_zone) continue;
    if (region.raise && due <= region.raise->held_per_zone) continue;  // it may be granted
    root_.error(
        region_places_[i],
        fmt::format("{} of {}{} do not fit into {}: {} may hold {} each, {} in all",
                    plural(static_cast<std::size_t>(instances), "instance"),
                    join_words(names, "and"),
                    extra > 1    ? " and the new ones beside them"
                    : extra == 1 ? " and a new one beside them"
                                 : "",
                    region.name, plural(static_cast<std::size_t>(region.zones), "zone"),
                    *region.held_per_zone, *region.held_per_zone * region.zones),
        fmt::format("the smallest quota that would do is `quota: {{held: {} per zone}}`", due));
  }
}

}  // namespace rollcast::scenario
