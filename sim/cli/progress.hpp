#pragma once
/// The progress bar: one line on standard error, on a terminal only.
#include "rollcast/experiment/runner.hpp"

namespace rollcast::cli {

class ProgressBar {
 public:
  /// Shows nothing when `wanted` is false or standard error is no terminal.
  explicit ProgressBar(bool wanted);
  /// Takes the line back.
  ~ProgressBar();
  ProgressBar(const ProgressBar&) = delete;
  ProgressBar& operator=(const ProgressBar&) = delete;

  void show(const experiment::Progress& progress);
  /// A word on what happens now ("drawing the report").
  void show(const std::string& what);

 private:
  bool visible_;
};

/// "████░░░░  42 %  4,200 of 10,000 replications  3.1 s left", at most `columns` wide.
[[nodiscard]] std::string progress_line(const experiment::Progress& progress, int columns);

}  // namespace rollcast::cli
