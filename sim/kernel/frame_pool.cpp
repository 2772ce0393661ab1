#include "rollcast/kernel/detail/frame_pool.hpp"

#include <new>

namespace rollcast::kernel {
namespace detail {

thread_local constinit FrameCache frame_cache{};

namespace {

/// Returns the thread's free frames when the thread ends. Frames freed even later (by static
/// objects) are lost to the cache but stay reachable: the main thread's end is the program's.
struct CacheOwner {
  CacheOwner() = default;
  CacheOwner(const CacheOwner&) = delete;
  CacheOwner& operator=(const CacheOwner&) = delete;
  ~CacheOwner() { release_unused_frames(); }
};

}  // namespace

void* allocate_fresh_frame(std::size_t bytes) {
  thread_local CacheOwner owner;
  static_cast<void>(owner);
  return ::operator new(bytes);
}

void free_frame_for_good(void* frame) noexcept {
  ::operator delete(frame);
}

}  // namespace detail

void release_unused_frames() noexcept {
  for (detail::FreeFrame*& list : detail::frame_cache.free) {
    while (list != nullptr) {
      detail::FreeFrame* frame = list;
      list = frame->next;
      ::operator delete(frame);
    }
  }
}

}  // namespace rollcast::kernel
