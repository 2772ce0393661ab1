/// Images: their kind, where they are, how they are made, and whether every group finds the one
/// that it is launched from.
#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "rollcast/base/text.hpp"
#include "world_reader.hpp"

namespace rollcast::scenario {
namespace {

using model::ImageKind;

constexpr std::array<std::string_view, 2> kSystems{"linux", "windows"};
constexpr std::array<std::string_view, 3> kArchitectures{"x86_64", "x86_32", "arm64"};

std::string_view kind_name(ImageKind kind) {
  switch (kind) {
    case ImageKind::public_image:
      return "public";
    case ImageKind::marketplace:
      return "marketplace";
    case ImageKind::custom:
      return "custom";
    case ImageKind::shared:
      return "shared";
  }
  return "unknown";
}

bool contains(const std::vector<model::RegionId>& regions, model::RegionId region) {
  return std::find(regions.begin(), regions.end(), region) != regions.end();
}

}  // namespace

model::MakeImage WorldReader::making(Reader& r) const {
  model::MakeImage make;
  const std::size_t from = r.required(
      "from", reference(groups_),
      "the group whose set-up the image holds: one instance of it is set up by hand", kNone);
  if (from != kNone) make.from = model::GroupId{from};
  const std::size_t by =
      r.required("by", reference(staff_), "who sets the instance up and tests the image", kNone);
  if (by != kNone) make.by = model::StaffId{by};
  make.create = r.defaulted("create", random_duration(),
                            {"10 min to 15 min", Basis::provider,
                             "documented: 10 minutes or more; the upper end is a judgement"},
                            "creating the image from the instance");
  make.test = r.defaulted("test", random_work(),
                          {"4 work h", Basis::judgement, "no source; half a workday"},
                          "effort of testing the image");
  make.test_catches =
      r.defaulted("catches", probability(), {"80 %", Basis::judgement, "no source", "50 %", "95 %"},
                  "chance that the test finds that the image is bad");
  return make;
}

/// A shared image may only be launched.
void WorldReader::refuse_for_shared(Reader& r, model::Image& image) {
  if (r.has("make")) {
    r.error(r.key_place("make"), "a shared image is made by its owner, not by us",
            "write `exists: {regions: [...]}`, or make a custom image");
  }
  if (r.has("regions")) {
    r.error(r.key_place("regions"), "a shared image cannot be copied to other regions",
            "ask its owner to copy it there and to share it there, and list the region under "
            "`exists:`");
  }
  image.copied_to.clear();
}

void WorldReader::check_making(Reader& r, model::Image& image, const model::MakeImage& make) const {
  if (!make.from.valid() || make.from.index() >= world_.groups.size()) return;
  const model::Group& source = world_.groups[make.from];
  if (source.region.valid()) image.exists_in.push_back(source.region);
  if (source.os == image.os && source.architecture == image.architecture) return;
  r.error(r.key_place("make"),
          fmt::format("the image is for {}, the group `{}` that it is made from runs {} on {}",
                      kSystems[static_cast<std::size_t>(image.os)], source.name,
                      kSystems[static_cast<std::size_t>(source.os)],
                      kArchitectures[static_cast<std::size_t>(source.architecture)]),
          "give both the same `os` and `architecture`");
}

void WorldReader::read_origin(Reader& r, model::Image& image) const {
  const bool everywhere =
      image.kind == ImageKind::public_image || image.kind == ImageKind::marketplace;
  const auto exists = object<std::vector<std::size_t>>([this](Reader& e) {
    const auto regions = e.required("regions", list_of(reference(regions_)),
                                    "the regions in which it is from the start");
    const auto made = e.optional("made", date(), "the day on which it was made");
    if (made && context_.start && beginning_of(*made, *context_.start) > kStart) {
      e.error(e.place("made"), "the image is made after the start",
              "an image that is made within the forecast has `make:` instead of `exists:`");
    }
    return regions;
  });
  const auto existing = r.optional(
      "exists", exists, "for an image that is there at the start: where, and since when");
  const auto make =
      r.optional("make", object<model::MakeImage>([this](Reader& m) { return making(m); }),
                 "for a custom image that is made within the forecast");
  const auto copies = r.optional("regions", list_of(reference(regions_)),
                                 "regions to which a custom image is copied before the roll-out");
  if (context_.describing) return;
  r.at_most_one_of({"exists", "make"});
  for (const std::size_t index : existing.value_or(std::vector<std::size_t>{}))
    image.exists_in.emplace_back(index);
  for (const std::size_t index : copies.value_or(std::vector<std::size_t>{}))
    image.copied_to.emplace_back(index);
  if (everywhere) {
    for (const std::string_view key : {"exists", "make", "regions"}) {
      if (r.has(key))
        r.error(r.key_place(key),
                fmt::format("a {} image is in every region already; it has no `{}`",
                            kind_name(image.kind), key),
                fmt::format("remove `{}`", key));
    }
    image.exists_in.clear();
    image.copied_to.clear();
    for (std::size_t i = 0; i < world_.regions.size(); ++i) image.exists_in.emplace_back(i);
    return;
  }
  if (image.kind == ImageKind::shared) {
    refuse_for_shared(r, image);
  } else {
    image.make = make;
    if (make) check_making(r, image, *make);
  }
  if (!r.has("exists") && !r.has("make")) {
    const bool shared = image.kind == ImageKind::shared;
    r.error(r.place(), fmt::format("`{}` neither exists nor is made", image.name),
            shared ? "add `exists: {regions: [...]}`"
                   : "add `exists: {regions: [...]}` or `make: {from: GROUP, by: STAFF}`");
  }
  for (const model::RegionId region : image.copied_to) {
    if (contains(image.exists_in, region))
      r.error(r.place("regions"),
              fmt::format("`{}` is in {} already", image.name, world_.regions[region].name),
              "list only the regions to which it is to be copied");
  }
}

/// Who else made it and who else may use it.
void WorldReader::read_risk_and_shares(Reader& r, model::Image& image) const {
  const auto compromised = object<int>([&image](Reader& c) {
    image.compromised = c.required(
        "chance", probability(),
        "chance that somebody has tampered with it: one draw for the image, found like a defect");
    image.compromise_cost = c.required("cost", money(), "price of the discovery");
    return 0;
  });
  (void)r.optional("compromised", compromised, "for an image from a source that nobody vetted");
  if (image.kind == ImageKind::shared && r.has("share")) {
    r.ignore("share");
    r.error(r.key_place("share"), "a shared image cannot be shared again",
            "only its owner can share it");
  }
  if (image.kind != ImageKind::custom && !context_.describing) return;
  const auto share = object<model::Image::Share>([this, &image](Reader& s) {
    model::Image::Share result;
    result.account = s.required("account", any_text(),
                                "the account that may launch from it, and do nothing else with it");
    const std::size_t region =
        s.required("region", reference(regions_), "the region in which it is shared", kNone);
    if (region != kNone) result.region = model::RegionId{region};
    result.from = s.defaulted("from", moment(), {"0 s", Basis::neutral, "as soon as it is there"},
                              "not shared before");
    if (const auto until = s.optional("until", moment(), "taken back then")) result.until = *until;
    if (result.until <= result.from && s.has("until"))
      s.error(s.place("until"), "the share ends before it begins");
    const bool there =
        contains(image.exists_in, result.region) || contains(image.copied_to, result.region);
    if (result.region.valid() && !there)
      s.error(s.place("region"),
              fmt::format("`{}` is not in {}: an image is shared in a region where it is",
                          image.name, world_.regions[result.region].name),
              "copy it there first: add the region to `regions:` of the image");
    return result;
  });
  const auto shares =
      r.optional("share", list_of(share),
                 "accounts that it is shared with: [{account: partner, region: ap-seoul}]");
  constexpr std::size_t kMostAccounts = 50;
  if (shares) image.shares = *shares;
  if (image.shares.size() > kMostAccounts)
    r.error(r.place("share"), fmt::format("a custom image can be shared with {} accounts, not {}",
                                          kMostAccounts, image.shares.size()));
  if (const auto destroyed =
          r.optional("destroyed", moment(),
                     "it is destroyed then, or, while it is shared, as soon as no share is left"))
    image.destroyed = *destroyed;
}

model::Image WorldReader::image(Reader& r) const {
  model::Image image;
  image.name = r.name();
  image.kind = static_cast<ImageKind>(
      r.required("kind", word_of("a kind of image", {"public", "marketplace", "custom", "shared"}),
                 "who may use it and how: public, marketplace, custom or shared", std::size_t{2}));
  image.os = static_cast<model::OperatingSystem>(
      r.required("os", word_of("an operating system", {"linux", "windows"}), "operating system"));
  image.architecture = static_cast<model::Architecture>(
      r.defaulted("architecture", word_of("an architecture", {"x86_64", "x86_32", "arm64"}),
                  {"x86_64", Basis::neutral, ""}, "processor architecture"));
  read_origin(r, image);
  const std::string bad_meaning =
      "chance that a version of the image is bad, and with it every instance launched from it";
  if (image.kind == ImageKind::shared) {
    image.bad = r.required("bad", probability(), bad_meaning + "; nobody vetted a shared image");
  } else if (image.kind == ImageKind::custom && r.has("make")) {
    image.bad = r.optional("bad", probability(), bad_meaning);
  } else {
    const Default fallback =
        image.kind == ImageKind::public_image
            ? Default{"0 %", Basis::provider, "tested and vetted by the vendor"}
        : image.kind == ImageKind::marketplace
            ? Default{"0.1 %", Basis::judgement,
                      "no source; tested by provider and vendor, but not with your application"}
            : Default{"1 %", Basis::judgement,
                      "no source; well below the 5 % of changes that fail in the best "
                      "organisations (DORA 2024), since the image is in use",
                      "0.1 %", "10 %"};
    image.bad = r.defaulted("bad", probability(), fallback, bad_meaning);
  }
  if (const auto fee = r.optional("fee", money("h"),
                                  "fee of each instance-hour launched from a marketplace image")) {
    if (image.kind != ImageKind::marketplace && !context_.describing)
      r.error(r.key_place("fee"), fmt::format("a {} image has no fee", kind_name(image.kind)),
              "only marketplace images have one; a Windows licence is the `licence` of the group");
    image.fee_per_hour = *fee;
  }
  if (image.kind == ImageKind::shared || context_.describing)
    (void)r.optional("from", any_text(), "whose image it is");
  read_risk_and_shares(r, image);
  image.size_gb =
      r.defaulted("size", gigabytes(), {"50 GB", Basis::provider, "smallest system disk"},
                  "what storing it is billed for");
  image.launch = r.defaulted(
      "launch", random_duration(),
      {context_.describing ? "3 min to 5 min" : launch_time_, Basis::neutral, "as `launch.time`"},
      "launch of one instance from it");
  if (image.kind == ImageKind::custom) {
    image.copy = r.defaulted(
        "copy", random_duration(),
        {context_.describing ? "10 min to 30 min" : copy_time_, Basis::neutral, "as `copy`"},
        "one copy of it to another region");
  }
  return image;
}

void WorldReader::add_public_images() {
  const auto wanted = [this](std::size_t os, std::size_t architecture) {
    if (architecture == 0) return true;
    return std::any_of(world_.groups.begin(), world_.groups.end(), [=](const model::Group& group) {
      return static_cast<std::size_t>(group.os) == os &&
             static_cast<std::size_t>(group.architecture) == architecture;
    });
  };
  const auto launch = parse_distribution(launch_time_, Quantity::elapsed, context_.tables);
  ROLLCAST_ASSERT(launch.has_value(), "launch time `{}`", launch_time_);
  for (std::size_t architecture = 0; architecture < kArchitectures.size(); ++architecture) {
    for (std::size_t os = 0; os < kSystems.size(); ++os) {
      if (!wanted(os, architecture)) continue;
      model::Image image;
      image.name =
          fmt::format("public-{}{}", kSystems[os],
                      architecture == 0 ? "" : fmt::format("-{}", kArchitectures[architecture]));
      image.kind = ImageKind::public_image;
      image.os = static_cast<model::OperatingSystem>(os);
      image.architecture = static_cast<model::Architecture>(architecture);
      image.bad = Probability{0.0};
      image.launch = model::RandomDuration{*launch};
      for (std::size_t i = 0; i < world_.regions.size(); ++i) image.exists_in.emplace_back(i);
      images_.names.push_back(image.name);
      world_.images.push_back(std::move(image));
    }
  }
}

void WorldReader::read_images() {
  const auto value =
      keyed(entity_name(), object<model::Image>([this](Reader& r) { return image(r); }));
  auto images = root_.optional(
      "images", value,
      "what instances are launched from; public-linux and public-windows are built in");
  for (auto& one : images.value_or(std::vector<Named<model::Image>>{})) {
    if (one.key == "public" || one.key.starts_with("public-")) {
      root_.error(one.place, fmt::format("`{}` is the name of a built-in image", one.key),
                  "give it another name");
    }
    image_places_.push_back(one.place);
    world_.images.push_back(std::move(one.value));
  }
  if (!context_.describing) add_public_images();
}

void WorldReader::check_images() {
  for (std::size_t i = 0; i < image_places_.size(); ++i) {
    const model::Image& image = world_.images[model::ImageId{i}];
    for (const model::RegionId target : image.copied_to) {
      const bool mainland = world_.regions[target].in_mainland_china;
      const bool reachable =
          image.exists_in.empty() ||
          std::any_of(image.exists_in.begin(), image.exists_in.end(), [&](model::RegionId source) {
            return world_.regions[source].in_mainland_china == mainland;
          });
      if (!reachable) {
        root_.error(image_places_[i],
                    fmt::format("`{}` cannot be copied to {}: copies between mainland China and "
                                "elsewhere are not self-service",
                                image.name, world_.regions[target].name),
                    "make a second image on that side, or ask the provider");
      }
    }
  }
}

void WorldReader::check_backups() {
  if (context_.describing) return;
  for (std::size_t i = 0; i < world_.regions.size(); ++i) {
    const model::RegionId region{i};
    std::vector<std::string> names;
    for (std::size_t j = 0; j < image_places_.size(); ++j) {
      const model::Image& image = world_.images[model::ImageId{j}];
      const bool here = contains(image.exists_in, region) || contains(image.copied_to, region);
      if (image.kind == ImageKind::custom && here) names.push_back(fmt::format("`{}`", image.name));
    }
    std::int64_t sources = 0;
    if (world_.backup) {
      for (const model::Group& group : world_.groups) {
        if (group.region == region) sources += world_.backup->every_instance ? group.count : 1;
      }
    }
    const std::int64_t backups = world_.backup ? sources * world_.backup->keep : 0;
    const auto total = static_cast<std::int64_t>(names.size()) + backups;
    const std::int64_t allowed = world_.regions[region].images;
    if (total <= allowed) continue;
    const std::string of_backups =
        backups > 0 ? fmt::format(" and {} ({} x keep {})",
                                  plural(static_cast<std::size_t>(backups), "backup"), sources,
                                  world_.backup->keep)
                    : "";
    root_.error(region_places_[i],
                fmt::format("{} may hold {}, but has {}{}", world_.regions[region].name,
                            plural(static_cast<std::size_t>(allowed), "custom image"), names.size(),
                            of_backups),
                fmt::format("raise the quota to `quota: {{images: {}}}`, or {}", total,
                            backups > 0 ? "keep fewer backups or one representative of each group"
                                        : fmt::format("drop one of {}", join_words(names, "and"))));
  }
}

void WorldReader::check_storage() {
  for (std::size_t i = 0; i < world_.regions.size(); ++i) {
    if (storage_priced_[i]) continue;
    const model::RegionId region{i};
    const bool stores_image =
        std::any_of(world_.images.begin(), world_.images.end(), [&](const model::Image& image) {
          return image.kind == ImageKind::custom &&
                 (contains(image.exists_in, region) || contains(image.copied_to, region));
        });
    const bool stores_backups =
        world_.backup &&
        std::any_of(world_.groups.begin(), world_.groups.end(),
                    [&](const model::Group& group) { return group.region == region; });
    if (!stores_image && !stores_backups) continue;
    root_.error(
        region_places_[i],
        fmt::format("{} are stored in {}, whose storage price is not known",
                    stores_image ? "images" : "backups", world_.regions[region].name),
        fmt::format("add `storage: 0.02 {} per GB month` to the region, or `0 {} per GB month`",
                    context_.currency, context_.currency));
  }
}

void WorldReader::check_fits(const model::Group& group, const model::Image& image,
                             const Place& place) {
  if (group.os != image.os || group.architecture != image.architecture) {
    std::vector<std::string> fitting;
    for (const model::Image& other : world_.images) {
      if (other.os == group.os && other.architecture == group.architecture)
        fitting.push_back(fmt::format("`{}`", other.name));
    }
    root_.error(place,
                fmt::format("`{}` is an image for {} on {}, but `{}` runs {} on {}", image.name,
                            kSystems[static_cast<std::size_t>(image.os)],
                            kArchitectures[static_cast<std::size_t>(image.architecture)],
                            group.name, kSystems[static_cast<std::size_t>(group.os)],
                            kArchitectures[static_cast<std::size_t>(group.architecture)]),
                fmt::format("images that fit are {}", join_words(fitting, "and")));
    return;
  }
  if (!group.region.valid() || image.exists_in.empty() || !images_good_) return;
  if (contains(image.exists_in, group.region) || contains(image.copied_to, group.region)) return;
  std::vector<std::string> names;
  for (const model::RegionId region : image.exists_in) names.push_back(world_.regions[region].name);
  for (const model::RegionId region : image.copied_to) names.push_back(world_.regions[region].name);
  const std::string here = world_.regions[group.region].name;
  root_.error(place,
              fmt::format("`{}` is launched in {}, where the image `{}` is not; it is in {}",
                          group.name, here, image.name, join_words(names, "and")),
              image.kind == ImageKind::custom
                  ? fmt::format("copy it there: add {} to `regions:` of the image", here)
                  : "use another image there");
}

}  // namespace rollcast::scenario
