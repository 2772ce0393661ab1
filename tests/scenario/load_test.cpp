/// Whole scenarios: what they become, where values come from, and that schema, resolved scenario
/// and loader agree.
#include "rollcast/scenario/load.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <set>
#include <string>

#include "rollcast/scenario/tree.hpp"

namespace fs = std::filesystem;
using namespace rollcast;
using namespace std::chrono_literals;
using model::GroupId;
using model::ImageId;
using model::RegionId;
using model::StaffId;

namespace {

const fs::path kSource{ROLLCAST_SOURCE_DIR};

scenario::LoadOptions with_data() {
  scenario::LoadOptions options;
  options.data_folders = {kSource / "scenarios"};
  return options;
}

scenario::Loaded load(const std::string& text, scenario::LoadOptions options = with_data()) {
  auto loaded = scenario::load_text("test.yaml", text, options);
  INFO(loaded.diagnostics.render());
  REQUIRE(loaded.scenario.has_value());
  return loaded;
}

std::string errors_of(const std::string& text, scenario::LoadOptions options = with_data()) {
  return scenario::load_text("test.yaml", text, options).diagnostics.render();
}

scenario::Loaded everything() {
  auto loaded = scenario::load_file(kSource / "tests/scenario/everything.yaml", with_data());
  INFO(loaded.diagnostics.render());
  REQUIRE(loaded.scenario.has_value());
  return loaded;
}

std::string without_comments(const std::string& yaml) {
  std::string result;
  std::size_t from = 0;
  while (from < yaml.size()) {
    const std::size_t end = std::min(yaml.find('\n', from), yaml.size());
    const std::string line = yaml.substr(from, end - from);
    result += line.substr(0, line.find("  # ")) + "\n";
    from = end + 1;
  }
  return result;
}

constexpr const char* kSmall = R"(question: How long?
regions: {ap-seoul: {zones: 2}}
fleet: {web: {count: 20, region: ap-seoul, type: S2.MEDIUM4}}
strategies:
  public: {deploy: public}
)";

}  // namespace

TEST_CASE("the shipped scenarios load") {
  for (const auto& entry : fs::directory_iterator{kSource / "scenarios"}) {
    if (entry.path().extension() != ".yaml") continue;
    const auto loaded = scenario::load_file(entry.path());
    INFO(loaded.diagnostics.render());
    CHECK(loaded.scenario.has_value());
  }
}

TEST_CASE("a small scenario becomes plain data with its defaults") {
  const auto loaded = load(kSmall);
  const model::Scenario& scenario = *loaded.scenario;
  CHECK(scenario.name == "test");
  CHECK(scenario.question == "How long?");
  CHECK_FALSE(scenario.has_start);
  CHECK(scenario.horizon == 30 * 24h);
  CHECK(scenario.seed == 1);
  CHECK(scenario.replications == 1000);
  CHECK(scenario.ranking.phases == std::vector{model::CostPhase::deployment});
  CHECK(scenario.ranking.kinds == std::vector{model::CostKind::incidents, model::CostKind::delay});
  REQUIRE(scenario.strategies.size() == 1);
  const model::World& world = scenario.strategies[0].world;
  CHECK(world.regions[RegionId{0}].held_per_zone == 60);
  CHECK(world.regions[RegionId{0}].storage_per_gb_month == Money::units(0.026));
  CHECK(world.groups[GroupId{0}].price_per_hour == Money::units(0.07));
  CHECK(world.groups[GroupId{0}].components.size() == 1);
  CHECK(world.launch.fails.value() == doctest::Approx(0.00073));
  CHECK(world.launch.attempts == 4);
  CHECK(world.rollout.sizes == std::vector<std::int64_t>{20});
  const model::Image& image = world.images[world.deployments[GroupId{0}].image];
  CHECK(image.name == "public-linux");
  CHECK(image.launch.seconds.mean() == doctest::Approx(240));
  CHECK(world.recovery.means ==
        std::vector{model::RecoveryMeans::reinstall, model::RecoveryMeans::relaunch});
  CHECK_FALSE(world.backup.has_value());
}

