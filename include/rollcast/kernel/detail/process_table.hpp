#pragma once
/// The processes of one simulation, in records of fixed size that are used again; a generation
/// number tells an old handle from the record's next user.
#include <cstdint>
#include <memory>
#include <vector>

#include "rollcast/kernel/observer.hpp"

namespace rollcast::kernel::detail {

class PromiseBase;
class QueuedWaiter;

/// First come, first served: waiters in a ring of links that lives in their own frames.
class WaitList {
 public:
  [[nodiscard]] bool empty() const { return last_ == nullptr; }
  [[nodiscard]] inline QueuedWaiter* front() const;
  inline void push_back(QueuedWaiter& waiter);
  inline void remove(QueuedWaiter& waiter);

 private:
  QueuedWaiter* last_ = nullptr;
};

struct ProcessRecord {
  PromiseBase* root =
      nullptr;  ///< the process's outermost coroutine; null: ended, the record is free
  ProcessName name;
  WaitList waiting_for_end;
  std::uint32_t generation : 31 = 0;
  std::uint32_t interrupt_pending : 1 = 0;
  std::uint32_t next_free = 0;
};

inline constexpr std::uint32_t kNoProcess = 0xffffffffU;

class ProcessTable {
 public:
  [[nodiscard]] std::uint32_t add(PromiseBase* root, ProcessName name) {
    std::uint32_t index = free_;
    if (index != kNoProcess) {
      free_ = (*this)[index].next_free;
    } else {
      index = used_++;
      if (index / kChunkSize == chunks_.size())
        chunks_.push_back(std::make_unique<ProcessRecord[]>(kChunkSize));
    }
    ProcessRecord& record = (*this)[index];
    record.root = root;
    record.name = name;
    ++alive_;
    return index;
  }
  /// The handles of the process turn stale; the record's list of waiters must have been emptied.
  void remove(std::uint32_t index) {
    ProcessRecord& record = (*this)[index];
    record.root = nullptr;
    record.interrupt_pending = 0;
    record.generation = record.generation + 1;
    record.next_free = free_;
    free_ = index;
    --alive_;
  }
  [[nodiscard]] ProcessRecord& operator[](std::uint32_t index) {
    return chunks_[index / kChunkSize][index % kChunkSize];
  }
  [[nodiscard]] const ProcessRecord& operator[](std::uint32_t index) const {
    return chunks_[index / kChunkSize][index % kChunkSize];
  }
  /// Indices handed out so far run from 0 to before this.
  [[nodiscard]] std::uint32_t size() const { return used_; }
  [[nodiscard]] std::uint32_t alive() const { return alive_; }
  /// Hands out indices from 0 again. REQUIRES alive() == 0.
  void restart() {
    free_ = kNoProcess;
    used_ = 0;
  }

 private:
  static constexpr std::uint32_t kChunkSize = 256;

  std::vector<std::unique_ptr<ProcessRecord[]>> chunks_;
  std::uint32_t free_ = kNoProcess;  ///< the first of the records that were used and are free again
  std::uint32_t used_ = 0;
  std::uint32_t alive_ = 0;
};

}  // namespace rollcast::kernel::detail
