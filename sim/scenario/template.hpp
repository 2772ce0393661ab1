#pragma once
/// What a Template holds.
#include <string>

#include "rollcast/scenario/distributions.hpp"
#include "rollcast/scenario/parameters.hpp"
#include "rollcast/scenario/provenance.hpp"
#include "rollcast/scenario/tree.hpp"

namespace rollcast::scenario {

struct Template::Source {
  Node tree;
  std::string root_file;
  std::string name;
  TableLookup tables;
  Resolved resolved;  ///< the scenario as it was written, defaults included
};

}  // namespace rollcast::scenario
