/// The provider's limits, the network between regions, and what becomes of images over time: tests,
/// new versions, patches, drift.
#include <fmt/format.h>

#include <algorithm>

#include "graph.hpp"
#include "image_words.hpp"
#include "rollcast/base/units.hpp"
#include "world_reader.hpp"

namespace rollcast::scenario {

using model::ImageKind;

void WorldReader::read_limits() {
  const auto limits = object<int>([this](Reader& r) {
    const auto gb = [](double size) { return written_gigabytes(size); };
    limits_.accounts = r.defaulted(
        "accounts", count(0),
        {std::to_string(limits_.accounts), Basis::provider, "documented; since 2024 it is 500"},
        "accounts that one custom image may be shared with");
    limits_.import_gb = r.defaulted("import size", gigabytes(),
                                    {gb(limits_.import_gb), Basis::provider, "documented"},
                                    "real size of a file that is imported as an image");
    limits_.import_virtual_gb =
        r.defaulted("import virtual size", gigabytes(),
                    {gb(limits_.import_virtual_gb), Basis::provider, "documented"},
                    "virtual size of a file that is imported as an image");
    return 0;
  });
  (void)root_.optional("limits", limits, "what the provider allows besides the quotas of a region");
}

model::Link WorldReader::link(Reader& r) const {
  model::Link link;
  const auto ends = r.required("between", list_of(reference(regions_)), "the two regions it joins");
  if (ends.size() == 2) {
    link.one = model::RegionId{ends[0]};
    link.other = model::RegionId{ends[1]};
  }
  const Node* written = r.node().find("between");
  const bool two = written == nullptr || !written->is_list() || written->items.size() == 2;
  if (!two || (ends.size() == 2 && ends[0] == ends[1]))
    r.error(r.place("between"), "a link joins two regions",
            "write it as in `between: [ap-seoul, ap-tokyo]`");
  link.gb_per_second =
      r.required("bandwidth", bandwidth(), "what it carries, both ways together", 1.0);
  link.gb_per_second_of_a_copy =
      r.optional("per copy", bandwidth(), "most that one copy gets of it");
  link.price_per_gb = r.optional("price", money("GB"), "price of what passes over it")
                          .value_or(world_.network.price_per_gb);
  const bool known = link.one.valid() && link.other.valid() && places_good_;
  if (known &&
      world_.regions[link.one].in_mainland_china != world_.regions[link.other].in_mainland_china)
    r.error(r.place("between"),
            fmt::format("no copy passes between {} and {}: copies between mainland China and "
                        "elsewhere are not self-service",
                        world_.regions[link.one].name, world_.regions[link.other].name),
            "join regions of the same side only");
  return link;
}

void WorldReader::read_network() {
  const auto schema = [] {
    Json either;
    either["anyOf"] =
        Json::array({{{"type", "integer"}, {"minimum", 1}}, {{"const", "unlimited"}}});
    return either;
  };
  const auto tasks = scalar<std::optional<std::int64_t>>(
      "a whole number or `unlimited`", schema,
      [](Context&, std::string_view text) -> tl::expected<std::optional<std::int64_t>, TextError> {
        if (text == "unlimited") return std::optional<std::int64_t>{};
        const auto number = parse_count(text);
        if (!number) return tl::make_unexpected(number.error());
        if (*number >= 1) return std::optional<std::int64_t>{*number};
        return tl::make_unexpected(TextError{0, text.size(), "no copy would ever be made",
                                             "write `1` or more, or `unlimited`"});
      });
  const auto network = object<int>([this, &tasks](Reader& r) {
    model::Network& plan = world_.network;
    plan.tasks = r.defaulted(
        "tasks", tasks,
        {"unlimited", Basis::neutral, "no limit is documented; the 10-30 min contain the queue"},
        "copy tasks of the account that may be under way at once; the others queue");
    plan.price_per_gb = r.defaulted("price", money("GB"),
                                    {fmt::format("0 {} per GB", context_.currency), Basis::provider,
                                     "documented: copying across regions is free"},
                                    "price of copying an image to another region");
    if (r.has("links") || context_.describing)
      plan.shared =
          r.defaulted("copies", word_of("how copies use a link", {"share", "queue"}),
                      {"share", Basis::judgement, "no source; as most networks do"},
                      "copies on one link share its bandwidth evenly, or queue for it") == 0;
    plan.links =
        r.optional("links", list_of(object<model::Link>([this](Reader& l) { return link(l); })),
                   "lines between regions; images are copied along the quickest way")
            .value_or(std::vector<model::Link>{});
    return 0;
  });
  (void)root_.section("network", network, "what copies between regions have to share");
  const bool links = !world_.network.links.empty();
  if (links && root_.has("copy") && !context_.describing)
    root_.error(root_.key_place("copy"),
                "how long a copy takes follows from the links of the `network`",
                "remove `copy`, or state it for the images that it is known of");
}

/// How long copies of the image take, and by which way.
void WorldReader::read_copy(Reader& r, model::Image& image) const {
  if (image.kind != ImageKind::custom && !context_.describing) return;
  const std::string meaning = "one copy of it to another region";
  if (!world_.network.links.empty() && !r.has("copy")) {
    find_routes(r, image);
    return;
  }
  image.copy = r.defaulted(
      "copy", random_duration(),
      {context_.describing ? "10 min to 30 min" : copy_time_, Basis::neutral, "as `copy`"},
      meaning);
}

/// The links with the time that a GB takes over each; empty where one of them is not readable.
std::vector<Line> WorldReader::lines() const {
  std::vector<Line> result;
  for (const model::Link& link : world_.network.links) {
    if (!link.one.valid() || !link.other.valid()) return {};
    const double rate =
        std::min(link.gb_per_second, link.gb_per_second_of_a_copy.value_or(link.gb_per_second));
    result.push_back({link.one.index(), link.other.index(), 1.0 / rate});
  }
  return result;
}

/// The quickest way of each copy from a region where the image is.
void WorldReader::find_routes(Reader& r, model::Image& image) const {
  const std::vector<Line> ways = lines();
  if (ways.empty()) return;  // told with the links
  std::vector<std::size_t> from;
  for (const model::RegionId region : image.exists_in)
    if (!is_copied_to(image, region)) from.push_back(region.index());
  for (model::ImageCopy& copy : image.copied_to) {
    if (!reachable(image, copy.to)) continue;  // told by check_images()
    const auto way = shortest_way(world_.regions.size(), ways, from, copy.to.index());
    if (way) {
      copy.route = *way;
      continue;
    }
    r.error(r.has("regions") ? r.place("regions") : r.place(),
            fmt::format("no link leads to {} from where `{}` is", world_.regions[copy.to].name,
                        image.name),
            "add a link to `network:`, or say how long the copy takes: `copy: 10 min to 30 min`");
  }
}

bool WorldReader::is_copied_to(const model::Image& image, model::RegionId region) {
  return std::any_of(image.copied_to.begin(), image.copied_to.end(),
                     [region](const model::ImageCopy& copy) { return copy.to == region; });
}

bool WorldReader::reachable(const model::Image& image, model::RegionId target) const {
  const bool mainland = world_.regions[target].in_mainland_china;
  return image.exists_in.empty() ||
         std::any_of(image.exists_in.begin(), image.exists_in.end(), [&](model::RegionId source) {
           return world_.regions[source].in_mainland_china == mainland;
         });
}

void WorldReader::read_tests_and_rebuilds(Reader& r, model::Image& image) const {
  const auto test = object<int>([this, &image](Reader& t) {
    model::ImageTest result;
    const std::size_t by = t.required("by", reference(staff_), "who tests it", kNone);
    if (by != kNone) result.by = model::StaffId{by};
    result.effort = t.defaulted("effort", random_work(),
                                {"4 work h", Basis::judgement, "no source; half a workday"},
                                "effort of testing a version");
    result.catches = t.defaulted("catches", probability(), {"80 %", Basis::judgement, "no source"},
                                 "chance that the test finds that a version is bad");
    if (result.by.valid()) image.test = result;
    return 0;
  });
  const bool built = image.make || image.import;
  const bool own = image.kind == ImageKind::custom;
  (void)r.optional("test", test,
                   "an image that exists is tested before anything is launched from it");
  if (built && r.has("test"))
    r.error(r.key_place("test"),
            fmt::format("the test of an image that is {} stands with its making",
                        image.make ? "made" : "imported"),
            fmt::format("write `test: 4 work h` under `{}`", image.make ? "make" : "import"));
  const auto rebuild = object<int>([this, &image, own, built](Reader& b) {
    read_rebuild(b, image, own, built);
    return 0;
  });
  (void)r.optional("rebuild", rebuild,
                   "new versions, on a cadence and when one is found to be bad");
  if (image.test && !image.renewal && !context_.describing)
    r.error(r.key_place("test"),
            fmt::format("the test may find that `{}` is bad, and nobody mends it then", image.name),
            own ? fmt::format("add `rebuild: {{by: {}}}`", staff_.names.front())
                : "add `rebuild: {takes: 5 d}`, the time its maker needs for a mended version");
}

void WorldReader::read_rebuild(Reader& b, model::Image& image, bool own, bool built) const {
  model::ImageRenewal result = image.renewal.value_or(model::ImageRenewal{});
  result.every = b.optional("every", elapsed(), "from the start of one rebuild to the next");
  if (result.every && *result.every <= Duration::zero()) {
    b.error(b.place("every"), "versions cannot follow each other without end",
            "write how often, as in `every: 30 d`");
    result.every.reset();
  }
  if (!own || context_.describing)
    result.takes = b.optional("takes", random_duration(),
                              "for another's image: from the day a version is found to be bad "
                              "until its maker has mended it; without it, never");
  const bool rolled_out = b.defaulted(
      "roll out", truth(),
      {"false", Basis::provider, "documented: what is launched already is not touched"},
      "a new version replaces what runs, in the steps of the `rollout`, once the fleet is there");
  if (rolled_out) result.rollout.emplace();  // its steps: plan_new_versions()
  if (own || context_.describing) {
    const std::string by_meaning = "who makes the versions of a custom image";
    if (!built && !context_.describing) {
      const std::size_t by = b.required("by", reference(staff_), by_meaning, kNone);
      if (by != kNone) result.by = model::StaffId{by};
    } else if (const auto by = b.optional("by", reference(staff_), by_meaning)) {
      result.by = model::StaffId{*by};
    }
    result.work = b.defaulted("work", random_work(),
                              {"4 work h", Basis::judgement, "no source; half a workday"},
                              "effort of updating or mending it");
    result.keep =
        b.defaulted("keep", count(1), {"2", Basis::judgement, "the newest, and one to go back to"},
                    "newest versions kept in each region");
    if (!built || context_.describing)
      read_creation(b, image, "create", kCreation, kCreationMeaning);
    if ((!built && !image.test) || context_.describing) {
      read_test_of_creation(b, image, result.by);
      if (image.test) image.test->first = false;
    }
    const std::vector<model::RegionId> there = image.exists_in;
    for (std::size_t other = 1; other < there.size(); ++other)
      image.copied_to.push_back({there[other], {}, true});
  }
  image.renewal = result;
}

void WorldReader::read_drift_and_patches() {
  const auto drift = object<model::Drift>([](Reader& r) {
    model::Drift result;
    const std::string meaning =
        "time from service entry or recovery until a server {} has "
        "drifted into a defect of its own; without it, none does";
    result.by_hand = r.optional("by hand", random_duration(),
                                fmt::format(fmt::runtime(meaning), "set up by hand"));
    result.from_image = r.optional("image", random_duration(),
                                   fmt::format(fmt::runtime(meaning), "launched from an image"));
    for (const auto& [key, length] :
         {std::pair{"by hand", &result.by_hand}, std::pair{"image", &result.from_image}}) {
      if (*length && (*length)->seconds.support().second <= 0.0) {
        r.error(r.place(key), "a server that drifts after 0 s never serves well",
                "write how long it stays as it was, as in `exponential(2000 d)`");
        length->reset();
      }
    }
    return result;
  });
  world_.drift = root_.optional("drift", drift, "how servers in service come to differ")
                     .value_or(model::Drift{});
  const std::string none = fmt::format("0 {} per instance h", context_.currency);
  const auto patches = object<std::optional<model::Patches>>([&none](Reader& r) {
    model::Patches result;
    result.every = r.required("every", random_duration(), "from one security patch to the next");
    result.cost_per_hour = r.defaulted("cost", money("instance h"),
                                       {none, Basis::neutral, "being vulnerable costs nothing"},
                                       "price of an instance-hour served while a patch is missing");
    if (r.has("every") && result.every.seconds.support().second <= 0.0) {
      r.error(r.place("every"), "patches cannot follow each other without end",
              "write how often they come out, as in `exponential(14 d)`");
      return std::optional<model::Patches>{};
    }
    return std::optional<model::Patches>{result};
  });
  const auto read = root_.optional(
      "patches", patches,
      "security patches: an instance lacks those that came out after its image was made");
  if (read && root_.has("patches")) world_.patches = *read;
}

}  // namespace rollcast::scenario
