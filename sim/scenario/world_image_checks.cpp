/// Whether images can be where they are to be: the border, the quotas of images, storage prices,
/// and whether every group finds the image that it is launched from.
#include <fmt/format.h>

#include <algorithm>

#include "image_words.hpp"
#include "rollcast/base/text.hpp"
#include "world_reader.hpp"

namespace rollcast::scenario {

using model::ImageKind;

void WorldReader::check_images() {
  for (std::size_t i = 0; i < image_places_.size(); ++i) {
    const model::Image& image = world_.images[model::ImageId{i}];
    for (const model::ImageCopy& copy : image.copied_to) {
      const bool passes = copy.exists ? world_.regions[image.exists_in.front()].in_mainland_china ==
                                            world_.regions[copy.to].in_mainland_china
                                      : reachable(image, copy.to);
      if (!passes) {
        root_.error(image_places_[i],
                    fmt::format("`{}` cannot be copied to {}: copies between mainland China and "
                                "elsewhere are not self-service",
                                image.name, world_.regions[copy.to].name),
                    "make a second image on that side, or ask the provider");
      }
    }
  }
}

/// How many times something that happens every `every`, first at `first`, happens within the
/// horizon, at most `most`.
std::int64_t WorldReader::times(Duration first, Duration every, std::int64_t most) const {
  if (every <= Duration::zero() || first > context_.horizon) return 0;
  return std::min<std::int64_t>(most, (context_.horizon - first) / every + 1);
}

/// Places that `image` surely takes in `region` at once.
std::int64_t WorldReader::places_of(std::size_t index, model::RegionId region) const {
  const model::ImageId id{index};
  const model::Image& image = world_.images[id];
  if (image.kind != ImageKind::custom || !is_in(image, region)) return 0;
  const bool used = std::any_of(world_.deployments.begin(), world_.deployments.end(),
                                [id](const model::Deployment& one) { return one.image == id; });
  const bool exists = !image.make && !image.import && !(is_copied_to(image, region));
  const bool there = exists || std::find(image.exists_in.begin(), image.exists_in.end(), region) !=
                                   image.exists_in.end();
  if (!used) return there && !image.make && !image.import ? 1 : 0;
  if (!image.renewal || !image.renewal->every) return 1;
  const Duration every = *image.renewal->every;
  return 1 + times(every, every, image.renewal->keep);  // the next one is made beside those kept
}

void WorldReader::check_image_quotas() {
  if (context_.describing) return;
  for (std::size_t i = 0; i < world_.regions.size(); ++i) {
    const model::RegionId region{i};
    std::vector<std::string> names;
    std::int64_t images = 0;
    for (std::size_t j = 0; j < image_places_.size(); ++j) {
      const std::int64_t places = places_of(j, region);
      if (places == 0) continue;
      images += places;
      const std::string& name = world_.images[model::ImageId{j}].name;
      names.push_back(places == 1 ? fmt::format("`{}`", name)
                                  : fmt::format("`{}` in {} versions", name, places));
    }
    std::int64_t sources = 0;
    std::int64_t kept = 0;
    std::int64_t taken = 0;
    if (world_.backup) {
      for (const model::Group& group : world_.groups)
        if (group.region == region || world_.backup->copied_to == region)
          sources += world_.backup->every_instance ? group.count : 1;
      kept = times(world_.backup->first, world_.backup->every, world_.backup->keep);
      taken = times(world_.backup->first, world_.backup->every, world_.backup->keep + 1);
    }
    report_image_quota(i, names, {images, sources, kept, taken});
  }
}

void WorldReader::report_image_quota(std::size_t index, const std::vector<std::string>& names,
                                     const ImagePlaces& due) {
  const model::Region& region = world_.regions[model::RegionId{index}];
  const auto many = [](std::int64_t count) { return static_cast<std::size_t>(count); };
  const std::int64_t backups = due.sources * due.kept;
  const std::int64_t total = due.images + backups;
  const std::int64_t with_next = due.images + due.sources * due.taken;
  const std::string allowed = plural(many(region.images), "custom image");
  if (total > region.images) {
    const std::string of_backups =
        backups > 0 ? fmt::format(" and {} ({} x keep {})", plural(many(backups), "backup"),
                                  due.sources, due.kept)
                    : "";
    const std::string next =
        with_next > total
            ? fmt::format(" ({} if none has to go while the next are made)", with_next)
            : "";
    root_.error(
        region_places_[index],
        fmt::format("{} may hold {}, but has {}{}", region.name, allowed, due.images, of_backups),
        fmt::format("the smallest quota that would do is `quota: {{images: {}}}`{}; or {}", total,
                    next,
                    backups > 0        ? "keep fewer backups or one representative of each group"
                    : names.size() > 1 ? fmt::format("drop one of {}", join_words(names, "and"))
                                       : fmt::format("keep fewer of {}", names.front())));
  } else if (with_next > region.images) {
    root_.warning(
        region_places_[index],
        fmt::format("{} may hold {}: while the next {} made, {} of those kept must go first",
                    region.name, allowed, due.sources == 1 ? "backup is" : "backups are",
                    with_next - region.images),
        fmt::format("raise the quota to `quota: {{images: {}}}`, or keep fewer backups",
                    with_next));
  }
}

void WorldReader::check_storage() {
  for (std::size_t i = 0; i < world_.regions.size(); ++i) {
    if (storage_priced_[i]) continue;
    const model::RegionId region{i};
    const bool stores_image =
        std::any_of(world_.images.begin(), world_.images.end(), [&](const model::Image& image) {
          return image.kind == ImageKind::custom && is_in(image, region);
        });
    const bool stores_backups =
        world_.backup &&
        std::any_of(world_.groups.begin(), world_.groups.end(), [&](const model::Group& group) {
          return group.region == region || world_.backup->copied_to == region;
        });
    if (!stores_image && !stores_backups) continue;
    root_.error(
        region_places_[i],
        fmt::format("{} are stored in {}, whose storage price is not known",
                    stores_image ? "images" : "backups", world_.regions[region].name),
        fmt::format("add `storage: 0.02 {} per GB month` to the region, or `0 {} per GB month`",
                    context_.currency, context_.currency));
  }
}

/// The images of the scenario that `group` could be launched from, as the end of a sentence.
std::string WorldReader::fitting(const model::Group& group) const {
  std::vector<std::string> names;
  for (const model::Image& image : world_.images) {
    const bool fits = image.os == group.os && image.architecture == group.architecture &&
                      (!group.region.valid() || is_in(image, group.region));
    if (fits) names.push_back(fmt::format("`{}`", image.name));
  }
  return names.size() == 1 ? fmt::format("the image that fits is {}", names.front())
                           : fmt::format("images that fit are {}", join_words(names, "and"));
}

void WorldReader::check_fits(const model::Group& group, const model::Image& image,
                             const Place& place) {
  if (group.os != image.os || group.architecture != image.architecture) {
    root_.error(place,
                fmt::format("`{}` is an image for {}, but `{}` runs {}", image.name,
                            system_of(image), group.name, system_of(group)),
                fitting(group));
    return;
  }
  if (!group.region.valid() || image.exists_in.empty() || !images_good_) return;
  if (is_in(image, group.region)) return;
  std::vector<std::string> names;
  for (const model::RegionId region : image.exists_in) names.push_back(world_.regions[region].name);
  for (const model::ImageCopy& copy : image.copied_to)
    names.push_back(world_.regions[copy.to].name);
  const std::string here = world_.regions[group.region].name;
  const std::string cure =
      image.kind == ImageKind::custom
          ? fmt::format("copy it there: add {} to `regions:` of the image", here)
          : fmt::format(
                "a shared image works only where it is shared: its owner must copy it to "
                "{} first and then share it there",
                here);
  root_.error(place,
              fmt::format("`{}` is launched in {}, where the image `{}` is not; it is in {}",
                          group.name, here, image.name, join_words(names, "and")),
              fmt::format("{}; {}", cure, fitting(group)));
}

}  // namespace rollcast::scenario
