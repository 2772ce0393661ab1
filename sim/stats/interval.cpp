#include "rollcast/stats/interval.hpp"

#include <boost/math/distributions/normal.hpp>
#include <boost/math/distributions/students_t.hpp>

#include "rollcast/base/assertion.hpp"

namespace rollcast::stats {

double normal_quantile(double p) {
  ROLLCAST_ASSERT(p > 0 && p < 1, "p {}", p);
  return boost::math::quantile(boost::math::normal(), p);
}

double student_t_quantile(double degrees, double p) {
  ROLLCAST_ASSERT(degrees > 0 && p > 0 && p < 1, "degrees {}, p {}", degrees, p);
  return boost::math::quantile(boost::math::students_t(degrees), p);
}

}  // namespace rollcast::stats