TEST_CASE("every section arrives where the simulator looks for it") {
  const auto loaded = everything();
  const model::Scenario& scenario = *loaded.scenario;
  const model::World& world = scenario.strategies[0].world;
  CHECK(scenario.has_start);
  CHECK(scenario.months.size() == 2);
  CHECK(scenario.objectives.size() == 22);
  CHECK(scenario.objectives[0].words == "95 % of the fleet ready by Fri 2026-03-06 18:00");
  CHECK(std::get<model::ReadyBy>(scenario.objectives[0].condition).entered == 171);  // 95 % of 180
  CHECK(std::get<model::ReadyBy>(scenario.objectives[0].condition).by == kStart + 105h);
  CHECK(std::get<model::MetricAtMost>(scenario.objectives[16].condition).limit ==
        1.0);  // floor(1.8)
  const model::Region& seoul = world.regions[RegionId{0}];
  REQUIRE(seoul.raise.has_value());
  CHECK(seoul.raise->held_per_zone == 300);
  CHECK(seoul.raise->part.mean() == doctest::Approx(0.4));
  CHECK(seoul.load.size() == 2);
  CHECK(seoul.launches == 50);
  const model::Staff& ops = world.staff[StaffId{0}];
  CHECK(ops.open.size() > 80);  // two windows a workday of 60 days and a margin
  CHECK(ops.open[0].second == kStart + 3h);
  CHECK(ops.on_call);
  CHECK(world.staff[StaffId{1}].open.empty());
  CHECK(world.staff[StaffId{1}].step_error.value() == doctest::Approx(0.01));
  CHECK(world.groups[GroupId{0}].components.size() == 2);  // os before database
  CHECK(world.groups[GroupId{0}].components[0].index() == 0);
  CHECK(world.groups[GroupId{1}].after.at(0).entered == 20);
  CHECK(world.groups[GroupId{2}].after.at(0).entered == 5);
  CHECK(world.groups[GroupId{2}].licence_per_hour > Money{});
  CHECK(world.manual.learning_rate == doctest::Approx(0.9));
  const model::Image& golden = world.images[ImageId{0}];
  CHECK(golden.shares.at(0).until == kStart + 105h);
  CHECK(golden.destroyed == kStart + 30 * 24h);
  CHECK(world.images[ImageId{1}].make.has_value());
  CHECK_FALSE(world.images[ImageId{1}].bad.has_value());
  CHECK(world.images[ImageId{3}].compromise_cost == Money::units(50000));
  CHECK(world.outages.at(0).zone == 0);
  CHECK(world.outages.at(1).at == kStart + 48h);
  CHECK(world.recovery.failover->to == RegionId{1});
  CHECK(world.backup->copied_to == RegionId{1});
  CHECK(world.rollout.sizes == std::vector<std::int64_t>{50, 50, 50, 30});
}

TEST_CASE("strategies are overlays, also over each other") {
  const auto loaded = everything();
  const auto& strategies = loaded.scenario->strategies;
  const model::World& canary = strategies[1].world;
  CHECK(canary.rollout.sizes == std::vector<std::int64_t>{1, 17, 162});
  CHECK(canary.deployments[GroupId{0}].method ==
        model::Method::image);  // db: golden, from the base
  CHECK(canary.deployments[GroupId{1}].method == model::Method::image_and_script);
  CHECK_FALSE(canary.backup.has_value());
  const model::World& waves = strategies[2].world;
  CHECK(waves.rollout.sizes == std::vector<std::int64_t>{90, 90});
  CHECK(waves.rollout.stop_above->value() == doctest::Approx(0.2));
  CHECK(strategies[3].world.rollout.sizes ==
        std::vector<std::int64_t>{1, 18, 30, 30, 30, 30, 30, 11});
  CHECK(strategies[3].world.backup->every == 7 * 24h);
  const model::World& shop = strategies[6].world;
  CHECK(shop.staff[StaffId{0}].people == 8);
  CHECK(strategies[0].world.staff[StaffId{0}].people == 6);
  CHECK_FALSE(shop.launch.attempts.has_value());
  CHECK(shop.deployments[GroupId{0}].method == model::Method::manual);
  CHECK(shop.deployments[GroupId{0}].by == StaffId{1});
}

TEST_CASE("the resolved scenario loads as the same scenario") {
  std::vector<fs::path> files{kSource / "tests/scenario/everything.yaml"};
  for (const auto& entry : fs::directory_iterator{kSource / "scenarios"}) {
    if (entry.path().extension() == ".yaml") files.push_back(entry.path());
  }
  for (const fs::path& file : files) {
    CAPTURE(file.filename().string());
    const auto first = scenario::load_file(file, with_data());
    REQUIRE(first.scenario.has_value());
    const auto second = load(first.resolved_yaml);
    CHECK(without_comments(second.resolved_yaml) == without_comments(first.resolved_yaml));
    CHECK(second.resolved_yaml.find("# default") == std::string::npos);
    CHECK(second.assumptions.empty());
  }
}

