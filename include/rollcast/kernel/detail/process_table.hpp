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

/// First come, first served: waiters in a doubly linked list that lives in their own frames.
class WaitList {
 public:
  [[nodiscard]] bool empty() const { return head_ == nullptr; }
  [[nodiscard]] QueuedWaiter* front() const { return head_; }
  void push_back(QueuedWaiter& waiter);
  void remove(QueuedWaiter& waiter);

 private:
  QueuedWaiter* head_ = nullptr;
  QueuedWaiter* tail_ = nullptr;
};

struct ProcessRecord {
  PromiseBase* root =
      nullptr;  ///< the process's outermost coroutine; null: ended, the record is free
  ProcessName name;
  WaitList waiting_for_end;
  std::uint32_t generation = 0;
  bool interrupt_pending = false;
};

inline constexpr std::uint32_t kNoProcess = 0xffffffffU;

class ProcessTable {
 public:
  [[nodiscard]] std::uint32_t add(PromiseBase* root, ProcessName name) {
    if (free_.empty()) add_chunk();
    const std::uint32_t index = free_.back();
    free_.pop_back();
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
    record.interrupt_pending = false;
    ++record.generation;
    --alive_;
    free_.push_back(index);
  }
  [[nodiscard]] ProcessRecord& operator[](std::uint32_t index) {
    return chunks_[index / kChunkSize][index % kChunkSize];
  }
  [[nodiscard]] const ProcessRecord& operator[](std::uint32_t index) const {
    return chunks_[index / kChunkSize][index % kChunkSize];
  }
  /// Records made so far, used or free: indices run from 0 to this.
  [[nodiscard]] std::uint32_t size() const {
    return static_cast<std::uint32_t>(chunks_.size() * kChunkSize);
  }
  [[nodiscard]] std::uint32_t alive() const { return alive_; }
  /// Hands out indices from 0 again. REQUIRES alive() == 0.
  void restart() {
    free_.clear();
    for (std::uint32_t index = size(); index-- > 0;) free_.push_back(index);
  }

 private:
  static constexpr std::uint32_t kChunkSize = 256;

  void add_chunk() {
    const std::uint32_t first = size();
    chunks_.push_back(std::make_unique<ProcessRecord[]>(kChunkSize));
    for (std::uint32_t index = first + kChunkSize; index-- > first;) free_.push_back(index);
  }

  std::vector<std::unique_ptr<ProcessRecord[]>> chunks_;
  std::vector<std::uint32_t> free_;
  std::uint32_t alive_ = 0;
};

}  // namespace rollcast::kernel::detail
