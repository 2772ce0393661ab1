/// What scenarios say about images becomes routes, tests and versions.
#include <doctest/doctest.h>

#include <filesystem>

#include "rollcast/scenario/load.hpp"

using namespace rollcast;
using namespace rollcast::model;
using namespace std::chrono_literals;

namespace {

scenario::Loaded load(const std::string& images, const std::string& more = "",
                      const std::string& strategy = "") {
  scenario::LoadOptions options;
  options.data_folders = {std::filesystem::path{ROLLCAST_SOURCE_DIR} / "scenarios"};
  return scenario::load_text("test.yaml",
                             "question: How long?\n"
                             "start: 2026-03-02 09:00 Asia/Seoul\n"
                             "regions: {ap-seoul: {}, ap-tokyo: {}, ap-singapore: {}}\n"
                             "staff: {ops: {hours: always}}\n"
                             "fleet: {web: {count: 2, region: ap-tokyo, type: S2.MEDIUM4}}\n"
                             "images: {golden: {kind: custom, os: linux, " +
                                 images + "}}\n" + more + "strategies: {image: {deploy: golden" +
                                 strategy + "}}\n",
                             options);
}

const World& world_of(const scenario::Loaded& loaded) {
  INFO(loaded.diagnostics.render());
  REQUIRE(loaded.scenario.has_value());
  return loaded.scenario->strategies[0].world;
}

const Image& golden(const World& world) {
  return world.images[ImageId{0}];
}

constexpr const char* kExists = "exists: {regions: [ap-seoul]}";

}  // namespace

TEST_CASE("a copy takes the quickest way, also through a third region") {
  // Direct 20 MB/s: 50 s a GB. By ap-singapore 100 and 50 MB/s: 10 + 20 s a GB.
  const std::string links =
      "network: {links: [{between: [ap-seoul, ap-tokyo], bandwidth: 20 MB per s},"
      " {between: [ap-tokyo, ap-singapore], bandwidth: 50 MB per s, price: 0.02 USD per GB},"
      " {between: [ap-singapore, ap-seoul], bandwidth: 1 GB per s, per copy: 100 MB per s}]}\n";
  const auto loaded = load(std::string{kExists} + ", regions: [ap-tokyo]", links);
  const World& world = world_of(loaded);
  REQUIRE(golden(world).copied_to.size() == 1);
  CHECK(golden(world).copied_to[0].route == std::vector<std::size_t>{2, 1});
  CHECK(world.network.links[1].price_per_gb == Money::units(0.02));
  CHECK(world.network.links[2].gb_per_second_of_a_copy == doctest::Approx(0.1));
  CHECK(world.network.shared);
  CHECK_FALSE(world.network.tasks.has_value());

  // From the nearest of several regions; a copy time of its own needs no way.
  const auto near = load("exists: {regions: [ap-seoul, ap-singapore]}, regions: [ap-tokyo]", links);
  CHECK(golden(world_of(near)).copied_to[0].route == std::vector<std::size_t>{1});
  const auto known = load(std::string{kExists} + ", regions: [ap-tokyo], copy: 20 min", links);
  CHECK(golden(world_of(known)).copied_to[0].route.empty());
  CHECK(golden(world_of(known)).copy.seconds.mean() == 1200);
}

TEST_CASE("an imported image is in the region that imports it, as large as its file, and tested") {
  const auto loaded = load(
      "import: {to: ap-tokyo, by: ops, format: qcow2, size: 8 GB, virtual: 40 GB, data rate: 100 "
      "MB per s}");
  const Image& image = golden(world_of(loaded));
  REQUIRE(image.import.has_value());
  CHECK(image.import->to == RegionId{1});
  CHECK(image.exists_in == std::vector{RegionId{1}});
  CHECK(image.size_gb == 8);
  CHECK(image.create.takes.seconds.mean() == 1200);
  CHECK(image.create.gb_per_second == doctest::Approx(0.1));
  REQUIRE(image.test.has_value());
  CHECK(image.test->catches.value() == doctest::Approx(0.8));
  REQUIRE(image.renewal.has_value());
  CHECK(image.renewal->by == StaffId{0});
  CHECK(image.bad->value() == doctest::Approx(0.05));
}

TEST_CASE("a rebuilt image is tested in every version but the one that is in use") {
  const auto loaded =
      load("exists: {regions: [ap-tokyo, ap-seoul], age: 20 d}, rebuild: {every: 30 d, by: ops}");
  const Image& image = golden(world_of(loaded));
  CHECK(image.built == kStart - 20 * 24h);
  REQUIRE(image.renewal.has_value());
  CHECK(image.renewal->every == 30 * 24h);
  CHECK(image.renewal->keep == 2);
  CHECK_FALSE(image.test->first);
  REQUIRE(image.copied_to.size() == 1);  // later versions reach the other region by a copy
  CHECK(image.copied_to[0].to == RegionId{0});
  CHECK(image.copied_to[0].exists);
}

TEST_CASE(
    "the quota of images counts versions, the next one, backups and their copies, and no more") {
  // Two versions kept and a third being made; four backups kept of two instances and two being
  // made.
  const std::string images = "exists: {regions: [ap-tokyo]}, rebuild: {every: 2 d, by: ops}";
  const std::string backup =
      ", backup: {every: 24 h, of: every instance, keep: 2, copy: {to: ap-seoul}}";
  const auto with = [&](int tokyo, int seoul) {
    return load(images, "",
                backup + ", with: {regions: {ap-tokyo: {quota: {images: " + std::to_string(tokyo) +
                    "}}, ap-seoul: {quota: {images: " + std::to_string(seoul) + "}}}}");
  };
  CHECK(with(9, 6).diagnostics.render().empty());
  CHECK(with(8, 6).diagnostics.render().find("warning: ap-tokyo may hold 8") != std::string::npos);
  CHECK(with(9, 5).diagnostics.render().find("warning: ap-seoul may hold 5") != std::string::npos);
  CHECK(with(6, 6).diagnostics.render().find("`quota: {images: 7}`") != std::string::npos);
  CHECK(with(9, 3).diagnostics.render().find("`quota: {images: 4}`") != std::string::npos);
}