TEST_CASE("every value tells where it comes from") {
  scenario::LoadOptions options = with_data();
  options.overrides = {{"launch.attempts", "7"}};
  options.seed = 99;
  const auto loaded = load(std::string{kSmall} + "horizon: 3 d\n", options);
  CHECK(loaded.resolved_yaml.find("attempts: 7  # --set\n") != std::string::npos);
  CHECK(loaded.resolved_yaml.find("seed: 99  # --set\n") != std::string::npos);
  CHECK(loaded.resolved_yaml.find("horizon: 3 d  # line 6\n") != std::string::npos);
  CHECK(loaded.resolved_yaml.find(
            "fails: 0.073 %  # default (4 of 5,502 unloaded launches failed)\n") !=
        std::string::npos);
  CHECK(loaded.scenario->seed == 99);
}

TEST_CASE("defaults are told as assumptions, those of one strategy under its name") {
  const auto loaded =
      load(std::string{kSmall} + "  other: {deploy: public, backup: {every: 24 h}}\n");
  std::set<std::string> paths;
  for (const auto& assumption : loaded.assumptions) {
    CHECK_FALSE(assumption.value.empty());
    CHECK_FALSE(assumption.meaning.empty());
    CHECK(paths.insert(assumption.path).second);
  }
  CHECK(paths.contains("launch.fails"));
  CHECK(paths.contains("strategies.other.backup.takes"));
  CHECK_FALSE(paths.contains("backup.takes"));
}

TEST_CASE("every default whose basis is not neutral says why") {
  const auto loaded = load(kSmall);
  for (const auto& assumption : loaded.assumptions) {
    CAPTURE(assumption.path);
    if (assumption.basis != scenario::Basis::neutral) CHECK_FALSE(assumption.why.empty());
  }
}

TEST_CASE("overrides reach any value by its path") {
  scenario::LoadOptions options = with_data();
  options.overrides = {{"fleet.web.count", "30"},
                       {"strategies.public.rollout", "{batches: 10}"},
                       {"strategies.public.rollout.pause", "5 min"},
                       {"objectives.on time.within", "2 h"},
                       {"objectives.0.probability", "80 %"},
                       {"regions.ap-seoul.quota.held", "15 per zone"}};
  const auto loaded = load(
      std::string{kSmall} + "objectives: [{name: on time, ready: 100 %, within: 1 h}]\n", options);
  const model::World& world = loaded.scenario->strategies[0].world;
  CHECK(world.groups[GroupId{0}].count == 30);
  CHECK(world.rollout.sizes == std::vector<std::int64_t>{10, 10, 10});
  CHECK(world.rollout.pause.seconds.mean() == 300);
  CHECK(std::get<model::ReadyBy>(loaded.scenario->objectives[0].condition).by == kStart + 2h);
  CHECK(loaded.scenario->objectives[0].probability.value() == doctest::Approx(0.8));
  CHECK(loaded.text.find("fleet.web.count=30\n") != std::string::npos);
}

TEST_CASE("what is set is not uncertain any more, and an empty map takes all away") {
  const std::string text = std::string{kSmall} +
                           "uncertain: {fleet.web.count: 10 to 20, launch.fails: 0 % to 4 %, "
                           "launch.time: 3 min to 5 min}\n"
                           "correlation: [{between: [fleet.web.count, launch.fails], spearman: "
                           "0.5}, {between: [launch.fails, launch.time], spearman: 0.5}]\n";
  CHECK(load(text).uncertain.size() == 3);
  scenario::LoadOptions options = with_data();
  options.overrides = {{"fleet.web.count", "30"}};
  auto loaded = load(text, options);
  CHECK(loaded.scenario->strategies[0].world.groups[GroupId{0}].count == 30);
  REQUIRE(loaded.uncertain.size() == 2);
  CHECK(loaded.uncertain[0].path == "launch.fails");
  CHECK(loaded.correlations.size() == 1);
  options.overrides = {{"launch", "{fails: 1 %}"}};
  loaded = load(text, options);
  REQUIRE(loaded.uncertain.size() == 2);
  CHECK(loaded.uncertain[1].path == "launch.time");
  CHECK(loaded.correlations.empty());
  options.overrides = {{"launch", "{}"}};
  CHECK(load(text, options).uncertain.size() == 1);
  options.overrides = {{"uncertain", "{}"}, {"correlation", "[]"}};
  CHECK(load(text, options).uncertain.empty());
}

