#pragma once
/// Estimates from independent replications, and the answers they must hit.
#include <doctest/doctest.h>
#include <fmt/format.h>

#include <cmath>
#include <fstream>
#include <functional>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "rollcast/kernel/kernel.hpp"
#include "rollcast/random/distribution.hpp"

namespace rollcast::theory {

using namespace std::chrono_literals;
using kernel::Simulation;
using kernel::Task;
using kernel::Token;
using random::Distribution;
using random::RandomStream;
using random::StreamKey;

/// The expected answers of one case of closed-form.json.
inline const nlohmann::json& expected(const std::string& id) {
  static const nlohmann::json all = [] {
    std::ifstream file{ROLLCAST_SOURCE_DIR "/tests/theory/closed-form.json"};
    return nlohmann::json::parse(file);
  }();
  for (const nlohmann::json& one : all.at("cases"))
    if (one.at("id") == id) return one.at("expected");
  throw std::runtime_error("closed-form.json has no case " + id);
}

/// A random stream of one purpose in one replication.
inline RandomStream stream(std::string_view purpose, std::uint64_t replication,
                           std::uint64_t entity = 0) {
  return RandomStream{StreamKey{20260306, random::purpose(purpose), replication, entity}};
}

/// One number a replication.
class Estimate {
 public:
  void add(double value) { values_.push_back(value); }
  [[nodiscard]] double mean() const {
    double sum = 0;
    for (const double value : values_) sum += value;
    return sum / static_cast<double>(values_.size());
  }
  [[nodiscard]] double variance() const {
    const double center = mean();
    double sum = 0;
    for (const double value : values_) sum += (value - center) * (value - center);
    return sum / static_cast<double>(values_.size() - 1);
  }
  [[nodiscard]] double standard_error() const {
    return std::sqrt(variance() / static_cast<double>(values_.size()));
  }
  /// Of the variance's estimate, from the fourth moment.
  [[nodiscard]] double variance_error() const {
    const double center = mean();
    double fourth = 0;
    for (const double value : values_) fourth += std::pow(value - center, 4);
    const auto n = static_cast<double>(values_.size());
    return std::sqrt((fourth / n - variance() * variance()) / n);
  }
  [[nodiscard]] double share_up_to(double limit) const {
    double count = 0;
    for (const double value : values_) count += value <= limit ? 1 : 0;
    return count / static_cast<double>(values_.size());
  }
  [[nodiscard]] std::size_t size() const { return values_.size(); }

 private:
  std::vector<double> values_;
};

/// Within four standard errors: a right simulator fails one check in 15,800. The seeds are fixed,
/// so it does not fail by chance twice.
inline bool agrees(const Estimate& estimate, double exact) {
  return std::fabs(estimate.mean() - exact) <= 4 * estimate.standard_error();
}
inline bool variance_agrees(const Estimate& estimate, double exact) {
  return std::fabs(estimate.variance() - exact) <= 4 * estimate.variance_error();
}
/// Whether `quantile` is the p quantile of what was sampled.
inline bool quantile_agrees(const Estimate& estimate, double p, double quantile) {
  const auto n = static_cast<double>(estimate.size());
  return std::fabs(estimate.share_up_to(quantile) - p) <= 4 * std::sqrt(p * (1 - p) / n);
}

/// Named estimates over the replications of one model.
class Results {
 public:
  void add(const std::string& name, double value) { estimates_[name].add(value); }
  [[nodiscard]] const Estimate& operator[](const std::string& name) const {
    return estimates_.at(name);
  }
  /// Every estimate whose name the case knows agrees with it; at least `least` of them.
  void check_against(const std::string& id, int least) const {
    int checked = 0;
    for (const auto& one : estimates_) {
      const std::string& name = one.first;
      const Estimate& estimate = one.second;
      if (!expected(id).contains(name)) continue;
      const auto exact = expected(id).at(name).get<double>();
      INFO(id, " ", name, ": ", estimate.mean(), " +- ", estimate.standard_error(), ", exact ",
           exact);
      CHECK(agrees(estimate, exact));
      ++checked;
    }
    CHECK(checked >= least);
  }

 private:
  std::map<std::string, Estimate> estimates_;
};

}  // namespace rollcast::theory
