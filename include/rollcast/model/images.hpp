#pragma once
/// Images as plain data: what they are, where they are, where their versions come from, and the
/// network that copies them.
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "rollcast/base/money.hpp"
#include "rollcast/base/probability.hpp"
#include "rollcast/base/time.hpp"
#include "rollcast/model/basics.hpp"
#include "rollcast/model/rollout.hpp"

namespace rollcast::model {

enum class OperatingSystem { linux_os, windows };
enum class Architecture { x86_64, x86_32, arm64 };
enum class ImageKind { public_image, marketplace, custom, shared };

/// Two regions joined by a line, used in both directions.
struct Link {
  RegionId one, other;
  double gb_per_second = 1.0;  ///< above 0
  /// Most that one copy gets of it; absent: all that is free.
  std::optional<double> gb_per_second_of_a_copy;
  Money price_per_gb;  ///< of what passes over it
};

/// What copies between regions have to share.
struct Network {
  std::vector<Link> links;
  /// Copies on one link share its bandwidth evenly; else they pass one after the other.
  bool shared = true;
  /// Copy tasks that the account may have under way at once; the others queue, first come, first
  /// served. Absent: no limit.
  std::optional<std::int64_t> tasks;
  Money price_per_gb;  ///< of a copy that takes no link
};

/// A copy of a custom image to another region.
struct ImageCopy {
  RegionId to;
  /// The links it takes, one after the other, as indices of Network::links; its length follows from
  /// their bandwidth. Empty: the length is Image::copy.
  std::vector<std::size_t> route;
  bool exists = false;  ///< the first version is there from the start: only later ones are copied
};

/// The first version is created from one instance that is set up by hand within the forecast.
struct MakeImage {
  GroupId from;  ///< whose software is set up on that instance
  StaffId by;
};

/// The first version is a file of the user's that the provider imports.
struct ImportImage {
  RegionId to;
};

/// Creating a version: from an instance (10 minutes or more), or by importing a file.
struct ImageCreation {
  RandomDuration takes;
  double gb_per_second = 0.0;  ///< the image's data take so much longer; 0: no longer
};

/// Every version is tested before anything is launched from it.
struct ImageTest {
  StaffId by;
  RandomEffort effort;
  Probability catches;  ///< chance that the test finds that the version is bad
  bool first = true;    ///< the version that exists at the start is tested too
};

/// Where the next versions come from: because one was found to be bad, and on a cadence.
struct ImageRenewal {
  StaffId by;  ///< invalid: whoever else made the image makes them
  /// Effort of `by` before a version is created. Absent: what the set-up took; after a bad version,
  /// what its faulty steps took.
  std::optional<RandomEffort> work;
  /// Without `by`: from the day a version is found to be bad until a mended one is there; absent:
  /// none ever comes.
  std::optional<RandomDuration> takes;
  std::optional<Duration> every;  ///< from the start of one rebuild to the next; absent: none
  std::int64_t keep = 1;  ///< newest versions kept in each region; the oldest is destroyed when one
                          ///< more is there
  /// How a version that is there replaces what the groups deployed from the image run, once their
  /// own roll-out has ended: a roll-out of these groups alone. Absent: only what is launched from
  /// then on runs it.
  std::optional<Rollout> rollout;
};

struct Image {
  std::string name;
  ImageKind kind = ImageKind::custom;
  OperatingSystem os = OperatingSystem::linux_os;
  Architecture architecture = Architecture::x86_64;
  /// Regions in which it is from the start (of a made or imported one: where its first version will
  /// be), and those that every version is copied to (custom only).
  std::vector<RegionId> exists_in;
  std::vector<ImageCopy> copied_to;
  /// When the version that exists was made; not after kStart.
  TimePoint built = kStart;
  /// Both absent: the image exists.
  std::optional<MakeImage> make;
  std::optional<ImportImage> import;
  ImageCreation create;
  std::optional<ImageTest> test;        ///< absent: nobody tests it
  std::optional<ImageRenewal> renewal;  ///< absent: the first version stays the only one
  /// Chance that a version is bad. Absent: it follows from the errors of its making (only with
  /// `make`).
  std::optional<Probability> bad;
  /// Fee of each instance launched from it, per instance-hour (marketplace).
  Money fee_per_hour;
  double size_gb = 50.0;
  RandomDuration copy;  ///< one copy to another region that takes no link
  /// Somebody outside made it, and it may be compromised (unvetted sources): one draw for the
  /// image. It counts as a defect of all its instances, found like one, and costs this much when it
  /// is found.
  Probability compromised;
  Money compromise_cost;
  /// A share with another account in one region, once the image is there and not before `from`;
  /// taken back at `until`. The receiver may launch from it, and do nothing else with it. A new
  /// version takes the place of the old one in every share.
  struct Share {
    std::string account;
    RegionId region;
    TimePoint from = kStart;
    TimePoint until = kNever;
  };
  std::vector<Share> shares;
  /// Destroyed at this time, or, while it is shared, as soon as no share is left: it leaves the
  /// quota and nothing can be launched from it any more; running instances are not affected.
  TimePoint destroyed = kNever;
  RandomDuration launch;  ///< launch of one instance
};

}  // namespace rollcast::model
