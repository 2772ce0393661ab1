#pragma once
/// Reads the sections that make a World. One object of this class reads one strategy's tree (or the
/// scenario's own).
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "rollcast/model/rollout_presets.hpp"
#include "rollcast/model/scenario.hpp"
#include "rollcast/scenario/reader.hpp"

#include "graph.hpp"

namespace rollcast::scenario {

/// A number of instances, or a share of some whole.
struct Amount {
  bool is_share = false;
  double share = 0.0;
  std::int64_t count = 0;
};
/// "120", "95 %", "95 % of fleet".
[[nodiscard]] Value<Amount> amount();
[[nodiscard]] Value<model::RandomDuration> random_duration();
[[nodiscard]] Value<model::RandomEffort> random_work();
[[nodiscard]] Value<Probability> probability();

/// Stands for a name that could not be read.
inline constexpr std::size_t kNone = static_cast<std::size_t>(-1);

/// How a group is to be brought into service, as written.
struct DeploySpec {
  std::optional<std::string> image;
  std::optional<std::size_t> script;
  std::optional<std::size_t> staff;
  Place place;  ///< of the image's or the staff's name
};

/// What the provider allows besides the quotas of a region.
struct Limits {
  std::int64_t accounts = 50;  ///< that one custom image may be shared with
  double import_gb = 50.0, import_virtual_gb = 500.0;
};

/// Creating an image from an instance, unless something else is said.
inline const Default kCreation{"10 min to 15 min", Basis::provider,
                               "documented: 10 minutes or more; the upper end is a judgement"};
inline constexpr std::string_view kCreationMeaning = "creating the image from the instance";

class WorldReader {
 public:
  /// `root` reads the tree whose sections make the World; it must outlive this object.
  explicit WorldReader(Reader& root);
  WorldReader(const WorldReader&) = delete;
  WorldReader& operator=(const WorldReader&) = delete;

  /// Where to point when something is missing that each strategy states for itself.
  void blame(const Place& strategy) { strategy_ = strategy; }
  /// Reads everything and checks what belongs together. Without `deploy_due`, a world without
  /// `deploy:` is complete.
  model::World read(bool deploy_due);

 private:
  void read_regions();
  void read_staff();
  void read_software();
  void read_manual();
  void read_launch();
  void read_scripts();
  void read_fleet();
  void read_limits();
  void read_network();
  void read_images();
  void read_drift_and_patches();
  void read_failures();
  void read_outages();
  void read_costs();
  void read_discounts();
  void read_deploy(bool due);
  void read_update();
  void read_rollout();
  void read_backup();
  void read_recover();

  /// The batches, or the tool's policy, as written.
  struct Steps {
    std::vector<Amount> steps;
    std::string form = "batches";
    Place place;
    std::optional<model::policy::Policy> tool;
    std::optional<std::size_t> on_stop;  ///< 0: keep, 1: roll back
  };
  [[nodiscard]] model::Rollout rollout(Reader& r, Steps& steps, bool& readable) const;
  [[nodiscard]] Steps read_steps(Reader& r) const;
  void read_approval(Reader& r, model::Rollout& rollout) const;
  void read_health(Reader& r, bool measured, model::Rollout& rollout) const;
  void read_windows(Reader& r, model::Rollout& rollout) const;
  static void refuse_beside_tool(Reader& r, const std::string& tool);
  [[nodiscard]] model::policy::FleetShape fleet_shape(model::ImageId only) const;
  [[nodiscard]] bool tool_fits(const Steps& written, const model::policy::FleetShape& shape);
  [[nodiscard]] model::Rollout resolved(const Steps& written, const model::Rollout& said,
                                        const model::policy::FleetShape& shape) const;
  void plan_new_versions(const Steps& written, const model::Rollout& said);
  [[nodiscard]] bool update_names_image() const;
  [[nodiscard]] Value<std::vector<Keyed<std::size_t, std::size_t>>> images_by_group() const;
  [[nodiscard]] bool check_running(const model::Update& update, const Place& place);
  /// Instances of a zone that exist at least beside the region's `instances` while they are
  /// replaced.
  [[nodiscard]] std::int64_t surplus(std::int64_t instances, model::RegionId region) const;
  void check_rollout(const Steps& written);
  void check_cumulative(const Steps& written);
  [[nodiscard]] model::Recovery recovery(Reader& r, const Default& usual) const;

