#pragma once
/// What the parts of a scenario share: ids, and lengths that vary at random.
#include "rollcast/base/ids.hpp"
#include "rollcast/random/distribution.hpp"

namespace rollcast::model {

using RegionId = Id<struct RegionTag>;
using StaffId = Id<struct StaffTag>;
using ComponentId = Id<struct ComponentTag>;
using GroupId = Id<struct GroupTag>;
using ImageId = Id<struct ImageTag>;
using InstanceId = Id<struct InstanceTag>;

/// A random length of elapsed time; the distribution is in seconds. Negative draws count as zero.
struct RandomDuration {
  random::Distribution seconds = random::Distribution::constant(0.0);
};
/// A random amount of people's work, which passes only in working hours; the distribution is in
/// seconds of work.
struct RandomEffort {
  random::Distribution seconds = random::Distribution::constant(0.0);
};

}  // namespace rollcast::model
