/// The cases of closed-form.json that the domain has words for, through scenarios as users write
/// them. What it has no words for is told at the end, and hit by the library in tests/theory.
#include <functional>
#include <set>

#include "../theory/support.hpp"
#include "support.hpp"

using namespace rollcast;
using model::Metric;
using test::metric;
using theory::Estimate;
using theory::Results;

namespace {

constexpr std::uint64_t kSeed = 20260306;

/// What one replication contributes to the estimates of a case.
using Observe =
    std::function<void(const model::Scenario&, std::uint64_t replication, Results& results)>;

struct Case {
  std::string id;
  std::string scenario;
  std::uint64_t replications;
  Observe observe;
  int least;  ///< estimates whose names the case knows
  std::vector<std::pair<std::string, double>> quantiles = {};  ///< of the estimate "mean"
};

model::Outcome run(const model::Scenario& scenario, std::uint64_t replication,
                   model::Trace* trace = nullptr) {
  return simulate(scenario, 0, kSeed, replication, trace);
}

/// One value of a metric a replication, in another unit: "mean", and "var" of the same values.
Observe value_of(Metric which, double unit) {
  return
      [which, unit](const model::Scenario& scenario, std::uint64_t replication, Results& results) {
        results.add("mean", metric(run(scenario, replication), which) / unit);
      };
}

std::string fleet(const std::string& rest) {
  return "question: What does the textbook say?\n"
         "regions: {here: {mainland: false, quota: {held: unlimited}, api: {rate: 1000 per s, "
         "burst: 1000}, storage: 0 USD per GB month}}\n"
         "staff: {ops: {people: 1, hours: always, error: 0 %}}\n" +
         rest;
}

/// Launches of 3 to 5 minutes; `more` goes into `launch:`, `strategy` into the strategy.
std::string launches(int count, const std::string& more, const std::string& strategy = "") {
  return fleet(fmt::format(
      "fleet: {{web: {{count: {}, region: here, price: 60 USD per h}}}}\n"
      "images: {{golden: {{kind: custom, os: linux, exists: {{regions: [here]}}, bad: 0 %}}}}\n"
      "launch: {{time: 3 min to 5 min, back-off: 0 s, {}}}\n"
      "billing: {{granularity: 0.001 s}}\n"
      "strategies: {{image: {{deploy: golden{}}}}}\n",
      count, more, strategy));
}

const std::string kSure = "fails: 0 %";
const std::string kRetried = "fails: 10 %, attempts: unlimited";

/// Servers that people set up by hand around the clock.
std::string by_hand(int count, int people, const std::string& effort) {
  return fleet(
      fmt::format("fleet: {{web: {{count: {}, region: here, price: 1 USD per h}}}}\n"
                  "manual: {{effort: \"{}\"}}\n"
                  "strategies: {{hand: {{deploy: {{by: ops}}, with: {{staff: {{ops: "
                  "{{people: {}}}}}}}}}}}\n",
                  count, effort, people));
}

/// A server whose steps run by themselves.
std::string network(const std::string& software) {
  return fleet("fleet: {web: {count: 1, region: here, price: 1 USD per h}}\nsoftware:\n" +
               software + "strategies: {hand: {deploy: {by: ops}}}\n");
}

/// Instances in service at once, which break after `every` and are reinstalled in `repair`.
std::string breaking(int count, const std::string& every, const std::string& repair,
                     const std::string& horizon, const std::string& strategy = "",
                     const std::string& group = "") {
  return fleet(fmt::format(
      "horizon: {}\n"
      "fleet: {{web: {{count: {}, region: here, price: 3600 USD per h{}}}}}\n"
      "images: {{golden: {{kind: custom, os: linux, exists: {{regions: [here]}}, bad: 0 %}}}}\n"
      "launch: {{time: 0 s, fails: 0 %}}\n"
      "failures: {{breaks: {{kind: environment, every: \"{}\", detected: 0 s}}}}\n"
      "strategies: {{image: {{deploy: golden, recover: {{means: [reinstall], reinstall: \"{}\"}}"
      "{}}}}}\n",
      horizon, count, group, every, repair, strategy));
}

void observe_three_attempts(const model::Scenario& scenario, std::uint64_t replication,
                            Results& results) {
  const model::Outcome outcome = run(scenario, replication);
  const bool ready = metric(outcome, Metric::ready_share) == 1.0;
  // An instance-minute costs 1 USD, and until service entry it is a cost of deployment.
  const double elapsed = metric(outcome, Metric::cost_deployment);
  results.add("P_fail", ready ? 0 : 1);
  results.add("mean_attempts", metric(outcome, Metric::launches_attempted));
  results.add("mean_elapsed", elapsed);
  if (ready) results.add("mean_given_success", elapsed);
}

void observe_month(const model::Scenario& scenario, std::uint64_t replication, Results& results) {
  const model::Outcome outcome = run(scenario, replication);
  results.add("mean_interval_availability", metric(outcome, Metric::availability));
  results.add("expected_downtime", metric(outcome, Metric::impact_out_instance_hours));
  results.add("P_no_failure", metric(outcome, Metric::incidents_count) == 0 ? 1 : 0);
  results.add("point_availability_T", 1 - metric(outcome, Metric::recovery_open));
}

void observe_losses(const model::Scenario& scenario, std::uint64_t replication, Results& results) {
  const model::Outcome outcome = run(scenario, replication);
  double year = 0;
  for (const model::IncidentRecord& incident : outcome.incidents) {
    const double loss = incident.data_loss_hours;
    results.add("mean_loss", loss);
    results.add("P_loss_gt_5", loss > 5 ? 1 : 0);
    year += loss;
  }
  results.add("failures_per_year", static_cast<double>(outcome.incidents.size()));
  results.add("expected_loss_per_year", year);
}

/// The hours until fewer than suffice serve.
Observe time_to_outage(const char* name) {
  return [name](const model::Scenario& scenario, std::uint64_t replication, Results& results) {
    results.add(name, metric(run(scenario, replication), Metric::service_time_to_outage) / 3600);
  };
}

/// So many of these, none of which is ever repaired.
std::string k_of_n(int least, int count) {
  return breaking(count, "exponential(1000 h)", "10000 d", "3650 d", "",
                  fmt::format(", suffices: {}", least));
}

const std::vector<std::pair<std::string, double>> kMedianAndTails{
    {"q50", 0.5}, {"q95", 0.95}, {"q99", 0.99}};

std::vector<Case> provision_cases() {
  const Observe minutes = value_of(Metric::ready_time, 60);
  return {
      {"P01",
       launches(1, kRetried),
       50'000,
       minutes,
       1,
       {{"q50", 0.5}, {"q95", 0.95}, {"q99", 0.99}, {"q99.9", 0.999}}},
      {"P02", launches(1, "fails: 10 %, attempts: 3"), 50'000, observe_three_attempts, 4},
      {"P04", launches(100, kRetried), 5'000, minutes, 1, kMedianAndTails},
      {"P06a", launches(100, kSure, ", rollout: {batches: 10}"), 5'000, minutes, 1},
      {"P14", launches(100, kRetried, ", rollout: {batches: 10}"), 5'000, minutes, 1},
      {"P16", launches(100, kSure), 5'000,
       [](const model::Scenario& scenario, std::uint64_t replication, Results& results) {
         results.add("mean", run(scenario, replication).ready_curve[31] / 60);  // 32/40 of 100
       },
       1},
      {"P07a", by_hand(20, 3, "exponential(30 work min)"), 10'000,
       [](const model::Scenario& scenario, std::uint64_t replication, Results& results) {
         const model::Outcome outcome = run(scenario, replication);
         results.add("mean", metric(outcome, Metric::ready_time) / 60);
         results.add("mean_first", metric(outcome, Metric::first_ready_time) / 60);
       },
       2, kMedianAndTails},
      {"P08",
       by_hand(30, 1, "uniform(20 work min, 40 work min)"),
       10'000,
       minutes,
       1,
       {{"q95", 0.95}, {"q99", 0.99}}},
      {"P12",
       fleet("fleet: {web: {count: 200, region: here, price: 1 USD per h}}\n"
             "images: {golden: {kind: custom, os: linux, exists: {regions: [here]}, bad: 0 %}}\n"
             "launch: {time: 0 s, fails: 0 %}\n"
             "strategies: {image: {deploy: golden, with: {regions: {here: {api: {rate: 2 per s, "
             "burst: 50, per call: 1}}}}}}\n"),
       1,
       [](const model::Scenario& scenario, std::uint64_t replication, Results&) {
         const double last = metric(run(scenario, replication), Metric::ready_time);
         CHECK(last == theory::expected("P12").at("last_start").get<double>());
       },
       0},
  };
}

std::vector<Case> reliability_cases() {
  return {
      // Any law: a Weibull life with a mean of 500 h, a repair of 2 to 6 h. The start, all up, adds
      // less than 1e-6.
      {"R01", breaking(20, "weibull(shape 2, scale 564.1895835 h)", "2 h to 6 h", "3650 d"), 200,
       [](const model::Scenario& scenario, std::uint64_t replication, Results& results) {
         const double availability = metric(run(scenario, replication), Metric::availability);
         results.add("availability", availability);
         results.add("downtime_h_per_year", 8760 * (1 - availability));
       },
       2},
      {"R02a", breaking(1, "exponential(500 h)", "exponential(4 h)", "720 h"), 20'000,
       observe_month, 4},
      {"R03", k_of_n(2, 3), 4'000, time_to_outage("2of3"), 1},
      {"R03", k_of_n(3, 5), 4'000, time_to_outage("3of5"), 1},
      {"R03", k_of_n(8, 10), 4'000, time_to_outage("8of10"), 1},
      {"R07a",
       breaking(1, "exponential(200 h)", "0 s", "365 d",
                ", backup: {every: 6 h, takes: 0 s, of: every instance}"),
       400, observe_losses, 4},
      {"R07b",
       breaking(1, "exponential(200 h)", "0 s", "365 d",
                ", backup: {every: 6 h, from: service, takes: 0 s, of: every instance}"),
       400, observe_losses, 1},
  };
}

std::vector<Case> pert_cases() {
  const Observe hours = value_of(Metric::ready_time, 3600);
  const std::string step = "work: 0 work min, unattended: exponential(1 h)";
  const std::string flat = "work: 0 work min, unattended: 0 h to 1 h";
  return {
      {"N01",
       network(fmt::format("  a: {{{0}}}\n  b: {{{0}}}\n  c: {{after: [a], {0}}}\n"
                           "  d: {{after: [a], {0}}}\n  e: {{after: [b, c], {0}}}\n",
                           step)),
       20'000, hours, 1, kMedianAndTails},
      {"N03", network(fmt::format("  a: {{{0}}}\n  b: {{after: [a], {0}}}\n  c: {{{0}}}\n", flat)),
       20'000, hours, 1},
  };
}

std::vector<Case> cost_cases() {
  return {
      // The machine is lost for good; a second costs 1 USD.
      {"C01",
       fleet("fleet: {web: {count: 1, region: here, price: 3600 USD per h}}\n"
             "images: {golden: {kind: custom, os: linux, exists: {regions: [here]}, bad: 0 %}}\n"
             "launch: {time: 0 s, fails: 0 %}\n"
             "billing: {granularity: 1 s, minimum: 60 s}\n"
             "failures: {ends: {kind: instance, every: exponential(300 s)}}\n"
             "strategies: {image: {deploy: golden, recover: [reinstall]}}\n"),
       20'000, value_of(Metric::cost_instances, 1), 1},
  };
}

void check(const Case& one) {
  CAPTURE(one.id);
  const model::Scenario scenario = test::load(one.scenario);
  Results results;
  for (std::uint64_t replication = 0; replication < one.replications; ++replication)
    one.observe(scenario, replication, results);
  results.check_against(one.id, one.least);
  const nlohmann::json& expected = theory::expected(one.id);
  const std::array<std::pair<const char*, const char*>, 3> variances{
      {{"var", "mean"}, {"var_elapsed", "mean_elapsed"}, {"var_loss", "mean_loss"}}};
  for (const auto& variance : variances) {
    if (!expected.contains(variance.first)) continue;
    INFO(variance.first);
    const auto exact = expected.at(variance.first).get<double>();
    CHECK(theory::variance_agrees(results[variance.second], exact));
  }
  for (const auto& quantile : one.quantiles) {
    INFO(quantile.first);
    const auto exact = expected.at(quantile.first).get<double>();
    CHECK(theory::quantile_agrees(results["mean"], quantile.second, exact));
  }
  if (one.id == "R02a") {
    const auto deviation = expected.at("sd_interval_availability").get<double>();
    CHECK(theory::variance_agrees(results["mean_interval_availability"], deviation * deviation));
  }
  if (one.id == "R07a" || one.id == "R07b")
    CHECK(theory::quantile_agrees(results["mean_loss"], 0.95, expected.at("q95").get<double>()));
}

std::set<std::string> ids_of(const std::string& group) {
  std::ifstream file{ROLLCAST_SOURCE_DIR "/tests/theory/closed-form.json"};
  std::set<std::string> ids;
  const nlohmann::json all = nlohmann::json::parse(file);
  for (const nlohmann::json& one : all.at("cases"))
    if (one.at("group") == group) ids.insert(one.at("id").get<std::string>());
  return ids;
}

/// Every case of the group is in the table, or named as one that the domain has no words for.
void check_group(const std::string& group, const std::vector<Case>& cases,
                 const std::set<std::string>& by_the_library) {
  std::set<std::string> ids = by_the_library;
  for (const Case& one : cases) {
    ids.insert(one.id);
    check(one);
  }
  CHECK(ids == ids_of(group));
}

}  // namespace

TEST_CASE("launches, batches, people and the API take the time of the closed forms") {
  check_group("provision", provision_cases(), {});
}

TEST_CASE("failures, repairs and backups keep to the closed forms") {
  // R08, work with checkpoints: the library's tests.
  check_group("reliability", reliability_cases(), {"R08"});
}

TEST_CASE("the software graph of a server takes the time of the activity networks") {
  check_group("pert", pert_cases(), {});
}

TEST_CASE("instance time is billed as the closed form says") {
  check_group("cost", cost_cases(), {});
}
