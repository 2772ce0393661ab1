/// Loaded before the program by a test: the machine's time of day jumps by a year at every look,
/// forward and back. Time that only passes is left alone.
#include <dlfcn.h>
#include <sys/time.h>

#include <atomic>
#include <ctime>

namespace {

std::atomic<unsigned> looks{0};

time_t jump() {
  constexpr time_t kYear = 365 * 86'400;
  return (static_cast<time_t>(looks++ % 3) - 1) * kYear;
}

template <class Function>
Function real(const char* name) {
  return reinterpret_cast<Function>(dlsym(RTLD_NEXT, name));
}

}  // namespace

extern "C" int clock_gettime(clockid_t clock, timespec* now) noexcept {
  static const auto kReal = real<int (*)(clockid_t, timespec*)>("clock_gettime");
  const int result = kReal(clock, now);
  if (result == 0 && clock == CLOCK_REALTIME) now->tv_sec += jump();
  return result;
}

extern "C" int gettimeofday(timeval* now, void* zone) noexcept {
  static const auto kReal = real<int (*)(timeval*, void*)>("gettimeofday");
  const int result = kReal(now, zone);
  if (result == 0) now->tv_sec += jump();
  return result;
}

extern "C" time_t time(time_t* now) noexcept {
  static const auto kReal = real<time_t (*)(time_t*)>("time");
  const time_t jumped = kReal(nullptr) + jump();
  if (now != nullptr) *now = jumped;
  return jumped;
}