TEST_CASE("mistakes in overrides are shown in the override") {
  scenario::LoadOptions options = with_data();
  options.overrides = {{"horizon", "3 d"}, {"fleet.web.count", "many"}};
  CHECK(errors_of(kSmall, options)
            .starts_with("--set:2:17: error: `many` is not a whole number\n"
                         "  |\n"
                         "2 | fleet.web.count=many\n"
                         "  |                 ^^^^\n"));
  options.overrides = {{"fleet.web.cuont", "3"}};
  CHECK(errors_of(kSmall, options).find("--set:1:1: error: unknown key `cuont`") !=
        std::string::npos);
  options.overrides = {{"horizon.days", "3"}};
  CHECK(errors_of(std::string{kSmall} + "horizon: 3 d\n", options)
            .find("there is nothing below `horizon`") != std::string::npos);
  options.overrides = {{"fleet.wep.count", "3"}};  // not one more group
  const std::string mistyped = errors_of(kSmall, options);
  CAPTURE(mistyped);
  CHECK(mistyped.starts_with("--set:1:1: error: there is no `wep` in `fleet`\n"));
  CHECK(mistyped.find("`web`") != std::string::npos);
  options.overrides = {{"", "3"}};
  CHECK(errors_of(kSmall, options).find("an override is one line") != std::string::npos);
  options.overrides = {{"horizon", "{a: [}"}};
  CHECK(errors_of(kSmall, options).find("--set:1:") != std::string::npos);
}

TEST_CASE("a list of means in a strategy keeps what else the scenario says of recovery") {
  const scenario::Loaded loaded = scenario::load_text("small.yaml", R"(question: What is kept?
start: 2026-03-02 09:00 Asia/Seoul
regions: {ap-seoul: {zones: 2}}
fleet: {web: {count: 3, region: ap-seoul, type: S2.MEDIUM4}}
images: {golden: {kind: custom, os: linux, exists: {regions: [ap-seoul]}}}
recover: {means: [reinstall], remount: 30 min}
strategies:
  as it stands: {deploy: golden}
  otherwise: {deploy: golden, recover: [relaunch]}
)",
                                                      with_data());
  INFO(loaded.diagnostics.render());
  REQUIRE(loaded.scenario);
  for (const model::Strategy& strategy : loaded.scenario->strategies)
    CHECK(strategy.world.recovery.remount.seconds.mean() == doctest::Approx(1800));
  CHECK(loaded.scenario->strategies[0].world.recovery.means ==
        std::vector{model::RecoveryMeans::reinstall});
  CHECK(loaded.scenario->strategies[1].world.recovery.means ==
        std::vector{model::RecoveryMeans::relaunch});
}

TEST_CASE("included files lie under the scenario, nearer ones win") {
  const fs::path folder = fs::temp_directory_path() / "rollcast-extends-test";
  fs::remove_all(folder);
  fs::create_directories(folder / "common");
  const auto write = [](const fs::path& file, std::string_view text) {
    std::ofstream{file, std::ios::binary} << text;
  };
  write(folder / "common/base.yaml", "launch: {attempts: 2, back-off: 10 s}\nhorizon: 3 d\n");
  write(folder / "common/company.yaml", "extends: base.yaml\nlaunch: {attempts: 3}\n");
  write(folder / "main.yaml",
        std::string{"extends: [common/company.yaml]\nhorizon: 5 d\n"} + kSmall);
  const auto loaded = scenario::load_file(folder / "main.yaml");
  INFO(loaded.diagnostics.render());
  REQUIRE(loaded.scenario.has_value());
  CHECK(loaded.scenario->horizon == 5 * 24h);
  const model::World& world = loaded.scenario->strategies[0].world;
  CHECK(world.launch.attempts == 3);
  CHECK(world.launch.back_off.seconds.mean() == 10);
  CHECK(loaded.resolved_yaml.find("back-off: 10 s  # common/base.yaml line 1\n") !=
        std::string::npos);
  CHECK(loaded.text.find("launch: {attempts: 3}") != std::string::npos);
  write(folder / "common/base.yaml", "extends: company.yaml\n");
  CHECK(scenario::load_file(folder / "main.yaml").diagnostics.render().find("extends itself") !=
        std::string::npos);
  fs::remove_all(folder);
}

