/// What a running fleet is updated from and to, and what room that takes.
#include <fmt/format.h>

#include <algorithm>

#include "rollcast/base/text.hpp"
#include "world_reader.hpp"

namespace rollcast::scenario {

bool WorldReader::update_names_image() const {
  const Node* update = root_.node().find("update");
  return update != nullptr && update->find("to") != nullptr;
}

Value<std::vector<Keyed<std::size_t, std::size_t>>> WorldReader::images_by_group() const {
  using Each = std::vector<Keyed<std::size_t, std::size_t>>;
  const auto one = mapped(reference(images_), [](std::size_t image) {
    return Each{{kNone, Place{}, image}};
  });
  const auto each = keyed(reference(groups_), reference(images_));
  return either<Each>("the name of an image, or one for each group", one, each);
}

void WorldReader::read_update() {
  Place from_place, to_place;
  std::vector<Keyed<std::size_t, std::size_t>> from, to;
  const auto value = object<model::Update>([&](Reader& r) {
    model::Update update;
    from = r.required("from", images_by_group(),
                      "the image that runs at the start, or one for "
                      "each group",
                      std::vector<Keyed<std::size_t, std::size_t>>{});
    from_place = r.place("from");
    to = r.optional("to", images_by_group(),
                    "the image that replaces it, or one for each group; without it, what `deploy` "
                    "says")
             .value_or(std::vector<Keyed<std::size_t, std::size_t>>{});
    to_place = r.place("to");
    update.at = r.defaulted("at", moment(), {"0 s", Basis::neutral, "at the start"},
                            "when the update begins");
    update.because = r.optional("because", any_text(), "why, for people: security patch")
                         .value_or(std::string{});
    update.roll_back_when_found =
        r.defaulted("found bad", word_of("what follows", {"roll back", "recover"}),
                    {"roll back", Basis::judgement,
                     "no source; people go back to what worked as soon as they know"},
                    "what follows when the new version turns out to be bad, also after the "
                    "roll-out") == 0;
    return update;
  });
  auto update = root_.optional(
      "update", value, "the fleet runs an older version from the start, and it is replaced");
  if (!update || context_.describing) return;
  if (world_.deployments.size() != world_.groups.size()) return;  // told elsewhere
  update->from.resize(world_.groups.size());
  for (const auto& one : from) {
    if (one.value >= world_.images.size()) continue;
    for (std::size_t group = 0; group < world_.groups.size(); ++group)
      if (one.key == kNone || one.key == group)
        update->from[model::GroupId{group}] = model::ImageId{one.value};
  }
  for (const auto& one : to) {
    if (one.value >= world_.images.size()) continue;
    for (std::size_t group = 0; group < world_.groups.size(); ++group) {
      if (one.key != kNone && one.key != group) continue;
      model::Deployment& way = world_.deployments[model::GroupId{group}];
      if (way.method == model::Method::manual) way.method = model::Method::image;
      way.image = model::ImageId{one.value};
      check_fits(world_.groups[model::GroupId{group}], world_.images[way.image], to_place);
    }
  }
  if (check_running(*update, from_place)) world_.update = std::move(*update);
}

/// Whether every group has an image that can run there from the start.
bool WorldReader::check_running(const model::Update& update, const Place& place) {
  const std::size_t errors = context_.diagnostics.error_reports();
  for (std::size_t index = 0; index < world_.groups.size(); ++index) {
    const model::Group& group = world_.groups[model::GroupId{index}];
    if (!group.region.valid()) return false;  // told elsewhere
    if (group.demand)
      root_.error(group_places_[index],
                  fmt::format("`{}` has a `demand`, but a fleet that is updated is there from the "
                              "start",
                              group.name),
                  "remove `demand`, or `update`");
    const model::ImageId from = update.from[model::GroupId{index}];
    if (!from.valid()) {
      root_.error(place,
                  fmt::format("`update` does not say what `{}` runs at the start", group.name),
                  fmt::format("add `{}: IMAGE`, or write one image for all", group.name));
      continue;
    }
    const model::Image& image = world_.images[from];
    check_fits(group, image, place);
    const bool there = std::find(image.exists_in.begin(), image.exists_in.end(), group.region) !=
                       image.exists_in.end();
    if (!there || image.make)
      root_.error(place,
                  fmt::format("`{}` is not in {} at the start, so `{}` cannot run it", image.name,
                              world_.regions[group.region].name, group.name),
                  fmt::format("let it exist there: `exists: {{regions: [{}]}}`",
                              world_.regions[group.region].name));
    if (world_.deployments[model::GroupId{index}].image == from)
      root_.error(
          place,
          fmt::format("`{}` runs `{}` already: there is nothing to update", group.name, image.name),
          "name the image that replaces it in `to` or in `deploy`");
  }
  return context_.diagnostics.error_reports() == errors;
}

namespace {

/// Instances of a zone that exist at least beside `instances` that such a roll-out replaces.
std::int64_t beside(const model::Rollout& rollout, std::int64_t instances,
                    const model::Region& region) {
  if (!rollout.traffic.empty()) return (instances + region.zones - 1) / region.zones;
  const bool first_new = rollout.unavailable == 0 && rollout.surge > 0;
  return rollout.pace == model::Pace::rolling && first_new ? 1 : 0;
}

}  // namespace

std::int64_t WorldReader::surplus(std::int64_t instances, model::RegionId region) const {
  if (world_.update) return beside(world_.rollout, instances, world_.regions[region]);
  std::int64_t most = 0;  // one image's new version after the other
  for (std::size_t index = 0; index < image_places_.size(); ++index) {
    const model::ImageId id{index};
    const auto& renewal = world_.images[id].renewal;
    const bool comes = renewal && renewal->rollout && renewal->every;
    if (!comes || *renewal->every > context_.horizon) continue;
    std::int64_t replaced = 0;
    for (std::size_t group = 0; group < world_.groups.size(); ++group) {
      const model::Group& one = world_.groups[model::GroupId{group}];
      const bool runs_it = world_.deployments[model::GroupId{group}].image == id;
      if (one.region == region && runs_it) replaced += one.count;
    }
    if (replaced > 0)
      most = std::max(most, beside(*renewal->rollout, replaced, world_.regions[region]));
  }
  return most;
}

}  // namespace rollcast::scenario
