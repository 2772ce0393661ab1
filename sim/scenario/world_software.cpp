/// What a server needs, how it is set up by hand, how it is launched, and bootstrap scripts.
#include <fmt/format.h>

#include <algorithm>

#include "graph.hpp"
#include "rollcast/base/text.hpp"
#include "rollcast/base/units.hpp"
#include "world_reader.hpp"

namespace rollcast::scenario {
namespace {

/// A weight: "2", or in percent "15 %".
Value<double> weight() {
  const auto schema = [] {
    Json either;
    either["anyOf"] = Json::array({{{"type", "number"}, {"minimum", 0}}, {{"type", "string"}}});
    either["description"] = "a weight, plain or in percent: 2, 15 %";
    return either;
  };
  return scalar<double>(
      "a weight", schema, [](Context&, std::string_view text) -> tl::expected<double, TextError> {
        if (text.find('%') != std::string_view::npos) return parse_share(text);
        auto number = parse_number(text);
        if (number && *number < 0.0)
          return tl::make_unexpected(TextError{
              0, text.size(), fmt::format("`{}` is negative; a weight is at least 0", text), ""});
        return number;
      });
}

using Intervals = std::vector<std::pair<TimePoint, TimePoint>>;

/// When both are open; an empty list is always open, and the one interval at kNever never.
Intervals common(const Intervals& left, const Intervals& right) {
  if (left.empty() || right.empty()) return left.empty() ? right : left;
  Intervals both;
  for (std::size_t i = 0, j = 0; i < left.size() && j < right.size();) {
    const TimePoint begin = std::max(left[i].first, right[j].first);
    const TimePoint end = std::min(left[i].second, right[j].second);
    if (begin < end) both.emplace_back(begin, end);
    ++(left[i].second < right[j].second ? i : j);
  }
  if (both.empty()) both.emplace_back(kNever, kNever);
  return both;
}

std::vector<std::string> named(const std::vector<std::size_t>& cycle, const Names& names) {
  std::vector<std::string> result;
  for (const std::size_t index : cycle) result.push_back(fmt::format("`{}`", names.names[index]));
  return result;
}

}  // namespace

model::Component WorldReader::component(Reader& r) const {
  model::Component component;
  component.name = r.name();
  const auto after = r.optional("after", list_of(reference(software_)),
                                "components that must be done before this one, in the same server");
  for (const std::size_t index : after.value_or(std::vector<std::size_t>{}))
    component.after.emplace_back(index);
  r.at_most_one_of({"work", "share"});
  component.work =
      r.optional("work", random_work(),
                 "effort of this step alone; without it, `share` of the server's effort");
  if (!component.work) {
    component.share = r.defaulted("share", weight(), {"1", Basis::neutral, "all steps alike"},
                                  "weight of the step in the server's effort; the weights of the "
                                  "steps that are needed are scaled to 100 %");
  } else {
    r.ignore("share");
  }
  component.unattended =
      r.defaulted("unattended", random_duration(), {"0 s", Basis::neutral, "no waiting"},
                  "time behind the work in which the person is free");
  read_people_of(r, component);
  component.error = r.optional("error", probability(),
                               "chance that the step is done wrong; without it, the person's");
  return component;
}

void WorldReader::read_people_of(Reader& r, model::Component& component) const {
  const auto one = mapped(reference(staff_), [](std::size_t id) { return std::vector{id}; });
  const auto value = either<std::vector<std::size_t>>("the name of a staff, or a list of names",
                                                      one, {}, list_of(reference(staff_)));
  const auto by = r.optional("by", value,
                             "who does it; several names: all of them at the same time, a name "
                             "twice: two of them; without it, whoever the strategy names");
  if (!by) return;
  if (by->empty()) {
    r.error(r.place("by"), "nobody does it", "name somebody, or leave `by` out");
    return;
  }
  for (const std::size_t id : *by)
    if (id >= world_.staff.size()) return;
  component.by = model::StaffId{by->front()};
  Intervals open = world_.staff[component.by].open;
  for (std::size_t next = 1; next < by->size(); ++next) {
    component.together_with.emplace_back((*by)[next]);
    open = common(open, world_.staff[component.together_with.back()].open);
  }
  for (const std::size_t id : *by) {
    const model::Staff& pool = world_.staff[model::StaffId{id}];
    const auto needed = std::count(by->begin(), by->end(), id);
    if (needed <= pool.people) continue;
    r.error(r.place("by"),
            fmt::format("the step needs {} of `{}` at once, and there {} {}", needed, pool.name,
                        pool.people == 1 ? "is" : "are", pool.people),
            "name each of them at most as often as there are people");
    return;
  }
  if (!open.empty() && open.front().first == kNever)
    r.error(r.place("by"), "these people are never at work at the same time",
            "give them hours that overlap");
  else
    component.open_together = std::move(open);
}

void WorldReader::read_software() {
  const auto value =
      keyed(entity_name(), object<model::Component>([this](Reader& r) { return component(r); }));
  auto components = root_.optional(
      "software", value, "what a server needs, inside one server: steps and what they wait for");
  if (!components) {
    model::Component server;
    server.name = "server";
    world_.software.push_back(std::move(server));
    return;
  }
  for (auto& one : *components) world_.software.push_back(std::move(one.value));
  check_software();
}

void WorldReader::check_software() {
  Dependencies after;
  for (const model::Component& component : world_.software) {
    after.emplace_back();
    for (const model::ComponentId id : component.after) after.back().push_back(id.index());
  }
  const auto cycle = find_cycle(after);
  if (!cycle) return;
  const Node* map = root_.node().find("software");
  Place place = root_.key_place("software");
  for (const Entry& entry : map->entries) {
    if (entry.key == software_.names[cycle->front()]) place = entry.place;
  }
  root_.error(place,
              fmt::format("the components wait for each other in a circle: {}",
                          join(named(*cycle, software_), " waits for ")),
              "remove one of these names from the `after:` of the one before it");
  for (model::Component& component : world_.software) component.after.clear();
}

void WorldReader::read_manual() {
  const auto manual = object<model::Manual>([](Reader& r) {
    model::Manual result;
    const std::size_t profile = r.defaulted(
        "profile", word_of("a profile of manual work", {"documented", "measured"}),
        {"documented", Basis::interpretation,
         "1-2 days by hand, read as workdays of one person a server"},
        "where the other defaults come from: the provider's \"1-2 days\", or a measured set-up of "
        "60-120 min of work by several people with hand-overs of 3 h");
    const bool measured = profile == 1;
    result.effort = r.defaulted(
        "effort", random_work(),
        measured
            ? Default{"uniform(60 work min, 120 work min)", Basis::measured,
                      "five steps, three people: 60-120 min of work", "60 work min", "120 work min"}
            : Default{"uniform(8 work h, 16 work h)", Basis::interpretation,
                      "the source says 1-2 days and no more; read as 1-2 workdays of one "
                      "person a server",
                      "8 work h", "16 work h"},
        "effort of setting up one server, over the steps that have no effort of their own");
    result.hand_over = r.defaulted(
        "hand-over", random_duration(),
        measured ? Default{"3 h", Basis::measured, "people wait for each other about 3 h"}
                 : Default{"0 s", Basis::interpretation, "contained in the 1-2 workdays"},
        "waiting whenever the next step belongs to other people");
    result.learning_rate =
        r.defaulted("learning", share(), {"100 %", Basis::neutral, "no learning"},
                    "effort of every doubling of servers, as a share of before: n-th server times "
                    "n^log2(rate)");
    result.rework = r.defaulted(
        "rework", share(), {"0 %", Basis::interpretation, "contained in the 1-2 workdays"},
        "effort of doing a step again after its error was found, as a share of the step's");
    if (result.learning_rate <= 0.0) {
      r.error(r.place("learning"),
              "learning of 0 % would make all servers but the first free of work",
              "write `80 %`, say: each doubling takes a fifth off the effort");
      result.learning_rate = 1.0;
    }
    return result;
  });
  world_.manual = root_.section("manual", manual, "how servers are set up by hand");
}

void WorldReader::read_launch() {
  const auto launch = object<model::Launch>([this](Reader& r) {
    model::Launch result;
    const std::size_t errors = context_.diagnostics.error_reports();
    result.time = r.defaulted(
        "time", random_duration(),
        {"3 min to 5 min", Basis::provider,
         "documented: deployment from an image takes 3-5 minutes"},
        "launch of one instance from an image that has no launch time of its own, or a backup");
    const Node* time = r.node().find("time");
    const bool good = context_.diagnostics.error_reports() == errors;
    if (time != nullptr && time->is_scalar() && good) launch_time_ = time->text;
    result.per_gb =
        r.defaulted("per GB", elapsed(), {"0 s", Basis::judgement, "contained in the 3-5 minutes"},
                    "added to a launch for each GB of the image");
    result.fails = r.defaulted(
        "fails", probability(),
        {"0.073 %", Basis::measured, "4 of 5,502 unloaded launches failed", "0.01 %", "5 %"},
        "chance that a launch attempt fails, seen at its end");
    const auto schema = [] {
      Json either;
      either["anyOf"] =
          Json::array({{{"type", "integer"}, {"minimum", 1}}, {{"const", "unlimited"}}});
      return either;
    };
    const auto attempts = scalar<std::optional<std::int64_t>>(
        "a whole number or `unlimited`", schema,
        [](Context&,
           std::string_view text) -> tl::expected<std::optional<std::int64_t>, TextError> {
          if (text == "unlimited") return std::optional<std::int64_t>{};
          const auto number = parse_count(text);
          if (!number) return tl::make_unexpected(number.error());
          if (*number < 1)
            return tl::make_unexpected(TextError{0, text.size(),
                                                 "an instance needs at least one attempt",
                                                 "write `1` or more, or `unlimited`"});
          return std::optional<std::int64_t>{*number};
        });
    result.attempts = r.defaulted(
        "attempts", attempts, {"4", Basis::judgement, "no source; one launch and three retries"},
        "attempts before an instance is given up");
    result.time_out =
        r.optional("time out", elapsed(),
                   "an attempt that is not up by then fails then; without it, none does");
    if (result.time_out && *result.time_out <= Duration::zero())
      r.error(r.place("time out"), "no launch is up after 0 s", "write `15 min`, say");
    result.back_off = r.defaulted("back-off", random_duration(),
                                  {"30 s", Basis::judgement, "no source; a usual pause of tools"},
                                  "wait after a failed attempt");
    result.back_off_grows = r.defaulted(
        "back-off grows", number(), {"1", Basis::neutral, "every wait is like the first"},
        "each wait after another failure in a row is so many times as long");
    if (!(result.back_off_grows >= 1.0 && result.back_off_grows <= 100.0))
      r.error(r.place("back-off grows"), "waits do not grow by this factor",
              "write 2 where each is twice as long as the one before, 1 to 100");
    result.back_off_most =
        r.optional("back-off at most", elapsed(),
                   "no wait after a failed attempt is longer; without it, any may be")
            .value_or(Duration::max());
    result.readiness = r.defaulted(
        "readiness", random_duration(), {"0 s", Basis::neutral, "contained in the launch"},
        "from the end of launch and script until the readiness check has passed");
    result.readiness_finds = r.defaulted(
        "readiness finds", probability(),
        {"0 %", Basis::neutral, "a bad version becomes ready like a good one"},
        "chance that a bad image version never passes the readiness check, one draw a version");
    return result;
  });
  launch_time_ = "3 min to 5 min";
  world_.launch = root_.section("launch", launch, "what happens at a launch, whatever the image");
  const std::size_t errors = context_.diagnostics.error_reports();
  const Default copy{"10 min to 30 min", Basis::provider,
                     "documented; it depends on the network and on waiting tasks"};
  const std::string meaning = "one copy of a custom image to another region";
  const Node* network = root_.node().find("network");
  const Node* links = network != nullptr && network->is_map() ? network->find("links") : nullptr;
  if (links != nullptr && !links->items.empty() && !root_.has("copy"))
    (void)root_.optional("copy", random_elapsed(), meaning);
  else
    (void)root_.defaulted("copy", random_elapsed(), copy, meaning);
  const Node* given = root_.node().find("copy");
  const bool good = context_.diagnostics.error_reports() == errors;
  copy_time_ = given != nullptr && given->is_scalar() && good ? given->text : copy.text;
}

void WorldReader::read_scripts() {
  const auto script = object<model::Script>([](Reader& r) {
    model::Script result;
    result.name = r.name();
    result.takes = r.required("takes", random_duration(), "run time of the script on one instance");
    result.times_out =
        r.defaulted("times out", probability(), {"0 %", Basis::neutral, "it never hangs"},
                    "chance that the script hangs until its time-out");
    result.time_out = r.defaulted("after", random_duration(),
                                  {"1 h", Basis::judgement, "no source; a usual limit of tools"},
                                  "time-out of a script that hangs");
    result.defect =
        r.defaulted("defect", probability(),
                    {"0 %", Basis::neutral, "no source; scripts do the same thing every time"},
                    "chance that a server whose script ended well has a defect of its own");
    return result;
  });
  auto scripts = root_.optional("scripts", keyed(entity_name(), script),
                                "bootstrap scripts that run on an instance after its launch");
  if (!scripts) return;
  for (auto& one : *scripts) script_list_.push_back(std::move(one.value));
}

}  // namespace rollcast::scenario
