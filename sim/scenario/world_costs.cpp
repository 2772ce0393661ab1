/// What costs money besides instances and people: defects, delay; how instance time is billed, and
/// discounts.
#include <fmt/format.h>

#include "objectives.hpp"
#include "rollcast/base/text.hpp"
#include "world_reader.hpp"

namespace rollcast::scenario {

model::Discount WorldReader::discount(Reader& r) const {
  model::Discount result;
  result.name = r.name();
  result.off = r.required("off", share(), "share of the price that is taken off");
  const auto kinds = r.defaulted(
      "of", list_of(cost_kind()),
      {"[instances]", Basis::judgement, "no source; commitments are made for instance time"},
      "kinds of cost that it is taken off");
  result.kinds = kinds;
  for (const std::size_t group :
       r.optional("groups", list_of(reference(groups_)),
                  "on whose instances and backups; without it, on all that is spent")
           .value_or(std::vector<std::size_t>{}))
    result.groups.emplace_back(group);
  const bool on_groups = !result.groups.empty();
  for (const model::CostKind kind : kinds) {
    const bool of_instances =
        kind == model::CostKind::instances || kind == model::CostKind::licences ||
        kind == model::CostKind::image_fees || kind == model::CostKind::storage;
    if (on_groups && !of_instances)
      r.error(r.place("groups"),
              "only instances, licences, image_fees and storage belong to groups",
              "remove `groups`, or take the discount off one of these");
  }
  result.from = r.defaulted("from", moment(), {"0 s", Basis::neutral, "from the start"},
                            "what is spent from then on");
  if (const auto until = r.optional("until", moment(), "and before then")) result.until = *until;
  if (result.until <= result.from)
    r.error(r.place("until"), "the discount ends before it begins",
            "let `until` come after `from`");
  return result;
}

void WorldReader::read_discounts() {
  const auto value =
      keyed(entity_name(), object<model::Discount>([this](Reader& r) { return discount(r); }));
  for (auto& one : root_
                       .optional("discounts", value,
                                 "shares of a price that are taken off for a time; several that "
                                 "apply multiply")
                       .value_or(std::vector<Named<model::Discount>>{}))
    world_.discounts.push_back(std::move(one.value));
}

void WorldReader::read_costs() {
  const std::string none = fmt::format("0 {} per instance h", context_.currency);
  const auto defects = object<model::Defects>([&none](Reader& r) {
    model::Defects result;
    result.detection = r.defaulted("detected", random_duration(),
                                   {"exponential(24 h)", Basis::judgement,
                                    "no source; a latent defect shows within about a day of use",
                                    "exponential(1 h)", "exponential(7 d)"},
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
  world_.delay_per_missing_hour =
      root_.defaulted("delay", money("instance h"),
                      {none, Basis::neutral, "being late costs nothing", "",
                       fmt::format("1 {} per instance h", context_.currency)},
                      "price of an instance-hour that the fleet is short of before it is ready");
  const auto billing = object<int>([this](Reader& r) {
    world_.billing_granularity = r.defaulted(
        "granularity", elapsed(),
        {"1 s", Basis::provider, "documented: pay-as-you-go is billed per second"},
        "instance time is rounded up to this as it ends; what runs on at the horizon is billed "
        "up to there");
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
  read_discounts();
}

}  // namespace rollcast::scenario
