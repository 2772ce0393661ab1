/// What the documents say of people: 1-2 days by hand, the measured set-up, the table of human
/// errors.
#include <fmt/format.h>

#include <fstream>
#include <iterator>

#include "rollcast/base/units.hpp"
#include "rollcast/scenario/csv.hpp"
#include "support.hpp"

using namespace rollcast;
using model::Metric;
using test::load;
using test::metric;

namespace {

std::string one_server(const std::string& rest, const std::string& hours) {
  return fmt::format(
      "question: How long does a server take by hand?\n"
      "start: 2026-03-02 09:00 Europe/Berlin\n"
      "regions: {{here: {{mainland: false, storage: 0 USD per GB month}}}}\n"
      "staff: {{ops: {{hours: \"{0}\", error: 0 %}}, dba: {{hours: \"{0}\", error: 0 %}}, "
      "apps: {{hours: \"{0}\", error: 0 %}}}}\n"
      "fleet: {{web: {{count: 1, region: here, price: 1 USD per h}}}}\n{1}"
      "strategies: {{hand: {{deploy: {{by: ops}}}}}}\n",
      hours, rest);
}

/// Hours until the server is ready, over replications: the least, the mean and the most.
struct Spread {
  double least = 1e9, mean = 0, most = 0;
};
Spread hours_of(const std::string& text) {
  const model::Scenario scenario = load(text);
  Spread spread;
  constexpr int kRuns = 2000;
  for (std::uint64_t replication = 0; replication < kRuns; ++replication) {
    const double hours = metric(simulate(scenario, 0, 7, replication), Metric::ready_time) / 3600;
    spread.least = std::min(spread.least, hours);
    spread.most = std::max(spread.most, hours);
    spread.mean += hours / kRuns;
  }
  return spread;
}

const std::string kGraph =
    "software:\n"
    "  os: {share: 15 %}\n"
    "  database: {after: [os], share: 25 %}\n"
    "  application: {after: [os], share: 30 %}\n"
    "  plugins: {after: [application], share: 15 %}\n"
    "  debugging: {after: [database, plugins], share: 15 %}\n";

std::string replaced(std::string text, const std::string& what, const std::string& with) {
  const std::size_t at = text.find(what);
  REQUIRE(at != std::string::npos);
  return text.replace(at, what.size(), with);
}

}  // namespace

TEST_CASE(
    "by hand a server takes one to two workdays, as one lump and as the graph of its software") {
  for (const std::string& software : {std::string{}, kGraph}) {
    const Spread work = hours_of(one_server(software, "always"));
    CHECK(work.least >= 8 - 1e-9);
    CHECK(work.most <= 16 + 1e-9);
    CHECK(std::abs(work.mean - 12) < 4 * 8 / std::sqrt(12.0 * 2000));  // uniform: sd 8/sqrt(12)
    // In working days of eight hours it is ready in the course of the second, or at its end.
    const Spread days = hours_of(one_server(software, "Mon-Fri 09:00-17:00"));
    CHECK(days.least >= 8 - 1e-9);
    CHECK(days.most <= 32 + 1e-9);
    CHECK(days.mean > 24);
  }
}

TEST_CASE("with several roles the critical path of the graph decides, not the sum of its steps") {
  // os 15 %, then application and plugins (45 %) beside the database (25 %), then debugging (15 %).
  const std::string roles = replaced(kGraph, "share: 25 %", "share: 25 %, by: dba");
  const Spread work = hours_of(one_server(roles, "always"));
  CHECK(work.least >= 0.75 * 8 - 1e-9);
  CHECK(work.most <= 0.75 * 16 + 1e-9);
  CHECK(std::abs(work.mean - 0.75 * 12) < 4 * 0.75 * 8 / std::sqrt(12.0 * 2000));
}

