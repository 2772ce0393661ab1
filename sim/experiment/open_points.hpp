#pragma once
/// The points of an exploration that are under way, each resolved once for all threads.
#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <utility>

#include "rollcast/experiment/draws.hpp"

namespace rollcast::experiment {

class OpenPoints {
 public:
  /// `settings` gives the values of a point; both must outlive this.
  OpenPoints(const scenario::Loaded& loaded,
             std::function<scenario::Settings(std::size_t point)> settings)
      : loaded_(loaded), settings_(std::move(settings)) {}

  std::shared_ptr<Simulator> at(std::size_t point) {
    const std::lock_guard lock(mutex_);
    std::shared_ptr<Simulator>& simulator = open_[point];
    if (!simulator) simulator = std::make_shared<Simulator>(loaded_, settings_(point));
    return simulator;
  }
  void close(std::size_t point) {
    const std::lock_guard lock(mutex_);
    open_.erase(point);
  }

 private:
  const scenario::Loaded& loaded_;
  std::function<scenario::Settings(std::size_t)> settings_;
  std::mutex mutex_;
  std::map<std::size_t, std::shared_ptr<Simulator>> open_;
};

}  // namespace rollcast::experiment
