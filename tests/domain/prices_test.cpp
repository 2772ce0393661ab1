/// The shipped price table, row by row, through scenarios.
#include <fmt/format.h>

#include <fstream>
#include <iterator>

#include "rollcast/base/units.hpp"
#include "rollcast/scenario/csv.hpp"
#include "support.hpp"

using namespace rollcast;

namespace {

scenario::Loaded windows_in(const std::string& region, const std::string& type) {
  return scenario::load_text(
      "test.yaml",
      fmt::format("question: What does Windows cost?\n"
                  "regions: {{{0}: {{storage: 0 USD per GB month}}}}\n"
                  "fleet: {{web: {{count: 1, region: {0}, type: {1}, os: windows}}}}\n"
                  "strategies: {{public: {{deploy: public}}}}\n",
                  region, type),
      test::with_data());
}

}  // namespace

TEST_CASE("every row of the price table has its licence, or refuses Windows instances") {
  std::ifstream file{ROLLCAST_SOURCE_DIR "/scenarios/data/cvm-prices.csv"};
  const auto table = scenario::parse_csv(std::string{std::istreambuf_iterator<char>{file}, {}});
  REQUIRE(table.has_value());
  CHECK(table->rows.size() == 1397);
  int refused = 0, priced = 0, free_in_mainland = 0, above_elsewhere = 0, free_elsewhere = 0;
  for (const auto& fields : table->rows) {
    const std::string& region = fields[*table->column("region")];
    const std::string& type = fields[*table->column("instance_type")];
    const std::string& windows = fields[*table->column("windows_usd_per_hour")];
    CAPTURE(region);
    CAPTURE(type);
    const auto loaded = windows_in(region, type);
    if (windows.empty()) {
      ++refused;
      CHECK_FALSE(loaded.scenario.has_value());
      const std::string rule = fmt::format("`{}` has no Windows price in {}", type, region);
      CHECK(loaded.diagnostics.render().find(rule) != std::string::npos);
      continue;
    }
    REQUIRE(loaded.scenario.has_value());
    ++priced;
    const model::World& world = loaded.scenario->strategies[0].world;
    const model::Group& group = world.groups[model::GroupId{0}];
    const double linux_price = *parse_number(fields[*table->column("linux_usd_per_hour")]);
    CHECK(group.price_per_hour == Money::units(linux_price));
    CHECK(group.licence_per_hour == Money::units(*parse_number(windows) - linux_price));
    const bool mainland = fields[*table->column("in_mainland_china")] == "true";
    CHECK(world.regions[model::RegionId{0}].in_mainland_china == mainland);
    const bool free = group.licence_per_hour == Money{};
    if (mainland && free) ++free_in_mainland;
    if (!mainland) ++(free ? free_elsewhere : above_elsewhere);
  }
  CHECK(refused == 404);
  CHECK(priced == 993);
  CHECK(free_in_mainland == 835);
  CHECK(above_elsewhere == 150);
  CHECK(free_elsewhere == 8);
}

TEST_CASE("storage costs what the table says in every region of it") {
  std::ifstream file{ROLLCAST_SOURCE_DIR "/scenarios/data/snapshot-prices.csv"};
  const auto table = scenario::parse_csv(std::string{std::istreambuf_iterator<char>{file}, {}});
  REQUIRE(table.has_value());
  for (const auto& fields : table->rows) {
    CAPTURE(fields[0]);
    const model::Scenario scenario =
        test::load(fmt::format("question: What does storage cost?\nregions: {{{0}: {{}}}}\n"
                               "fleet: {{web: {{count: 1, region: {0}, price: 1 USD per h}}}}\n"
                               "strategies: {{public: {{deploy: public}}}}\n",
                               fields[0]));
    const model::World& world = scenario.strategies[0].world;
    CHECK(world.regions[model::RegionId{0}].storage_per_gb_month ==
          Money::units(*parse_number(fields[1])));
  }
  CHECK(table->rows.size() == 18);
}
