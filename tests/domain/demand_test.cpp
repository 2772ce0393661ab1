/// Demand that comes over time, against logs worked out by hand and against theory.
#include <doctest/doctest.h>
#include <fmt/format.h>

#include <cmath>
#include <filesystem>
#include <fstream>

#include "support.hpp"

namespace rollcast::test {
namespace {

using model::Metric;

/// A folder for tables.
class Tables {
 public:
  Tables() : path_(std::filesystem::temp_directory_path() / "rollcast-demand-test") {
    std::filesystem::create_directories(path_);
  }
  ~Tables() { std::filesystem::remove_all(path_); }
  Tables(const Tables&) = delete;
  Tables& operator=(const Tables&) = delete;
  std::string start = "2026-03-06 09:00", horizon = "28 d";
  void write(const std::string& name, const std::string& text) const {
    std::ofstream(path_ / name) << text;
  }
  [[nodiscard]] scenario::Loaded load(int count, const std::string& demand,
                                      const std::string& more = {}) const {
    scenario::LoadOptions options;
    options.data_folders = {path_};
    return scenario::load_text(
        "demand.yaml",
        fmt::format(
            "question: When are they ready?\nstart: {} Asia/Seoul\n"
            "horizon: {}\nseed: 3\n"
            "regions: {{lab: {{zones: 1, quota: {{held: 100000 per zone, launches: 1}}, "
            "api: {{rate: 1000 per s}}, storage: 0 USD per GB month}}}}\n"
            "fleet: {{web: {{count: {}, region: lab, os: linux, price: 0 USD per h, demand: "
            "{}}}}}\n"
            "images: {{golden: {{kind: custom, os: linux, exists: {{regions: [lab]}}, "
            "bad: 0 %}}}}\n"
            "launch: {{time: 60 s, fails: 0 %}}\ndelay: 3600 USD per instance h\n"
            "strategies: {{image: {{deploy: golden}}}}\n{}",
            start, horizon, count, demand, more),
        options);
  }
  [[nodiscard]] model::Outcome run(int count, const std::string& demand,
                                   const std::string& more = {}) const {
    const auto loaded = load(count, demand, more);
    INFO(loaded.diagnostics.render());
    REQUIRE(loaded.scenario.has_value());
    return model::simulate(*loaded.scenario, 0, loaded.scenario->seed, 0);
  }

