/// The ranks of `mpirun`, by MPI. A module of its own: the program loads it only where it is one of
/// several, and needs no MPI otherwise.
#include <mpi.h>

#include <limits>
#include <list>
#include <set>

#include "rollcast/base/assertion.hpp"
#include "rollcast/experiment/ranks.hpp"

namespace rollcast::experiment {
namespace {

class MpiTransport final : public Transport {
 public:
  MpiTransport() {
    int provided = 0;
    MPI_Init_thread(nullptr, nullptr, MPI_THREAD_FUNNELED, &provided);
    MPI_Comm_rank(MPI_COMM_WORLD, &rank_);
    MPI_Comm_size(MPI_COMM_WORLD, &size_);
  }

  [[nodiscard]] unsigned rank() const override { return static_cast<unsigned>(rank_); }
  [[nodiscard]] unsigned size() const override { return static_cast<unsigned>(size_); }

  void send(unsigned to, std::string bytes) override {
    ROLLCAST_ASSERT(bytes.size() <= std::numeric_limits<int>::max(), "a message of {} bytes",
                    bytes.size());
    Transfer& transfer = outgoing_.emplace_back();
    transfer.bytes = std::move(bytes);
    MPI_Isend(transfer.bytes.data(), static_cast<int>(transfer.bytes.size()), MPI_BYTE,
              static_cast<int>(to), 0, MPI_COMM_WORLD, &transfer.request);
    outgoing_.remove_if([](Transfer& one) { return one.is_done(); });
  }

  std::optional<Message> receive() override {
    outgoing_.remove_if([](Transfer& one) { return one.is_done(); });
    begin_receiving();
    // What one rank sent stays in order; a long message of one does not keep another's waiting.
    std::set<unsigned> unfinished;
    for (auto at = incoming_.begin(); at != incoming_.end(); ++at) {
      if (unfinished.count(at->peer) > 0) continue;
      if (at->is_done()) {
        Message message{at->peer, std::move(at->bytes)};
        incoming_.erase(at);
        return message;
      }
      unfinished.insert(at->peer);
    }
    return std::nullopt;
  }

  void leave() override {
    for (Transfer& transfer : outgoing_) MPI_Wait(&transfer.request, MPI_STATUS_IGNORE);
    outgoing_.clear();
    MPI_Finalize();
  }

 private:
  struct Transfer {
    unsigned peer = 0;
    std::string bytes;
    MPI_Request request = MPI_REQUEST_NULL;

    bool is_done() {
      int done = 0;
      MPI_Test(&request, &done, MPI_STATUS_IGNORE);
      return done != 0;
    }
  };

  void begin_receiving() {
    while (true) {
      int there = 0;
      MPI_Message message = MPI_MESSAGE_NULL;
      MPI_Status status;
      MPI_Improbe(MPI_ANY_SOURCE, 0, MPI_COMM_WORLD, &there, &message, &status);
      if (there == 0) return;
      int size = 0;
      MPI_Get_count(&status, MPI_BYTE, &size);
      Transfer& transfer = incoming_.emplace_back();
      transfer.peer = static_cast<unsigned>(status.MPI_SOURCE);
      transfer.bytes.resize(static_cast<std::size_t>(size));
      MPI_Imrecv(transfer.bytes.data(), size, MPI_BYTE, &message, &transfer.request);
    }
  }

  int rank_ = 0;
  int size_ = 1;
  // Lists, as MPI reads and writes in place.
  std::list<Transfer> outgoing_;
  std::list<Transfer> incoming_;
};

}  // namespace
}  // namespace rollcast::experiment

/// What the program looks for in the module.
extern "C" rollcast::experiment::Transport* rollcast_join_ranks() {
  static rollcast::experiment::MpiTransport transport;
  return &transport;
}
