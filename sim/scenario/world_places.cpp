/// Regions and people.
#include <fmt/format.h>

#include "price_list.hpp"
#include "rollcast/base/text.hpp"
#include "rollcast/base/units.hpp"
#include "world_reader.hpp"

namespace rollcast::scenario {
namespace {

using Limit = std::optional<std::int64_t>;

/// "200 per zone", "200" or "unlimited"; without `per`, a plain number.
Value<Limit> limit(std::string per) {
  const std::string what = per.empty() ? "a whole number or `unlimited`"
                                       : fmt::format("a whole number `{}`, or `unlimited`", per);
  const auto schema = [what] {
    Json either;
    either["anyOf"] = Json::array({{{"type", "integer"}, {"minimum", 1}}, {{"type", "string"}}});
    either["description"] = what;
    return either;
  };
  return scalar<Limit>(
      what, schema, [per, what](Context&, std::string_view text) -> tl::expected<Limit, TextError> {
        if (text == "unlimited") return Limit{};
        const std::string ending = " " + per;
        if (!per.empty() && text.ends_with(ending)) text.remove_suffix(ending.size());
        const auto number = parse_count(text);
        if (!number) {
          TextError error = number.error();
          error.cure = fmt::format("write {}", what);
          return tl::make_unexpected(std::move(error));
        }
        if (*number < 1)
          return tl::make_unexpected(
              TextError{0, text.size(), fmt::format("`{}` is below 1", text), ""});
        return Limit{*number};
      });
}

struct Skill {
  std::string_view word;
  std::string_view code;
  double error;
};
constexpr std::int64_t kMostZones = 1'000;

/// Nominal error probabilities of HEART generic tasks (scenarios/data/human-error-heart.csv).
constexpr std::array<Skill, 9> kSkills{{{"unfamiliar", "A", 0.55},
                                        {"improvising", "B", 0.26},
                                        {"novice", "C", 0.16},
                                        {"hurried", "D", 0.09},
                                        {"routine", "E", 0.02},
                                        {"careful", "F", 0.003},
                                        {"expert", "G", 0.0004},
                                        {"supervised", "H", 0.00002},
                                        {"miscellaneous", "M", 0.03}}};

Value<Probability> skill() {
  std::vector<std::string> words;
  for (const Skill& one : kSkills) words.emplace_back(one.word);
  for (const Skill& one : kSkills) words.emplace_back(one.code);
  return mapped(word_of("a skill", words), [](std::size_t index) {
    return Probability{kSkills[index % kSkills.size()].error};
  });
}

/// A raise of the quota of instances held, asked for at the start.
Value<model::QuotaRaise> raise() {
  return object<model::QuotaRaise>([](Reader& r) {
    model::QuotaRaise raise;
    raise.held_per_zone = r.required(
        "to", count(1), "instances that may exist at once in each zone once it is granted");
    raise.takes =
        r.required("takes", random_duration(), "from the start until the provider has decided");
    raise.granted =
        r.defaulted("granted", probability(),
                    {"100 %", Basis::judgement, "no source; reasonable raises are granted"},
                    "chance that it is granted in full");
    raise.part = r.defaulted("else", random_share(), {"0 %", Basis::judgement, "no source"},
                             "share of the increase that is granted otherwise");
    return raise;
  });
}

/// How launches get slower, and fail, as more are started at once.
Value<std::vector<model::LaunchLoad>> load() {
  const auto step = object<Keyed<int, model::LaunchLoad>>([](Reader& r) {
    Keyed<int, model::LaunchLoad> result{};
    result.place = r.place();
    result.value.per_second =
        r.required("rate", rate(), "launches accepted in the region over the last minute");
    result.value.factor = r.defaulted("factor", number(), {"1", Basis::neutral, "no slower"},
                                      "launch times are multiplied by this");
    result.value.fails = r.defaulted("fails", share(), {"0 %", Basis::neutral, "no more failures"},
                                     "additional chance that a launch fails");
    if (result.value.factor < 0.0)
      r.error(r.place("factor"), "a factor is at least 0",
              "write `1` for launches that are not slowed");
    return result;
  });
  Value<std::vector<Keyed<int, model::LaunchLoad>>> steps = list_of(step);
  Value<std::vector<model::LaunchLoad>> value;
  value.describe = steps.describe;
  value.read = [steps](Context& context, const Node& node,
                       Resolved& resolved) -> std::optional<std::vector<model::LaunchLoad>> {
    const auto read = steps.read(context, node, resolved);
    if (!read) return std::nullopt;
    std::vector<model::LaunchLoad> result;
    for (const auto& one : *read) {
      const bool rises = result.empty() || one.value.per_second > result.back().per_second;
      if (!rises)
        context.diagnostics.error(one.place, "the rates of the load do not rise",
                                  "write them from the lowest to the highest");
      result.push_back(one.value);
    }
    return result;
  };
  return value;
}

}  // namespace

model::Region WorldReader::region(Reader& r) const {
  const PriceList& prices = PriceList::built_in();
  const std::string name = r.name();
  model::Region region;
  region.name = name;
  const std::int64_t zones =
      r.defaulted("zones", count(1), {"1", Basis::neutral, "one zone"},
                  "availability zones over which instances are spread evenly");
  if (zones > kMostZones)
    r.error(r.place("zones"), fmt::format("a region has at most {} zones", kMostZones));
  region.zones = static_cast<int>(std::min(zones, kMostZones));
  const bool mainland = prices.in_mainland_china(name);
  region.in_mainland_china = r.defaulted(
      "mainland", truth(),
      {mainland ? "true" : "false", Basis::provider,
       prices.knows_region(name) ? "the price list says so" : "not in the price list"},
      "whether the region is in mainland China; images cannot be copied across that border");
  const auto quota = object<int>([&region](Reader& q) {
    region.held_per_zone =
        q.defaulted("held", limit("per zone"),
                    {"60 per zone", Basis::provider, "between 30 and 60 until a raise is granted"},
                    "instances that may exist at once in each zone");
    region.launches =
        q.defaulted("launches", limit(""), {"unlimited", Basis::neutral, "no limit is documented"},
                    "launches that may be under way at once in the region; a place is kept from "
                    "the first attempt to the last, waits in between too");
    region.images = q.defaulted("images", count(0),
                                {"10", Basis::provider, "documented; a newer page says 500"},
                                "custom images that the region may hold, backups included");
    region.snapshots = q.defaulted("snapshots", count(1), {"64", Basis::provider, "documented"},
                                   "backups that one disk may have");
    region.raise = q.optional("raise", raise(),
                              "a raise of the instances held that is asked for at the start");
    if (region.raise && region.held_per_zone &&
        region.raise->held_per_zone <= *region.held_per_zone && q.has("raise")) {
      q.error(q.place("raise"),
              fmt::format("a raise to {} of a quota of {} raises nothing",
                          region.raise->held_per_zone, *region.held_per_zone),
              "ask for more than `held`");
    }
    return 0;
  });
  r.section("quota", quota, "what the provider allows in the region");
  const auto api = object<int>([&region](Reader& a) {
    region.api_calls_per_second =
        a.defaulted("rate", rate(), {"10 per s", Basis::provider, "documented for image calls"},
                    "calls per second in the long run");
    region.api_burst = static_cast<double>(
        a.defaulted("burst", count(1), {"10", Basis::judgement, "one second's worth of calls"},
                    "calls that may be made at once after a pause"));
    region.instances_per_call =
        a.defaulted("per call", count(1), {"100", Basis::provider, "documented"},
                    "instances that one call may launch");
    return 0;
  });
  r.section("api", api, "limits of the provider's interface in the region");
  const auto loads = r.optional(
      "load", load(),
      "how launches get slower, and fail, as more are started at once; linear in between");
  region.load = loads.value_or(std::vector<model::LaunchLoad>{});
  const auto listed = context_.currency == "USD" ? prices.storage(name) : std::nullopt;
  const std::string meaning = "storage of custom images and backups, per GB and month of 30 days";
  if (listed || context_.describing) {
    const std::string text =
        fmt::format("{} USD per GB month", exact_number(listed.value_or(Money{}).units()));
    region.storage_per_gb_month = r.defaulted(
        "storage", money("GB month"), {text, Basis::provider, "list price of snapshots"}, meaning);
  } else {
    region.storage_per_gb_month =
        r.optional("storage", money("GB month"), meaning).value_or(Money{});
  }
  return region;
}

void WorldReader::read_regions() {
  const auto value =
      keyed(entity_name(), object<model::Region>([this](Reader& r) { return region(r); }));
  for (auto& one : root_.required("regions", value, "where the fleet runs")) {
    region_places_.push_back(one.place);
    const Node* map = root_.node().find("regions");
    const Node* fields = map != nullptr ? map->find(one.key) : nullptr;
    const bool listed = context_.currency == "USD" && PriceList::built_in().storage(one.key);
    storage_priced_.push_back(listed || (fields != nullptr && fields->find("storage") != nullptr));
    one.value.name = one.key;  // also when nothing else could be read
    world_.regions.push_back(std::move(one.value));
  }
  if (world_.regions.empty() && root_.has("regions") && root_.node().find("regions")->is_map()) {
    root_.error(root_.key_place("regions"), "a scenario has at least one region",
                "write `regions: {ap-seoul: {zones: 2}}`, say");
  }
}

WorkHours WorldReader::hours(Reader& r) const {
  const std::string zone = context_.start ? context_.start->zone : "UTC";
  Value<WorkHours> value = scalar<WorkHours>(
      "working hours", text_schema("working hours: Mon-Fri 09:00-18:00 Asia/Seoul, or always"),
      [zone](Context&, std::string_view text) { return parse_work_hours(text, zone); });
  WorkHours hours = r.required(
      "hours", value, "when they work, as in `Mon-Fri 09:00-18:00 Asia/Seoul` or `always`");
  const auto holidays =
      r.optional("holidays", list_of(date()), "days without work, in the zone of the hours");
  if (holidays) hours.holidays = *holidays;
  if (!hours.always && !context_.start && !context_.describing) {
    if (!context_.start_is_bad)
      r.error(r.place("hours"),
              "working hours need a `start:` that says when the simulated time begins",
              "add `start: 2026-03-06 09:00 Asia/Seoul` to the scenario, or work `always`");
    hours.always = true;
  }
  return hours;
}

model::Staff WorldReader::person(Reader& r) const {
  model::Staff staff;
  staff.name = r.name();
  staff.people = r.defaulted("people", count(1), {"1", Basis::neutral, "one person"},
                             "how many share the work");
  staff.hours = hours(r);
  const std::string wage_meaning = "paid for every hour worked";
  if (context_.currency == "USD") {
    staff.wage_per_hour = r.defaulted(
        "wage", money("work h"),
        {"42.51 USD per work h", Basis::measured, "mean of US administrators, May 2019, wage only",
         "25 USD per work h", "100 USD per work h"},
        wage_meaning);
  } else {
    staff.wage_per_hour = r.required("wage", money("work h"),
                                     fmt::format("{}; the default is in USD, the scenario in {}",
                                                 wage_meaning, context_.currency));
  }
  r.at_most_one_of({"skill", "error"});
  const std::string error_meaning =
      "chance that one step of manual work is done wrong, before verification";
  const auto error = r.optional("error", probability(), error_meaning);
  if (error) {
    staff.step_error = *error;
  } else {
    staff.step_error =
        r.defaulted("skill", skill(), {"routine", Basis::measured, "HEART task E: 2 % of steps"},
                    error_meaning + ", as the HEART task that the work is like");
  }
  if (error) r.ignore("skill");
  const auto verification = object<int>([&staff](Reader& v) {
    staff.verification_catches = v.defaulted(
        "catches", probability(),
        {"80 %", Basis::judgement, "no source; most errors show at the next step", "50 %", "95 %"},
        "share of those errors that is found at once, and the step done again");
    return 0;
  });
  r.section("verification", verification, "the check behind each step");
  staff.dedicated =
      r.defaulted("dedicated", truth(), {"false", Basis::neutral, "idle hours cost nothing"},
                  "paid for every working hour of the horizon, not only for hours worked");
  staff.on_call =
      r.defaulted("on call", truth(), {"false", Basis::neutral, "recovery waits for working hours"},
                  "may start recovery work outside working hours");
  staff.premium =
      r.defaulted("premium", share(), {"0 %", Basis::judgement, "no source; the wage alone"},
                  "what an hour of work outside working hours costs more");
  if (!staff.hours.always && context_.start) {
    constexpr Duration kMargin = std::chrono::hours{24 * 28};
    staff.open = open_intervals(staff.hours, *context_.start, context_.horizon + kMargin);
    if (open_time(staff.open, context_.horizon) == Duration::zero()) {
      r.warning(r.place("hours"), fmt::format("`{}` never work within the horizon", staff.name),
                "give them hours within it, or extend `horizon:`");
    }
  }
  return staff;
}

void WorldReader::read_staff() {
  const auto value =
      keyed(entity_name(), object<model::Staff>([this](Reader& r) { return person(r); }));
  auto people = root_.optional("staff", value,
                               "people who share their work; one person does one thing at a time");
  if (!people) return;
  for (auto& one : *people) world_.staff.push_back(std::move(one.value));
}

}  // namespace rollcast::scenario
