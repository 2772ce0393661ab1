#include "inputs.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <functional>

#include "decision.hpp"
#include "rollcast/base/text.hpp"

namespace rollcast::report {
namespace {

using model::World;

/// "8 – 16 h", or the middle 90 % where there is no end: "1.2 – 9.5 h (90 %)". Seconds.
std::string span_of(const random::Distribution& distribution) {
  const auto between = [](double low, double high) {
    return human_duration(low) + " – " + human_duration(high);
  };
  if (distribution.is_constant()) return human_duration(distribution.mean());
  const auto [low, high] = distribution.support();
  if (std::isfinite(low) && std::isfinite(high)) return between(std::max(0.0, low), high);
  return between(std::max(0.0, distribution.quantile(0.05)), distribution.quantile(0.95)) +
         " (90 %)";
}

/// Effort counts in working hours, of which a day has no fixed number: always hours.
std::string effort_of(const random::Distribution& distribution) {
  const auto hours = [](double seconds) { return human_number(seconds / 3600.0); };
  if (distribution.is_constant()) return hours(distribution.mean()) + " work h";
  const auto [low, high] = distribution.support();
  const bool bounded = std::isfinite(low) && std::isfinite(high);
  const double from = bounded ? low : distribution.quantile(0.05),
               to = bounded ? high : distribution.quantile(0.95);
  return fmt::format("{} – {} work h{}", hours(std::max(0.0, from)), hours(to),
                     bounded ? "" : " (90 %)");
}

class Inputs {
 public:
  explicit Inputs(const ReportInput& input) : input_(input) {}

  /// One value of all strategies, or the word that it differs. An empty value means that the
  /// strategy does not use it. `path` is where a scenario would set it.
  void add(const std::string& label, const std::string& path,
           const std::function<std::string(const World&)>& value_of) {
    // What is drawn anew in every run is told with its range.
    if (is_uncertain(path)) return;
    std::vector<std::string> values;
    for (const model::Strategy& strategy : input_.results.scenario.strategies) {
      const std::string value = value_of(strategy.world);
      if (!value.empty() && std::find(values.begin(), values.end(), value) == values.end())
        values.push_back(value);
    }
    if (values.empty()) return;
    constexpr std::size_t kMostValues = 2;
    inputs_.push_back(
        {label, values.size() > kMostValues ? "differs by strategy" : join_words(values, "or"),
         untouched(path), turns(path)});
  }
  [[nodiscard]] bool is_uncertain(const std::string& path) const {
    const auto& unsure = input_.results.uncertain;
    return std::any_of(unsure.begin(), unsure.end(),
                       [&](const auto& one) { return one.path == path; });
  }
  /// Whether a value that was tried there turns the verdict.
  [[nodiscard]] bool turns(const std::string& path) const {
    const auto& tried = input_.results.verdict.conditions;
    return std::any_of(tried.begin(), tried.end(), [&](const experiment::Condition& one) {
      return one.turns && is_at(one.path, path);
    });
  }

  [[nodiscard]] std::vector<DecisiveInput> take() { return std::move(inputs_); }

 private:
  /// Whether a path is this one, of the scenario or of a strategy.
  static bool is_at(const std::string& path, const std::string& wanted) {
    return path == wanted || path.ends_with("." + wanted);
  }
  [[nodiscard]] bool untouched(const std::string& path) const {
    return std::any_of(input_.assumptions.begin(), input_.assumptions.end(),
                       [&](const Assumption& assumption) { return is_at(assumption.path, path); });
  }

