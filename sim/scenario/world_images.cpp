/// Images: their kind, where they are and how they are made.
#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "image_words.hpp"
#include "rollcast/base/text.hpp"
#include "world_reader.hpp"

namespace rollcast::scenario {
namespace {

using model::ImageKind;

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

/// How a version is created: `usual` and its reason stand where nothing is said.
void WorldReader::read_creation(Reader& r, model::Image& image, std::string_view key,
                                const Default& usual, std::string_view meaning) {
  image.create.takes = r.defaulted(key, random_duration(), usual, meaning);
  image.create.gb_per_second =
      r.optional("data rate", bandwidth(),
                 "the image's data at this rate come on top; without it, its size does not matter")
          .value_or(0.0);
}

/// The test behind each creation.
void WorldReader::read_test_of_creation(Reader& r, model::Image& image, model::StaffId by) {
  model::ImageTest test;
  test.by = by;
  test.effort = r.defaulted("test", random_work(),
                            {"4 work h", Basis::judgement, "no source; half a workday"},
                            "effort of testing the image");
  test.catches =
      r.defaulted("catches", probability(), {"80 %", Basis::judgement, "no source", "50 %", "95 %"},
                  "chance that the test finds that the image is bad");
  if (by.valid()) image.test = test;
}

int WorldReader::making(Reader& r, model::Image& image) const {
  model::MakeImage make;
  const std::size_t from = r.required(
      "from", reference(groups_),
      "the group whose set-up the image holds: one instance of it is set up by hand", kNone);
  if (from != kNone) make.from = model::GroupId{from};
  const std::size_t by =
      r.required("by", reference(staff_), "who sets the instance up and tests the image", kNone);
  if (by != kNone) make.by = model::StaffId{by};
  read_creation(r, image, "create", kCreation, kCreationMeaning);
  read_test_of_creation(r, image, make.by);
  image.make = make;
  model::ImageRenewal mending;
  mending.by = make.by;
  image.renewal = mending;
  return 0;
}

int WorldReader::importing(Reader& r, model::Image& image) const {
  model::ImportImage import;
  const std::size_t to = r.required("to", reference(regions_), "the region that imports it", kNone);
  if (to != kNone) import.to = model::RegionId{to};
  const std::size_t by =
      r.required("by", reference(staff_), "who tests it and mends what is wrong with it", kNone);
  (void)r.required("format",
                   word_of("a format that can be imported", {"raw", "vhd", "qcow2", "vmdk"}),
                   "format of the file: raw, vhd, qcow2 or vmdk", std::size_t{0});
  const double real = r.required("size", gigabytes(), "real size of the file", 1.0);
  const double virtual_gb =
      r.required("virtual", gigabytes(), "virtual size: of the disk that the file describes", real);
  const auto within = [&r](std::string_view key, double size, double most, std::string_view what) {
    if (size <= most) return;
    r.error(r.place(key),
            fmt::format("an image of {} {} cannot be imported: the limit is {}",
                        written_gigabytes(size), what, written_gigabytes(most)),
            "make the image smaller, or make it of an instance that is set up by hand: `make:`");
  };
  within("size", real, limits_.import_gb, "real size");
  within("virtual", virtual_gb, limits_.import_virtual_gb, "virtual size");
  if (virtual_gb < real && r.has("virtual"))
    r.error(r.place("virtual"), "the virtual size is below the real one",
            "write the size of the disk that the file describes");
  read_creation(r, image, "takes",
                {"10 min to 30 min", Basis::judgement, "no source; as long as a copy to a region"},
                "the import of the file");
  model::ImageRenewal mending;
  if (by != kNone) mending.by = model::StaffId{by};
  mending.work = r.defaulted("mend", random_work(),
                             {"4 work h", Basis::judgement, "no source; half a workday"},
                             "effort of mending what is found to be wrong with it");
  read_test_of_creation(r, image, mending.by);
  image.import = import;
  image.renewal = mending;
  image.size_gb = real;
  if (import.to.valid()) image.exists_in.push_back(import.to);
  return 0;
}

/// A shared image may only be launched.
void WorldReader::refuse_for_shared(Reader& r, model::Image& image) {
  struct Rule {
    std::string_view key, what, cure;
  };
  constexpr std::string_view kOwner =
      "ask its owner to copy it there first and then to share it there, and list the region under "
      "`exists:`";
  for (const Rule& rule :
       {Rule{"make", "a shared image is made by its owner, not by us",
             "write `exists: {regions: [...]}`, or make a custom image"},
        Rule{"import", "a shared image can only be launched; it cannot be imported",
             "ask its owner for the file and import it as a custom image"},
        Rule{"regions", "a shared image cannot be copied to other regions", kOwner},
        Rule{"copy", "a shared image cannot be copied", kOwner},
        Rule{"share", "a shared image cannot be shared again", "only its owner can share it"},
        Rule{"rename", "a shared image cannot be renamed", "only its owner can rename it"},
        Rule{"destroyed", "a shared image is destroyed by its owner, not by us",
             "its owner must take back all shares first, then it can be destroyed"}}) {
    if (!r.has(rule.key)) continue;
    r.ignore(rule.key);
    r.error(r.key_place(rule.key), std::string{rule.what}, std::string{rule.cure});
  }
  image.make.reset();
  image.import.reset();
  image.renewal.reset();
  image.test.reset();
  image.copied_to.clear();
}

void WorldReader::check_making(Reader& r, model::Image& image) const {
  const model::MakeImage& make = *image.make;
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
  const auto exists = object<std::vector<std::size_t>>([this, &image](Reader& e) {
    auto regions = e.required("regions", list_of(reference(regions_)),
                              "the regions in which it is from the start");
    const auto made = e.optional("made", date(), "the day on which it was made");
    if (made && context_.start) image.built = beginning_of(*made, *context_.start);
    if (image.built > kStart) {
      e.error(e.place("made"), "the image is made after the start",
              "an image that is made within the forecast has `make:` instead of `exists:`");
      image.built = kStart;
    }
    const auto age = e.optional("age", elapsed(), "how old it is at the start; instead of `made`");
    if (age) image.built = kStart - *age;
    e.at_most_one_of({"made", "age"});
    return regions;
  });
  const auto existing = r.optional(
      "exists", exists, "for an image that is there at the start: where, and since when");
  (void)r.optional("make", object<int>([this, &image](Reader& m) { return making(m, image); }),
                   "for a custom image that is made within the forecast");
  (void)r.optional("import", object<int>([this, &image](Reader& m) { return importing(m, image); }),
                   "for a custom image that is imported from a file within the forecast");
  const auto copies = r.optional("regions", list_of(reference(regions_)),
                                 "regions to which a custom image is copied before the roll-out");
  if (context_.describing) return;
  if (image.kind != ImageKind::shared) r.at_most_one_of({"exists", "make", "import"});
  for (const std::size_t index : existing.value_or(std::vector<std::size_t>{}))
    image.exists_in.emplace_back(index);
  if (image.kind == ImageKind::shared) refuse_for_shared(r, image);
  if (everywhere) {
    refuse_for_everywhere(r, image);
    return;
  }
  if (image.make) check_making(r, image);
  if (!r.has("exists") && !r.has("make") && !r.has("import")) {
    const bool shared = image.kind == ImageKind::shared;
    r.error(r.place(), fmt::format("`{}` neither exists nor is made", image.name),
            shared ? "add `exists: {regions: [...]}`"
                   : "add `exists: {regions: [...]}` or `make: {from: GROUP, by: STAFF}`");
  }
  if (image.kind == ImageKind::shared) return;
  for (const std::size_t index : copies.value_or(std::vector<std::size_t>{})) {
    const model::RegionId region{index};
    if (contains(image.exists_in, region))
      r.error(r.place("regions"),
              fmt::format("`{}` is in {} already", image.name, world_.regions[region].name),
              "list only the regions to which it is to be copied");
    image.copied_to.push_back({region, {}, false});
  }
}

/// A public or marketplace image is everywhere.
void WorldReader::refuse_for_everywhere(Reader& r, model::Image& image) const {
  for (const std::string_view key : {"exists", "make", "import", "regions"}) {
    if (!r.has(key)) continue;
    const bool copy = key == "regions";
    r.error(r.key_place(key),
            fmt::format("a {} image is in every region already; it has no `{}`{}",
                        kind_name(image.kind), key,
                        copy ? ", and only custom images can be copied" : ""),
            fmt::format("remove `{}`", key));
  }
  for (const auto& [key, what] : {std::pair{"copy", "copied: it is in every region already"},
                                  std::pair{"share", "shared: everybody may launch from it"},
                                  std::pair{"destroyed", "destroyed by us: it is not ours"}}) {
    if (!r.has(key)) continue;
    r.ignore(key);
    r.error(r.key_place(key), fmt::format("a {} image cannot be {}", kind_name(image.kind), what),
            fmt::format("remove `{}`, or make a custom image", key));
  }
  image.make.reset();
  image.import.reset();
  image.renewal.reset();
  image.test.reset();
  image.exists_in.clear();
  for (std::size_t i = 0; i < world_.regions.size(); ++i) image.exists_in.emplace_back(i);
}

/// Who else made it and who else may use it.
void WorldReader::read_risk_and_shares(Reader& r, model::Image& image) const {
  const auto compromised = object<int>([&image](Reader& c) {
    image.compromised = c.required(
        "chance", probability(),
        "chance that somebody has tampered with it: one draw for the image, found like a defect");
    image.compromise_cost = c.required(
        "cost", money(),
        "price of its discovery in service; a test that finds it before costs its work only");
    return 0;
  });
  (void)r.optional("compromised", compromised, "for an image from a source that nobody vetted");
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
    const bool there = is_in(image, result.region);
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
  if (shares) image.shares = *shares;
  std::set<std::string> accounts;
  for (const model::Image::Share& one : image.shares) accounts.insert(one.account);
  if (static_cast<std::int64_t>(accounts.size()) > limits_.accounts)
    r.error(
        r.place("share"),
        fmt::format("a custom image can be shared with {}, not {}",
                    plural(static_cast<std::size_t>(limits_.accounts), "account"), accounts.size()),
        fmt::format("where the provider allows more, write `limits: {{accounts: {}}}`",
                    accounts.size()));
  if (const auto destroyed =
          r.optional("destroyed", moment(),
                     "it is destroyed then, or, while it is shared, as soon as no share is left"))
    image.destroyed = *destroyed;
  for (const model::Image::Share& one : image.shares) {
    const bool stays = one.from < image.destroyed && image.destroyed < one.until;
    if (!stays || image.destroyed == kNever) continue;
    r.warning(r.place("destroyed"),
              fmt::format("an image that is shared cannot be destroyed: `{}` is shared with {} {}",
                          image.name, one.account,
                          one.until == kNever ? "to the end" : "longer than that"),
              "take the share back before: `until:` of the share");
  }
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
        : image.import
            ? Default{"5 %", Basis::judgement,
                      "no source; as many changes fail in the best organisations (DORA 2024)"}
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
  image.size_gb = r.defaulted(
      "size", gigabytes(),
      image.import ? Default{written_gigabytes(image.size_gb), Basis::neutral, "as it is imported"}
                   : Default{"50 GB", Basis::provider, "smallest system disk"},
      "what storing it is billed for, and what is copied");
  image.launch = r.defaulted(
      "launch", random_duration(),
      {context_.describing ? "3 min to 5 min" : launch_time_, Basis::neutral, "as `launch.time`"},
      "launch of one instance from it");
  read_tests_and_rebuilds(r, image);
  read_copy(r, image);
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

}  // namespace rollcast::scenario
