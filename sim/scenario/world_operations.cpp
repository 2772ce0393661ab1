/// What happens to instances in service: failures, outages, shortages.
#include <fmt/format.h>

#include <algorithm>

#include "rollcast/base/text.hpp"
#include "world_reader.hpp"

namespace rollcast::scenario {

void WorldReader::read_failures() {
  const std::string none = fmt::format("0 {}", context_.currency);
  const auto failure = object<model::FailureClass>([&none](Reader& r) {
    model::FailureClass result;
    result.name = r.name();
    result.kind = static_cast<model::FailureKind>(
        r.required("kind", word_of("a kind of failure", {"environment", "instance"}),
                   "what breaks: the software environment of an instance, or the instance itself"));
    result.time_to_failure = r.required(
        "every", random_duration(),
        "time from service entry or recovery to the failure, of each instance on its own");
    result.detection = r.defaulted("detected", random_duration(),
                                   {"1 min to 15 min", Basis::judgement,
                                    "no source; between one and a few rounds of monitoring"},
                                   "from the failure until somebody knows");
    result.cost_per_out_hour =
        r.defaulted("cost", money("instance h"),
                    {none + " per instance h", Basis::neutral, "outages cost nothing"},
                    "price of an instance-hour out because of it");
    result.cost_per_incident =
        r.defaulted("each", money(), {none, Basis::neutral, "incidents cost nothing"},
                    "price of each incident");
    if (result.time_to_failure.seconds.support().second <= 0.0 && r.has("every"))
      r.error(r.place("every"), "a failure every 0 s would never let an instance serve",
              "write how long an instance runs before it fails, as in `exponential(4000 h)`");
    return result;
  });
  auto failures = root_.optional("failures", keyed(entity_name(), failure),
                                 "classes of failures that hit each instance on its own");
  if (!failures) return;
  for (auto& one : *failures) {
    const bool never_ends = one.value.time_to_failure.seconds.support().second <= 0.0;
    if (!never_ends) world_.failures.push_back(std::move(one.value));
  }
}

model::Outage WorldReader::outage(Reader& r) const {
  model::Outage result;
  result.name = r.name();
  const std::size_t region = r.required("region", reference(regions_), "where it happens", kNone);
  if (region != kNone && region < world_.regions.size()) result.region = model::RegionId{region};
  if (const auto zone =
          r.optional("zone", count(1), "the zone, from 1; without it, the whole region")) {
    result.zone = static_cast<int>(*zone) - 1;
    const int zones = result.region.valid() ? world_.regions[result.region].zones : 0;
    if (zones > 0 && *zone > zones)
      r.error(r.place("zone"),
              fmt::format("{} has {}", world_.regions[result.region].name,
                          plural(static_cast<std::size_t>(zones), "zone")),
              "count zones from 1");
  }
  for (const std::size_t group : r.optional("groups", list_of(reference(groups_)),
                                            "whom it concerns; without it, everybody there")
                                     .value_or(std::vector<std::size_t>{}))
    result.groups.emplace_back(group);
  r.at_most_one_of({"every", "at"});
  result.every =
      r.optional("every", random_duration(), "from the end of one, or the start, to the next");
  if (const auto at = r.optional("at", moment(), "once, at this moment")) result.at = *at;
  if (!r.has("every") && !r.has("at") && !context_.describing)
    r.error(r.place(), fmt::format("`{}` does not say when", result.name),
            "add `every: exponential(2000 h)` or `at: 2 d`");
  if (r.has("at") && result.at != kNever && result.at >= kStart + context_.horizon)
    r.warning(r.place("at"),
              fmt::format("`{}` comes after the horizon of {}", result.name,
                          human_duration(context_.horizon)),
              "let it come before, or extend `horizon:`");
  result.lasts = r.required("lasts", random_duration(), "how long it lasts");
  result.takes = r.defaulted(
      "takes", probability(), {"100 %", Basis::judgement, "the worst case"},
      "share of the instances there that it puts out, where that is no whole number rounded up or "
      "down by chance; 0 %: only nothing can be launched");
  result.destroys = r.defaulted("destroys", truth(), {"false", Basis::neutral, "they come back"},
                                "what it puts out is gone and must be replaced");
  result.cost_per_out_hour = r.defaulted("cost", money("instance h"),
                                         {fmt::format("0 {} per instance h", context_.currency),
                                          Basis::neutral, "outages cost nothing"},
                                         "price of an instance-hour out because of it");
  return result;
}

void WorldReader::read_outages() {
  const auto value =
      keyed(entity_name(), object<model::Outage>([this](Reader& r) { return outage(r); }));
  for (auto& one :
       root_
           .optional("outages", value,
                     "states of a zone or region that last: outages and shortages of capacity")
           .value_or(std::vector<Named<model::Outage>>{}))
    world_.outages.push_back(std::move(one.value));
}

}  // namespace rollcast::scenario