TEST_CASE("a file that cannot be read is said to be so") {
  const auto missing = scenario::load_file("no/such/file.yaml");
  CHECK(missing.diagnostics.render().starts_with(
      "no/such/file.yaml: error: cannot be read: there is no such file\n"));
  const auto directory = scenario::load_file(kSource / "tests");
  CHECK(directory.diagnostics.render().find("it is a folder") != std::string::npos);
  const auto device = scenario::load_file("/dev/zero");
  CHECK(device.diagnostics.render().find("it is not a regular file") != std::string::npos);
}

TEST_CASE("the quota of instances held may be raised in time") {
  std::string text = kSmall;
  text.replace(text.find("count: 20"), 9, "count: 150");
  CHECK(errors_of(text).find("the smallest quota that would do is `quota: {held: 75 per zone}`") !=
        std::string::npos);
  text.replace(text.find("zones: 2"), 8,
               "zones: 2, quota: {raise: {to: 75, takes: 1 d to 5 d, granted: 90 %}}");
  CHECK(errors_of(text).empty());
}

TEST_CASE("Windows instances pay the difference of the list prices") {
  std::string text = kSmall;
  text.replace(text.find("type: S2.MEDIUM4"), 16, "type: S2.LARGE8, os: windows");
  const auto loaded = load(text);
  const model::Group& group = loaded.scenario->strategies[0].world.groups[GroupId{0}];
  CHECK(group.price_per_hour > Money{});
  CHECK(group.licence_per_hour > Money{});
  CHECK(loaded.scenario->strategies[0]
            .world.images[loaded.scenario->strategies[0].world.deployments[GroupId{0}].image]
            .name == "public-windows");
}

namespace {

/// Every key path that a schema names, "*" for free keys. What a strategy repeats of the scenario
/// is not followed.
void schema_keys(const nlohmann::json& schema, const std::string& path,
                 std::set<std::string>& keys) {
  for (const auto& one : schema.value("anyOf", nlohmann::json::array()))
    schema_keys(one, path, keys);
  if (schema.contains("items")) schema_keys(schema["items"], path, keys);
  if (schema.contains("additionalProperties") && schema["additionalProperties"].is_object()) {
    schema_keys(schema["additionalProperties"], path + ".*", keys);
  }
  if (!schema.contains("properties")) return;
  for (const auto& property : schema["properties"].items()) {
    const std::string key = path + "." + property.key();
    if (!property.value().contains("$ref")) keys.insert(key);
    schema_keys(property.value(), key, keys);
  }
}

/// Every key path that stands in a tree, in the words of `known`; the sections of a strategy count
/// as the scenario's.
void used_keys(const scenario::Node& node, const std::string& path,
               const std::set<std::string>& known, std::set<std::string>& used) {
  const bool in_strategy = path == ".strategies.*" || path == ".strategies.*.with";
  for (const auto& item : node.items) used_keys(item, path, known, used);
  for (const auto& entry : node.entries) {
    const std::string named = path + "." + entry.key;
    const bool section = in_strategy && known.contains("." + entry.key);
    const std::string key = section ? "." + entry.key : known.contains(named) ? named : path + ".*";
    used.insert(key);
    used_keys(entry.value, key, known, used);
  }
}

}  // namespace

TEST_CASE("schema and loader know the same keys") {
  const auto schema = nlohmann::json::parse(scenario::json_schema());
  std::set<std::string> known;
  schema_keys(schema, "", known);
  std::ifstream stream{kSource / "tests/scenario/everything.yaml", std::ios::binary};
  Diagnostics diagnostics;
  const auto parsed = scenario::parse_tree(
      "everything.yaml", {std::istreambuf_iterator<char>{stream}, {}}, diagnostics);
  std::set<std::string> used;
  used_keys(parsed.tree, "", known, used);
  for (const std::string& key : known) {
    if (key != ".extends" && !used.contains(key))
      FAIL_CHECK("everything.yaml does not show " << key);
  }
  for (const std::string& key : used) {
    const bool free = key.ends_with(".*");
    if (!free && !known.contains(key)) FAIL_CHECK("the schema does not know " << key);
  }
}

TEST_CASE("the shipped schema is the one that the loader makes") {
  const fs::path file = kSource / "scenarios/rollcast.schema.json";
  const bool update = std::getenv("ROLLCAST_UPDATE_GOLDEN") != nullptr;
  if (update) std::ofstream{file, std::ios::binary} << scenario::json_schema();
  std::ifstream stream{file, std::ios::binary};
  const std::string shipped{std::istreambuf_iterator<char>{stream}, {}};
  CHECK((shipped == scenario::json_schema()));
}
