#pragma once
/// The lines between regions, and the copy tasks that share them.
#include <deque>
#include <memory>

#include "rollcast/kernel/pool.hpp"
#include "rollcast/kernel/signal.hpp"
#include "rollcast/kernel/task.hpp"
#include "rollcast/model/images.hpp"

namespace rollcast::model {

class CopyNetwork {
 public:
  CopyNetwork(kernel::Simulation& sim, const Network& plan);

  /// A task's turn; it holds the token until its copy is there. Null: there is no limit of tasks.
  [[nodiscard]] kernel::Pool* tasks() { return tasks_.get(); }

  /// Moves `gb` over one link: where the bandwidth is shared at once, at an even share of what the
  /// link has, which changes as others come and go; else in turn, alone. Adds the hours until its
  /// turn to `waited`, which must outlive the replication's processes.
  kernel::Task<void> pass(std::size_t link, double gb, double& waited);

 private:
  struct Line {
    explicit Line(kernel::Simulation& sim) : changed(sim), turn(sim, 1) {}
    std::int64_t copies = 0;  ///< on it now
    kernel::Signal changed;   ///< `copies` has
    kernel::Pool turn;        ///< where the copies pass one after the other
  };

  kernel::Simulation& sim_;
  const Network& plan_;
  std::unique_ptr<kernel::Pool> tasks_;
  std::deque<Line> lines_;
};

}  // namespace rollcast::model