  [[nodiscard]] model::Region region(Reader& r) const;
  [[nodiscard]] model::Staff person(Reader& r) const;
  [[nodiscard]] WorkHours hours(Reader& r) const;
  [[nodiscard]] model::Component component(Reader& r) const;
  [[nodiscard]] model::Group group(Reader& r);
  void read_prices(Reader& r, model::Group& group) const;
  [[nodiscard]] model::Image image(Reader& r) const;
  [[nodiscard]] model::Outage outage(Reader& r) const;
  [[nodiscard]] model::Discount discount(Reader& r) const;
  [[nodiscard]] Value<model::Standby> standby() const;
  void read_backup_copy(Reader& r, model::Backup& backup) const;
  void check_border(Reader& c, model::RegionId to) const;
  void find_backup_routes(Reader& c, model::Backup& backup) const;
  void check_snapshots(Reader& r, std::int64_t keep) const;
  void read_people_of(Reader& r, model::Component& component) const;
  void read_risk_and_shares(Reader& r, model::Image& image) const;
  void read_origin(Reader& r, model::Image& image) const;
  static void refuse_for_shared(Reader& r, model::Image& image);
  void refuse_for_everywhere(Reader& r, model::Image& image) const;
  void check_making(Reader& r, model::Image& image) const;
  int making(Reader& r, model::Image& image) const;
  int importing(Reader& r, model::Image& image) const;
  static void read_creation(Reader& r, model::Image& image, std::string_view key,
                            const Default& usual, std::string_view meaning);
  static void read_test_of_creation(Reader& r, model::Image& image, model::StaffId by);
  void read_tests_and_rebuilds(Reader& r, model::Image& image) const;
  void read_rebuild(Reader& b, model::Image& image, bool own, bool built) const;
  void read_copy(Reader& r, model::Image& image) const;
  void find_routes(Reader& r, model::Image& image) const;
  [[nodiscard]] std::vector<Line> lines() const;
  [[nodiscard]] static bool is_copied_to(const model::Image& image, model::RegionId region);
  [[nodiscard]] bool reachable(const model::Image& image, model::RegionId target) const;
  [[nodiscard]] model::Link link(Reader& r) const;
  void add_public_images();
  [[nodiscard]] Value<DeploySpec> deploy_spec() const;
  void deploy_group(std::size_t group, const DeploySpec& spec);
  void check_fits(const model::Group& group, const model::Image& image, const Place& place);

  void check_software();
  void check_waits();
  void check_images();
  void check_quotas();
  void check_image_quotas();
  /// Places of a region's quota of images: images, and backups of so many sources, kept of each and
  /// taken of each up to the one that is made beside those kept.
  struct ImagePlaces {
    std::int64_t images, sources, kept, taken;
  };
  void report_image_quota(std::size_t region, const std::vector<std::string>& names,
                          const ImagePlaces& due);
  [[nodiscard]] std::int64_t places_of(std::size_t image, model::RegionId region) const;
  [[nodiscard]] std::int64_t times(Duration first, Duration every, std::int64_t most) const;
  [[nodiscard]] std::string fitting(const model::Group& group) const;
  void check_storage();
  void check_recover();
  void check_failover();
  void check_room(const model::Region& there);

  [[nodiscard]] std::int64_t fleet_size() const;
  [[nodiscard]] bool manual_work() const;

  Reader& root_;
  Context& context_;
  Place strategy_;
  Names regions_;
  Names staff_;
  Names software_;
  Names groups_;
  Names images_;
  Names scripts_;
  std::vector<model::Script> script_list_;
  Limits limits_;
  /// `after:` of the groups, until all groups are known.
  struct PendingWait {
    std::size_t group;
    std::size_t other;
    Amount ready;
    Place place;
  };
  std::vector<PendingWait> waits_;
  std::string launch_time_;  ///< as written, for images that have none of their own
  std::string copy_time_;
  bool places_good_ = true;  ///< regions and fleet were read without errors
  bool images_good_ = true;
  std::vector<Place> region_places_;
  std::vector<Place> group_places_;
  std::vector<Place> image_places_;
  std::vector<bool> storage_priced_;  ///< a region's storage has a price
  model::World world_;
};

}  // namespace rollcast::scenario
