#pragma once
/// Runs that are made up, in folders of their own.
#include <doctest/doctest.h>
#include <unistd.h>

#include <cmath>
#include <cstring>
#include <filesystem>
#include <string>
#include <vector>

#include "make.hpp"
#include "rollcast/experiment/store.hpp"

namespace rollcast::experiment::testing {

/// A folder of its own that goes with the test.
class Folder {
 public:
  Folder()
      : path_(std::filesystem::temp_directory_path() /
              ("rollcast-store-" + std::to_string(::getpid()))) {
    std::filesystem::remove_all(path_);
    std::filesystem::create_directories(path_);
  }
  ~Folder() { std::filesystem::remove_all(path_); }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  [[nodiscard]] std::string operator/(const std::string& name) const {
    return (path_ / name).string();
  }
  [[nodiscard]] std::string path() const { return path_.string(); }

 private:
  std::filesystem::path path_;
};

inline RunRecord record_of(std::string text, std::uint64_t seed = 7) {
  RunRecord record;
  record.version = "1.2.3";
  record.scenario = "made-up";
  record.digest = digest_of(text);
  record.scenario_text = std::move(text);
  record.scenario_resolved = "resolved: yes\n";
  record.tables = {{"data/times.csv", std::string("s\n1\0\n", 5)}};
  record.settings = {"fleet.web.count=3", "x=\"a, b\""};
  record.seed = seed;
  record.replications_planned = 300;
  record.currency = "USD";
  record.strategies = {"images", "by hand, \"slowly\""};
  record.objectives = {"on time"};
  return record;
}

inline Block block_of(std::uint64_t first, std::uint64_t replications) {
  Block block{first, replications, 2, {}};
  for (std::uint64_t i = 0; i < replications; ++i)
    for (std::size_t strategy = 0; strategy < 2; ++strategy)
      block.outcomes.push_back(made_up(strategy, first + i));
  return block;
}

template <class Value>
bool same_bits(const std::vector<Value>& a, const std::vector<Value>& b) {
  return a.size() == b.size() &&
         (a.empty() || std::memcmp(a.data(), b.data(), a.size() * sizeof(Value)) == 0);
}

inline void check_same(const Samples& a, const Samples& b) {
  CHECK(a.replications == b.replications);
  for (std::size_t i = 0; i < model::kMetrics; ++i) {
    REQUIRE(a.metrics[i].size() == b.metrics[i].size());
    for (std::size_t k = 0; k < a.metrics[i].size(); ++k)
      if (!(std::isnan(a.metrics[i][k]) && std::isnan(b.metrics[i][k])))
        REQUIRE(a.metrics[i][k] == b.metrics[i][k]);
  }
  for (std::size_t i = 0; i < model::kReadyPoints; ++i)
    CHECK(same_bits(a.ready_curve[i], b.ready_curve[i]));
  CHECK(a.objectives == b.objectives);
  CHECK(a.incidents_per_replication == b.incidents_per_replication);
  REQUIRE(a.incidents.size() == b.incidents.size());
  for (std::size_t i = 0; i < a.incidents.size(); ++i) {
    CHECK(a.incidents[i].recovery_hours == b.incidents[i].recovery_hours);
    CHECK(std::isnan(a.incidents[i].data_loss_hours) == std::isnan(b.incidents[i].data_loss_hours));
    CHECK(a.incidents[i].open == b.incidents[i].open);
  }
}

}  // namespace rollcast::experiment::testing
