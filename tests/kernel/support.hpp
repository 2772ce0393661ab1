#pragma once
/// What several kernel tests use: a diary that processes write into.
#include <doctest/doctest.h>
#include <fmt/format.h>

#include <string>
#include <vector>

#include "rollcast/kernel/kernel.hpp"

namespace rollcast::kernel::test {

using namespace std::chrono_literals;

/// Lines "<seconds> <text>" in the order of writing.
class Diary {
 public:
  explicit Diary(const Simulation& simulation) : simulation_(&simulation) {}
  void write(const std::string& text) {
    lines_.push_back(fmt::format("{} {}", to_seconds(simulation_->now()), text));
  }
  [[nodiscard]] const std::vector<std::string>& lines() const { return lines_; }

 private:
  const Simulation* simulation_;
  std::vector<std::string> lines_;
};

using Lines = std::vector<std::string>;

/// Shows the lines of a diary that is not as expected.
inline std::string joined(const Lines& lines) {
  std::string text;
  for (const std::string& line : lines) text += line + "\n";
  return text;
}

}  // namespace rollcast::kernel::test

#define CHECK_DIARY(diary, ...)                              \
  CHECK(::rollcast::kernel::test::joined((diary).lines()) == \
        ::rollcast::kernel::test::joined(__VA_ARGS__))