 private:
  std::filesystem::path path_;
};

TEST_CASE("a trace's batches wait for launches one by one: a log worked out by hand") {
  // Launches take 60 s, one at a time. Asked: two at 0 s, two at 100 s, one at 130 s. Ready at 60,
  // 120, 180, 240 and 300 s: after 60, 120, 80, 140 and 170 s.
  const Tables tables;
  tables.write("trace.csv", "seconds,vms\n0,2\n100,2\n130,1\n");
  const auto outcome = tables.run(5, "{trace: trace.csv, at: seconds, unit: s, instances: vms}");
  CHECK(metric(outcome, Metric::first_ready_time) == doctest::Approx(60));
  CHECK(metric(outcome, Metric::ready_time) == doctest::Approx(300));
  CHECK(metric(outcome, Metric::demand_to_ready_mean) ==
        doctest::Approx((60 + 120 + 80 + 140 + 170) / 5.0));
  CHECK(metric(outcome, Metric::demand_to_ready_max) == doctest::Approx(170));
  // Only what has been asked for is missing: 1 USD for each of its 570 s.
  CHECK(metric(outcome, Metric::cost_delay) == doctest::Approx(570));
}

TEST_CASE(
    "a share of a trace keeps its times: after each batch the whole part of it is asked for") {
  // 40 % of 2, 2 and 6: 0.8, 1.6, 4 in all: one at 100 s, three at 130 s.
  const Tables tables;
  tables.write("trace.csv", "minutes,vms\n0,2\n1,2\n2,6\n");
  const auto outcome =
      tables.run(4, "{trace: trace.csv, at: minutes, unit: min, instances: vms, share: 40 %}");
  CHECK(metric(outcome, Metric::first_ready_time) == doctest::Approx(120));
  CHECK(metric(outcome, Metric::ready_time) == doctest::Approx(300));
  CHECK(metric(outcome, Metric::demand_to_ready_max) == doctest::Approx(180));
}

TEST_CASE("a Poisson stream of batches: their number, and how it follows the hours of the week") {
  // 10 batches of 1 an hour on average over four weeks, ten times as many from 9 to 17 on the five
  // days of work (weights: 8 hours of 5, 16 of 0.5; days 1.4 × 5, 0 × 2).
  const Tables tables;
  std::string hours;
  for (int hour = 0; hour < 24; ++hour)
    hours += fmt::format("{}{}", hour == 0 ? "" : ", ", hour >= 9 && hour < 17 ? 10 : 1);
  const auto loaded = tables.load(
      100'000,
      "{batches: 10 per h, size: 1, by hour: [" + hours + "], by day: [1, 1, 1, 1, 1, 0, 0]}",
      "replications: 10\n");
  INFO(loaded.diagnostics.render());
  REQUIRE(loaded.scenario.has_value());
  const model::Demand& demand =
      *loaded.scenario->strategies[0].world.groups[model::GroupId{0}].demand;
  // Friday 9:00 is 105 hours after Monday 0:00.
  CHECK(demand.begins == doctest::Approx(105));
  CHECK(demand.profile[105] == doctest::Approx(24.0 * 10 / 96 * 1.4));
  CHECK(demand.profile[5 * 24 + 12] == 0);
  double missing = 0;
  for (std::uint64_t i = 0; i < 10; ++i) {
    const auto outcome = model::simulate(*loaded.scenario, 0, 3, i);
    CHECK(metric(outcome, Metric::ready_time) == model::kNotReached);
    missing += metric(outcome, Metric::ready_share) * 100'000 / 10;
  }
  // Four whole weeks: 6,720 batches on average, each replication's deviation 82.
  CHECK(std::abs(missing - 6'720) < 4 * std::sqrt(6'720.0 / 10) + 20);
}

TEST_CASE("batches come in the hours of the day and on the days that the profile says") {
  // 10 an hour on average: from 9 to 17 on a day of work 10 × 2.5 × 1.4, at the weekend none.
  Tables tables;
  std::string hours;
  for (int hour = 0; hour < 24; ++hour)
    hours += fmt::format("{}{}", hour == 0 ? "" : ", ", hour >= 9 && hour < 17 ? 10 : 1);
  const std::string demand =
      "{batches: 10 per h, size: 1, by hour: [" + hours + "], by day: [1, 1, 1, 1, 1, 0, 0]}";
  const auto ready = [&](const char* start) {
    tables.start = start;
    tables.horizon = "8 h";
    const auto loaded = tables.load(100'000, demand);
    INFO(loaded.diagnostics.render());
    REQUIRE(loaded.scenario.has_value());
    double sum = 0;
    for (std::uint64_t i = 0; i < 50; ++i)
      sum += 100'000 * metric(model::simulate(*loaded.scenario, 0, 3, i), Metric::ready_share);
    return sum / 50;
  };
  // Means of 50: 4 deviations, and the two that are under way in the last minute.
  CHECK(std::abs(ready("2026-03-06 09:00") - 280) < 4 * std::sqrt(280.0 / 50) + 2);
  CHECK(std::abs(ready("2026-03-05 17:00") - 28) < 4 * std::sqrt(28.0 / 50) + 1);
  CHECK(ready("2026-03-07 09:00") == 0);
}

TEST_CASE("the sizes of batches come from a table with weights") {
  const Tables tables;
  tables.write("sizes.csv", "size,times\n1,3\n5,1\n");
  const auto loaded = tables.load(
      20, "{batches: 60 per h, size: \"empirical(sizes.csv, column size, weight times)\"}");
  INFO(loaded.diagnostics.render());
  REQUIRE(loaded.scenario.has_value());
  const model::Demand& demand =
      *loaded.scenario->strategies[0].world.groups[model::GroupId{0}].demand;
  CHECK(demand.size.mean() == doctest::Approx(2));
  CHECK(demand.per_hour == doctest::Approx(60));
  const auto range = tables.load(20, "{batches: 60 per h, size: 1 to 8}");
  REQUIRE(range.scenario.has_value());
  CHECK(range.scenario->strategies[0].world.groups[model::GroupId{0}].demand->size.mean() ==
        doctest::Approx(4.5));
}

TEST_CASE("what makes no demand is told") {
  const Tables tables;
  tables.write("trace.csv", "seconds,vms\n0,2\n100,2\n");
  const auto said = [&](const std::string& demand) {
    const auto loaded = tables.load(5, demand);
    CHECK_FALSE(loaded.scenario.has_value());
    return loaded.diagnostics.render();
  };
  const auto has = [](const std::string& text, const char* part) {
    CAPTURE(text);
    CHECK(text.find(part) != std::string::npos);
  };
  has(said("{trace: trace.csv, at: seconds, unit: s, instances: vms}"),
      "asks for 4 instances, the group has 5");
  has(said("{trace: trace.csv, at: second, unit: s, instances: vms}"), "did you mean `seconds`");
  has(said("{size: 4}"), "when the instances are asked for is missing");
  has(said("{batches: 4 per h}"), "how many instances a batch has is missing");
  has(said("{batches: 4 per h, size: 1.5 to 3}"), "no range of whole numbers");
  has(said("{batches: 4 per h, size: 4, by hour: [1, 2]}"), "24 numbers");
}

}  // namespace
}  // namespace rollcast::test