TEST_CASE("measured: five steps of three people are 60 to 120 min of work and four waits of 3 h") {
  const std::string chain =
      "manual: {profile: measured}\n"
      "software:\n"
      "  order: {}\n"
      "  database: {after: [order], by: dba}\n"
      "  application: {after: [database], by: apps}\n"
      "  network: {after: [application], by: ops}\n"
      "  test: {after: [network], by: apps}\n";
  const model::Scenario scenario = load(one_server(chain, "always"));
  for (std::uint64_t replication = 0; replication < 200; ++replication) {
    const model::Outcome outcome = simulate(scenario, 0, 7, replication);
    const double hours = metric(outcome, Metric::ready_time) / 3600;
    const double work = metric(outcome, Metric::staff_effort_hours);
    CHECK(work >= 1 - 1e-9);
    CHECK(work <= 2 + 1e-9);
    CHECK(hours == doctest::Approx(work + 4 * 3));
  }
}

TEST_CASE("skills are the human error probabilities of HEART, by letter and by word") {
  std::ifstream file{ROLLCAST_SOURCE_DIR "/scenarios/data/human-error-heart.csv"};
  const auto table = scenario::parse_csv(std::string{std::istreambuf_iterator<char>{file}, {}});
  REQUIRE(table.has_value());
  const std::vector<std::string> words{"unfamiliar", "improvising", "novice",
                                       "hurried",    "routine",     "careful",
                                       "expert",     "supervised",  "miscellaneous"};
  std::size_t row = 0;
  for (const auto& fields : table->rows) {
    if (fields[*table->column("method")] != "HEART") continue;
    const double probability = *parse_number(fields[*table->column("nominal_probability")]);
    for (const std::string& skill : {fields[*table->column("code")], words.at(row)}) {
      CAPTURE(skill);
      const model::Scenario scenario =
          load(replaced(one_server("", "always"), "always\", error: 0 %}, dba",
                        "always\", skill: " + skill + "}, dba"));
      CHECK(scenario.strategies[0].world.staff[model::StaffId{0}].step_error.value() ==
            probability);
    }
    ++row;
  }
  CHECK(row == 9);
}

TEST_CASE("people on call help at once while other work of theirs rests until Monday") {
  // Friday 9:00. One server is set up from 9:00 to 14:00, the other one from 14:00 on until Monday.
  // The first fails on Saturday at 10:00 and on Sunday at 12:00, each time noticed after an hour
  // and set up again in five.
  const auto run = [](const char* people) {
    return model::simulate(
        load(fmt::format(
            "question: When is it back?\nstart: 2026-03-06 09:00 UTC\nhorizon: 60 h\n"
            "regions: {{lab: {{zones: 1, quota: {{held: unlimited}}, storage: 0 USD per GB "
            "month}}}}\n"
            "staff: {{ops: {{people: {}, hours: Mon-Fri 09:00-17:00 UTC, wage: 10 USD per work h, "
            "error: 0 %, on call: true}}}}\n"
            "fleet: {{web: {{count: 2, region: lab, price: 1 USD per h}}}}\n"
            "manual: {{effort: 5 work h}}\n"
            "failures: {{f: {{kind: instance, every: 20 h, detected: 1 h}}}}\n"
            "strategies: {{it: {{deploy: {{by: ops}}}}}}\n",
            people)),
        0, 1, 0);
  };
  const model::Outcome one = run("1");
  CHECK(metric(one, Metric::incidents_count) == 2);
  CHECK(metric(one, Metric::recovery_time_mean) == doctest::Approx(6));
  CHECK(metric(one, Metric::staff_out_of_hours) == doctest::Approx(10));
  // Two set both up by 14:00: both fail at the same times, and each takes one.
  const model::Outcome two = run("2");
  CHECK(metric(two, Metric::incidents_count) == 4);
  CHECK(metric(two, Metric::recovery_time_mean) == doctest::Approx(6));
  CHECK(metric(two, Metric::staff_out_of_hours) == doctest::Approx(20));
}
