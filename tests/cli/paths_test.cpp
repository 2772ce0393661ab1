/// Files outside of the scenario's folder: refused, unless their folder is allowed.
#include <doctest/doctest.h>

#include <filesystem>

#include "process.hpp"

namespace rollcast::cli {
namespace {

using testing::contains;
using testing::contents;
using testing::Ended;

/// A scenario that extends a file, and names a table, in a folder beside its own.
struct Place : testing::Folder {
  std::string base = file("shared/base.yaml", testing::small_scenario());
  std::string rows = "seconds\n120\n200\n310\n";
  std::string times = file("shared/times.csv", rows);
  std::string mine = file("mine/mine.yaml",
                          "extends: [../shared/base.yaml]\n"
                          "launch:\n"
                          "  time: empirical(../shared/times.csv, column seconds, unit s)\n");
  std::string shared = *this / "shared";
};

TEST_CASE("what is outside of the scenario's folder is read only where its folder is allowed") {
  const Place place;
  const Ended refused = testing::rollcast({"check", place.mine});
  CHECK(refused.code == 2);
  CHECK(contains(refused.errors, "`../shared/base.yaml` is outside of the scenario's folder"));
  CHECK(contains(refused.errors, "allow theirs with --allow-path"));
  CHECK(testing::rollcast({"check", place.mine, "--allow-path", place.shared}).code == 0);
  const std::string absolute =
      place.file("mine/absolute.yaml", testing::small_scenario() + "launch:\n  time: empirical(" +
                                           place.times + ", column seconds, unit s)\n");
  const Ended table = testing::rollcast({"check", absolute});
  CHECK(table.code == 2);
  CHECK(contains(table.errors, "is outside of the scenario's folder; --allow-path allows other"));
  CHECK(testing::rollcast({"check", absolute, "--allow-path", place.shared}).code == 0);
}

TEST_CASE("an allowed folder allows nothing beside it, and links are what they lead to") {
  const Place place;
  place.file("shared-not/base.yaml", testing::small_scenario());
  const std::string beside = place.file("mine/beside.yaml", "extends: [../shared-not/base.yaml]\n");
  CHECK(testing::rollcast({"check", beside, "--allow-path", place.shared}).code == 2);
  const std::string above =
      place.file("mine/above.yaml", "extends: [../shared/../shared-not/base.yaml]\n");
  CHECK(testing::rollcast({"check", above, "--allow-path", place.shared}).code == 2);
  std::filesystem::create_symlink(place / "shared-not/base.yaml", place.shared + "/link.yaml");
  const std::string link = place.file("mine/link.yaml", "extends: [../shared/link.yaml]\n");
  CHECK(testing::rollcast({"check", link, "--allow-path", place.shared}).code == 2);
  CHECK(testing::rollcast({"check", link, "--allow-path", place / "shared-not"}).code == 0);
  const Ended none = testing::rollcast({"check", link, "--allow-path", place / "nowhere"});
  CHECK(none.code == 2);
  CHECK(contains(none.errors, "--allow-path takes a folder, and '"));
}

TEST_CASE("a run whose files lie elsewhere is reported and merged from its record") {
  const Place place;
  testing::Surroundings there;
  there.folder = place.path();
  const auto run = [&](std::vector<std::string> more) {
    more.insert(more.begin(), {"run", place.mine, "-n", "200", "--quiet", "--allow-path",
                               "shared"});  // as seen from the folder it is called in
    return testing::rollcast(more, there).code;
  };
  REQUIRE(run({"--out", place / "run"}) == 0);
  const std::string summary = contents(place / "run/summary.json");
  // The tables are in the record: one that changes, or goes, does not change the report.
  place.file("shared/times.csv", "seconds\n1000\n");
  CHECK(testing::rollcast({"report", place / "run", "--quiet"}).code == 0);
  CHECK(contents(place / "run/summary.json") == summary);
  place.file("shared/times.csv", place.rows);
  CHECK(contains(contents(place / "run/report.html"), "--allow-path shared"));
  REQUIRE(run({"--out", place / "one", "--shard", "1/2"}) == 0);
  REQUIRE(run({"--out", place / "two", "--shard", "2/2"}) == 0);
  CHECK(
      testing::rollcast({"merge", place / "one", place / "two", "--out", place / "all", "--quiet"})
          .code == 2);  // the parts' word is not enough
  CHECK(testing::rollcast({"merge", place / "one", place / "two", "--out", place / "all", "--quiet",
                           "--allow-path", place.shared})
            .code == 0);
  CHECK(contents(place / "all/summary.json") == summary);
}

}  // namespace
}  // namespace rollcast::cli