  const ReportInput& input_;
  std::vector<DecisiveInput> inputs_;
};

bool uses_image(const World& world, model::ImageId image) {
  return std::any_of(
      world.deployments.begin(), world.deployments.end(), [&](const model::Deployment& deployment) {
        return deployment.method != model::Method::manual && deployment.image == image;
      });
}

/// Whether anybody sets a server up by hand: as a way to deploy, or to make an image of it.
bool works_by_hand(const World& world) {
  const auto& means = world.recovery.means;
  if (std::find(means.begin(), means.end(), model::RecoveryMeans::rebuild_by_hand) != means.end())
    return true;
  for (const model::Deployment& deployment : world.deployments) {
    if (deployment.method == model::Method::manual) return true;
    if (deployment.image.valid() && world.images[deployment.image].make) return true;
  }
  return false;
}

template <class Id, class Items>
std::optional<Id> find_named(const Items& items, const std::string& name) {
  for (std::size_t i = 0; i < items.size(); ++i)
    if (items[Id{i}].name == name) return Id{i};
  return std::nullopt;
}

/// Names of one kind of thing over all strategies, each once, in the order of their first
/// appearance.
std::vector<std::string> names_in(
    const model::Scenario& scenario,
    const std::function<void(const World&, const std::function<void(const std::string&)>&)>&
        visit) {
  std::vector<std::string> names;
  const auto note = [&](const std::string& name) {
    if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
  };
  for (const model::Strategy& strategy : scenario.strategies) visit(strategy.world, note);
  return names;
}

std::string image_words(const World& world, model::ImageId id) {
  const model::Image& image = world.images[id];
  if (image.kind == model::ImageKind::public_image) return {};
  std::string words = image.make ? "made first" : image.import ? "imported first" : "exists";
  if (image.bad) words += ", bad with " + human_percent(image.bad->value());
  if (!image.bad && image.test)
    words += ", test catches " + human_percent(image.test->catches.value());
  return words;
}

void add_images(Inputs& inputs, const model::Scenario& scenario) {
  const auto names = names_in(scenario, [](const World& world, const auto& note) {
    for (std::size_t i = 0; i < world.images.size(); ++i)
      if (uses_image(world, model::ImageId{i})) note(world.images[model::ImageId{i}].name);
  });
  for (const std::string& name : names) {
    inputs.add("image " + name, "images." + name + ".bad", [&](const World& world) {
      const auto id = find_named<model::ImageId>(world.images, name);
      return id && uses_image(world, *id) ? image_words(world, *id) : std::string{};
    });
  }
}

void add_staff(Inputs& inputs, const model::Scenario& scenario) {
  const auto names = names_in(scenario, [](const World& world, const auto& note) {
    for (const model::Staff& staff : world.staff) note(staff.name);
  });
  for (const std::string& name : names) {
    const auto with = [&](const auto& words) {
      return [&name, words](const World& world) {
        const auto id = find_named<model::StaffId>(world.staff, name);
        return id ? words(world.staff[*id]) : std::string{};
      };
    };
    inputs.add("step done wrong, " + name, "staff." + name + ".skill",
               with([](const model::Staff& staff) {
                 return fmt::format("{}, {} found at once", human_percent(staff.step_error.value()),
                                    human_percent(staff.verification_catches.value()));
               }));
    const bool some = inputs.is_uncertain("staff." + name + ".people");
    inputs.add("wage, " + name, "staff." + name + ".wage", with([&](const model::Staff& staff) {
                 const std::string wage =
                     human_money(staff.wage_per_hour, scenario.currency) + " per work h";
                 if (some) return wage;
                 return fmt::format("{}, {} {}", wage, human_count(staff.people),
                                    staff.people == 1 ? "person" : "people");
               }));
  }
}

void add_quotas(Inputs& inputs, const model::Scenario& scenario) {
  const auto names = names_in(scenario, [](const World& world, const auto& note) {
    for (const model::Region& region : world.regions) note(region.name);
  });
  for (const std::string& name : names) {
    inputs.add(
        "instances held, " + name, "regions." + name + ".quota.held", [&](const World& world) {
          const auto id = find_named<model::RegionId>(world.regions, name);
          if (!id) return std::string{};
          const model::Region& region = world.regions[*id];
          if (!region.held_per_zone) return std::string{"no limit"};
          return fmt::format("{} × {}", plural(static_cast<std::size_t>(region.zones), "zone"),
                             human_count(*region.held_per_zone));
        });
  }
}

}  // namespace

std::vector<DecisiveInput> decisive_inputs(const ReportInput& input) {
  const model::Scenario& scenario = input.results.scenario;
  Inputs inputs(input);
  inputs.add("manual work per server", "manual.effort", [](const World& world) {
    return works_by_hand(world) ? effort_of(world.manual.effort.seconds) : std::string{};
  });
  add_images(inputs, scenario);
  inputs.add("a defect is noticed after", "defects.detected",
             [](const World& world) { return span_of(world.defects.detection.seconds); });
  add_staff(inputs, scenario);
  add_quotas(inputs, scenario);
  inputs.add("a launch fails", "launch.fails",
             [](const World& world) { return human_percent(world.launch.fails.value()); });
  inputs.add("price of delay", "delay", [&](const World& world) {
    if (world.delay_per_missing_hour == Money{}) return std::string{"none"};
    return human_money(world.delay_per_missing_hour, scenario.currency) +
           " per missing instance-hour";
  });
  inputs.add("horizon", "horizon", [&](const World&) { return human_duration(scenario.horizon); });
  std::vector<DecisiveInput> all = inputs.take();
  for (const scenario::UncertainInput& unsure : input.results.uncertain) {
    const bool other = !unsure.stated.empty() && unsure.stated != unsure.words;
    all.push_back({unsure.path,
                   unsure.words + (other ? fmt::format(" (stated: {})", unsure.stated) : ""), false,
                   inputs.turns(unsure.path), true});
  }
  return all;
}

}  // namespace rollcast::report
