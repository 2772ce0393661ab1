#include "world_reader.hpp"

#include <fmt/format.h>

#include "rollcast/base/text.hpp"
#include "rollcast/base/units.hpp"

namespace rollcast::scenario {

Value<Amount> amount() {
  const auto schema = [] {
    Json either;
    either["anyOf"] = Json::array({{{"type", "integer"}, {"minimum", 0}}, {{"type", "string"}}});
    either["description"] = "a number of instances, or a share: 120, 95 %, 95 % of fleet";
    return either;
  };
  return scalar<Amount>("a number of instances or a share", schema,
                        [](Context&, std::string_view text) -> tl::expected<Amount, TextError> {
                          for (const std::string_view ending : {" of the fleet", " of fleet"}) {
                            if (text.ends_with(ending)) text.remove_suffix(ending.size());
                          }
                          if (text.find('%') == std::string_view::npos) {
                            const auto number = parse_count(text);
                            if (!number) return tl::make_unexpected(number.error());
                            return Amount{false, 0.0, *number};
                          }
                          const auto share_of_it = parse_share(text);
                          if (!share_of_it) return tl::make_unexpected(share_of_it.error());
                          return Amount{true, *share_of_it, 0};
                        });
}

Value<model::RandomDuration> random_duration() {
  return mapped(random_elapsed(), [](random::Distribution seconds) {
    return model::RandomDuration{std::move(seconds)};
  });
}

Value<model::RandomEffort> random_work() {
  return mapped(random_effort(), [](random::Distribution seconds) {
    return model::RandomEffort{std::move(seconds)};
  });
}

Value<Probability> probability() {
  return mapped(share(), [](double value) { return Probability{value}; });
}

WorldReader::WorldReader(Reader& root)
    : root_(root),
      context_(root.context()),
      strategy_(root.place()),
      regions_(names_in(root.node(), "region", "regions")),
      staff_(names_in(root.node(), "staff", "staff")),
      software_(names_in(root.node(), "component", "software")),
      groups_(names_in(root.node(), "group", "fleet")),
      images_(names_in(root.node(), "image", "images")),
      scripts_(names_in(root.node(), "script", "scripts")) {
  if (root.node().find("software") == nullptr) software_.names = {"server"};
}

model::World WorldReader::read(bool deploy_due) {
  const auto reports = [this] { return context_.diagnostics.error_reports(); };
  const std::size_t before_regions = reports();
  read_regions();
  const bool regions_good = reports() == before_regions;
  read_staff();
  read_software();
  read_manual();
  read_launch();
  read_scripts();
  const std::size_t before_fleet = reports();
  read_fleet();
  places_good_ = regions_good && reports() == before_fleet;
  const std::size_t before_images = reports();
  read_limits();
  read_network();
  read_images();
  images_good_ = reports() == before_images;
  read_failures();
  read_outages();
  read_drift_and_patches();
  read_costs();
  read_deploy(deploy_due);
  read_update();
  read_rollout();
  read_backup();
  read_recover();
  if (context_.describing) return std::move(world_);
  if (places_good_) {
    check_quotas();
    check_failover();
    if (images_good_) check_images();
    if (images_good_) check_image_quotas();
    if (images_good_) check_storage();
  }
  return std::move(world_);
}

std::int64_t WorldReader::fleet_size() const {
  std::int64_t total = 0;
  for (const model::Group& group : world_.groups) total += group.count;
  return total;
}

bool WorldReader::manual_work() const {
  for (const model::Deployment& deployment : world_.deployments) {
    if (deployment.method == model::Method::manual) return true;
  }
  return false;
}

}  // namespace rollcast::scenario
