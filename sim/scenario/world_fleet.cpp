/// The groups of the fleet: where, what, at which price, and what they wait for.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "demand.hpp"
#include "graph.hpp"
#include "price_list.hpp"
#include "rollcast/base/text.hpp"
#include "rollcast/base/units.hpp"
#include "world_reader.hpp"

namespace rollcast::scenario {
namespace {

constexpr std::int64_t kMostInstances = 1'000'000;

std::string price_text(Money price) {
  return fmt::format("{} USD per h", exact_number(price.units()));
}

Value<Amount> readiness_of_others() {
  return scalar<Amount>(
      "`ready 100 %` or `ready 5`",
      text_schema("how much of the other group must have entered service: ready 100 %, ready 5"),
      [](Context&, std::string_view text) -> tl::expected<Amount, TextError> {
        constexpr std::string_view kWord = "ready ";
        if (!text.starts_with(kWord))
          return tl::make_unexpected(TextError{
              0, text.size(), fmt::format("`{}` does not say how much must be ready", text),
              "write it as in `ready 100 %` or `ready 5`"});
        const std::string_view rest = text.substr(kWord.size());
        const bool is_share = rest.find('%') != std::string_view::npos;
        const auto value =
            is_share ? parse_share(rest)
                     : parse_count(rest).map([](std::int64_t n) { return static_cast<double>(n); });
        if (!value) {
          TextError error = value.error();
          error.offset += kWord.size();
          return tl::make_unexpected(std::move(error));
        }
        return Amount{is_share, is_share ? *value : 0.0,
                      is_share ? 0 : static_cast<std::int64_t>(*value)};
      });
}

/// A share is so many as reach it.
std::int64_t instances_of(const Amount& amount, std::int64_t whole) {
  return amount.is_share ? static_cast<std::int64_t>(
                               std::ceil(amount.share * static_cast<double>(whole) - 1e-9))
                         : amount.count;
}

/// Some of the region's types that have a Windows price, for the cure of one that has none.
std::string types_with_windows(const std::string& region) {
  const PriceList& prices = PriceList::built_in();
  std::vector<std::string> names;
  for (const std::string& type : prices.types(region)) {
    if (names.size() < 4 && prices.find(region, type)->windows_per_hour)
      names.push_back(fmt::format("`{}`", type));
  }
  return names.empty()
             ? ""
             : fmt::format("; with a Windows price there are {} and others", join(names, ", "));
}

}  // namespace

void WorldReader::read_prices(Reader& r, model::Group& group) const {
  const PriceList& prices = PriceList::built_in();
  const std::string price_meaning = "price of an instance-hour without licence";
  const std::string licence_meaning = "licence price of an instance-hour";
  const auto type = r.optional(
      "type", any_text(), "instance type of the price list; may be left out when `price` is given");
  group.instance_type = type.value_or("");
  const std::string region = group.region.valid() ? world_.regions[group.region].name : "";
  const bool listed_currency = context_.currency == "USD";
  const PriceRow* row = type && listed_currency ? prices.find(region, *type) : nullptr;
  const bool windows = group.os == model::OperatingSystem::windows;
  const bool priced = r.has("price");
  if (row != nullptr || context_.describing) {
    const Money listed = row != nullptr ? row->linux_per_hour : Money{};
    group.price_per_hour =
        r.defaulted("price", money("h"),
                    {price_text(listed), Basis::provider,
                     fmt::format("list price of {} in {}", group.instance_type, region)},
                    price_meaning);
  } else {
    group.price_per_hour = r.optional("price", money("h"), price_meaning).value_or(Money{});
  }
  if (row == nullptr && !priced && group.region.valid()) {
    if (!type) {
      r.error(r.place(), fmt::format("`{}` has neither a `type` nor a `price`", group.name),
              "add `type: S2.MEDIUM4`, say, or `price: 0.07 USD per h`");
    } else if (!listed_currency) {
      r.error(r.place("type"),
              fmt::format("the price list is in USD, the scenario in {}", context_.currency),
              fmt::format("add `price: … {} per h`", context_.currency));
    } else if (!prices.knows_region(region)) {
      r.error(r.place("type"), fmt::format("the price list has no region `{}`", region),
              "add `price: … USD per h` to the group");
    } else {
      const auto near = did_you_mean(*type, prices.types(region));
      r.error(r.place("type"), fmt::format("unknown instance type `{}` in {}", *type, region),
              near ? fmt::format("did you mean `{}`? Or add `price: … USD per h`", *near)
                   : "use a type of scenarios/data/cvm-prices.csv, or add `price: … USD per h`");
    }
  }
  if (!windows || (row != nullptr && row->windows_per_hour)) {
    const Money licence =
        windows ? std::max(*row->windows_per_hour - row->linux_per_hour, Money{}) : Money{};
    const std::string text =
        fmt::format("{} {} per h", exact_number(licence.units()), context_.currency);
    group.licence_per_hour =
        r.defaulted("licence", money("h"),
                    {text, windows ? Basis::provider : Basis::neutral,
                     windows ? "Windows minus Linux price of the same type" : "Linux needs none"},
                    licence_meaning);
    return;
  }
  const auto licence = r.optional("licence", money("h"), licence_meaning);
  if (!licence && !r.has("licence") && group.region.valid()) {
    const bool known_row = row != nullptr;
    r.error(known_row ? r.place("type") : r.place(),
            known_row
                ? fmt::format("`{}` has no Windows price in {}", group.instance_type, region)
                : fmt::format("the licence price of the Windows instances of `{}` is not known",
                              group.name),
            fmt::format("add `licence: 0.05 {} per h`, say{}", context_.currency,
                        known_row ? types_with_windows(region) : ""));
  }
  group.licence_per_hour = licence.value_or(Money{});
}

model::Group WorldReader::group(Reader& r) {
  model::Group group;
  group.name = r.name();
  const std::size_t index = groups_.index(group.name).value_or(0);
  group.count = r.required("count", count(1), "number of instances");
  const std::size_t region =
      r.required("region", reference(regions_), "the region in which they run", kNone);
  if (region != kNone && region < world_.regions.size()) group.region = model::RegionId{region};
  group.os = static_cast<model::OperatingSystem>(
      r.defaulted("os", word_of("an operating system", {"linux", "windows"}),
                  {"linux", Basis::neutral, ""}, "operating system"));
  group.architecture = static_cast<model::Architecture>(
      r.defaulted("architecture", word_of("an architecture", {"x86_64", "x86_32", "arm64"}),
                  {"x86_64", Basis::neutral, ""}, "processor architecture"));
  read_prices(r, group);
  const auto tier = keyed(elapsed(), share());
  for (const auto& step : r.optional("tiers", tier,
                                     "age of an instance from which on it costs this share of its "
                                     "price: {96 h: 50 %, 360 h: 34 %}")
                              .value_or(std::vector<Keyed<Duration, double>>{})) {
    const bool rising = group.tiers.empty() || step.key > group.tiers.back().from;
    if (!rising)
      r.error(step.place, "the ages of the tiers do not rise",
              "write them from the youngest to the oldest");
    group.tiers.push_back({step.key, step.value});
  }
  group.disk_gb =
      r.defaulted("disk", gigabytes(), {"50 GB", Basis::provider, "smallest system disk"},
                  "system disk, which an image or a backup of the instance stores");
  group.data_disk = r.defaulted(
      "data disk", truth(), {"false", Basis::judgement, "the system disk holds everything"},
      "the data lie on a disk of their own: they outlive the instance, except when its zone is "
      "destroyed or another region takes over");
  std::vector<std::string> all;
  for (const std::string& name : software_.names) all.push_back(yaml_scalar(name, true));
  const auto needs =
      r.defaulted("needs", list_of(reference(software_)),
                  {fmt::format("[{}]", join(all, ", ")), Basis::neutral, "all of `software:`"},
                  "components that a server needs; what they wait for comes with them");
  Dependencies after;
  for (const model::Component& component : world_.software) {
    after.emplace_back();
    for (const model::ComponentId id : component.after) after.back().push_back(id.index());
  }
  if (!context_.describing) {
    for (const std::size_t component : in_order(after, needs))
      group.components.emplace_back(component);
  }
  const auto suffices =
      r.optional("suffices", amount(),
                 "so many that serve are enough for the work of the group: 2, or 80 %; the metrics "
                 "service.* tell when all groups that say it have enough");
  if (suffices) {
    group.suffices = instances_of(*suffices, group.count);
    if (*group.suffices < 1 || *group.suffices > group.count)
      r.error(
          r.place("suffices"),
          fmt::format("{} of {} instances cannot be what suffices", *group.suffices, group.count),
          "write at least 1 and at most all of them, or leave it away");
  }
  group.demand = r.optional("demand", demand(group.count),
                            "when the instances are asked for, where not all are at the start: in "
                            "batches at a rate that may change with the hour, or from a trace");
  const auto waits =
      r.optional("after", keyed(reference(groups_), readiness_of_others()),
                 "groups that must be in service before the first launch: {db: ready 100 %}");
  for (const auto& wait : waits.value_or(std::vector<Keyed<std::size_t, Amount>>{}))
    waits_.push_back({index, wait.key, wait.value, wait.place});
  return group;
}

void WorldReader::read_fleet() {
  const auto value =
      keyed(entity_name(), object<model::Group>([this](Reader& r) { return group(r); }));
  for (auto& one : root_.required("fleet", value, "what is to be brought into service")) {
    group_places_.push_back(one.place);
    for (const std::string_view reserved : {"image", "by", "then"}) {
      if (one.key == reserved)
        root_.error(
            one.place,
            fmt::format("a group cannot be called `{}`: the word has a meaning in `deploy:`",
                        reserved),
            "give it another name");
    }
    world_.groups.push_back(std::move(one.value));
  }
  if (world_.groups.empty() && root_.has("fleet") && root_.node().find("fleet")->is_map()) {
    root_.error(root_.key_place("fleet"), "a fleet has at least one group",
                "write `fleet: {web: {count: 20, region: REGION, type: TYPE}}`, say");
  }
  if (fleet_size() > kMostInstances) {
    root_.error(root_.key_place("fleet"),
                fmt::format("{} instances; at most {} can be simulated", human_count(fleet_size()),
                            human_count(kMostInstances)),
                "lower the `count:` of its groups, or simulate a part of the fleet");
  }
  check_waits();
}

void WorldReader::check_waits() {
  Dependencies after(world_.groups.size());
  for (const PendingWait& wait : waits_) {
    const bool known = wait.group < world_.groups.size() && wait.other < world_.groups.size();
    if (!known) continue;
    const model::Group& other = world_.groups[model::GroupId{wait.other}];
    if (wait.group == wait.other) {
      root_.error(wait.place, fmt::format("the group `{}` waits for itself", other.name),
                  "remove it from its own `after:`");
      continue;
    }
    const std::int64_t entered = instances_of(wait.ready, other.count);
    if (entered > other.count && other.count > 0) {
      root_.error(
          wait.place,
          fmt::format("waits for {} of `{}`, which has only {}", entered, other.name, other.count),
          "write `ready 100 %`");
    }
    after[wait.group].push_back(wait.other);
    world_.groups[model::GroupId{wait.group}].after.push_back(
        {model::GroupId{wait.other}, entered});
  }
  const auto cycle = find_cycle(after);
  if (!cycle) return;
  std::vector<std::string> names;
  for (const std::size_t index : *cycle) names.push_back(fmt::format("`{}`", groups_.names[index]));
  root_.error(
      group_places_[cycle->front()],
      fmt::format("the groups wait for each other in a circle: {}", join(names, " waits for ")),
      "remove one of these names from the `after:` of the one before it");
}

}  // namespace rollcast::scenario
