#include "graph.hpp"

#include <algorithm>
#include <boost/graph/adjacency_list.hpp>
#include <boost/graph/depth_first_search.hpp>
#include <boost/graph/dijkstra_shortest_paths.hpp>
#include <boost/graph/topological_sort.hpp>
#include <iterator>

namespace rollcast::scenario {
namespace {

/// An edge leads from a thing to what it waits for.
using Graph = boost::adjacency_list<boost::vecS, boost::vecS, boost::directedS>;
using Edge = boost::graph_traits<Graph>::edge_descriptor;

Graph graph_of(const Dependencies& after) {
  Graph graph(after.size());
  for (std::size_t i = 0; i < after.size(); ++i) {
    for (const std::size_t before : after[i]) boost::add_edge(i, before, graph);
  }
  return graph;
}

/// Keeps the way from the root of the search, and the first way that closes on itself.
class CycleFinder : public boost::dfs_visitor<> {
 public:
  CycleFinder(std::vector<std::size_t>& way, std::vector<std::size_t>& cycle)
      : way_(way), cycle_(cycle) {}
  void discover_vertex(std::size_t vertex, const Graph&) { way_.push_back(vertex); }
  void finish_vertex(std::size_t, const Graph&) { way_.pop_back(); }
  void back_edge(Edge edge, const Graph& graph) {
    if (!cycle_.empty()) return;
    const std::size_t closing = boost::target(edge, graph);
    cycle_.assign(std::find(way_.begin(), way_.end(), closing), way_.end());
    cycle_.push_back(closing);
  }

 private:
  std::vector<std::size_t>& way_;
  std::vector<std::size_t>& cycle_;
};

/// Lines as a graph; each edge knows its length and which line it is.
struct LineOfEdge {
  double length = 0.0;
  std::size_t index = 0;
};
using Map = boost::adjacency_list<boost::vecS, boost::vecS, boost::undirectedS, boost::no_property,
                                  LineOfEdge>;

/// Notes the last edge of the shortest way to every place.
class LastEdges : public boost::dijkstra_visitor<> {
 public:
  explicit LastEdges(std::vector<std::optional<Map::edge_descriptor>>& last) : last_(last) {}
  void edge_relaxed(Map::edge_descriptor edge, const Map& map) {
    last_[boost::target(edge, map)] = edge;
  }

 private:
  std::vector<std::optional<Map::edge_descriptor>>& last_;
};

}  // namespace

std::optional<std::vector<std::size_t>> shortest_way(std::size_t places,
                                                     const std::vector<Line>& lines,
                                                     const std::vector<std::size_t>& from,
                                                     std::size_t to) {
  Map map(places);
  for (std::size_t index = 0; index < lines.size(); ++index)
    boost::add_edge(lines[index].one, lines[index].other, LineOfEdge{lines[index].length, index},
                    map);
  std::vector<double> length(places);
  std::vector<std::optional<Map::edge_descriptor>> last(places);
  boost::dijkstra_shortest_paths(map, to,
                                 boost::weight_map(boost::get(&LineOfEdge::length, map))
                                     .distance_map(length.data())
                                     .visitor(LastEdges{last}));
  std::optional<std::size_t> nearest;
  for (const std::size_t place : from)
    if (last[place] && (!nearest || length[place] < length[*nearest])) nearest = place;
  if (!nearest) return std::nullopt;
  std::vector<std::size_t> way;
  for (std::size_t at = *nearest; at != to; at = boost::source(*last[at], map))
    way.push_back(map[*last[at]].index);
  return way;
}

std::optional<std::vector<std::size_t>> find_cycle(const Dependencies& after) {
  std::vector<std::size_t> way;
  std::vector<std::size_t> cycle;
  boost::depth_first_search(graph_of(after), boost::visitor(CycleFinder{way, cycle}));
  if (cycle.empty()) return std::nullopt;
  return cycle;
}

std::vector<std::size_t> in_order(const Dependencies& after,
                                  const std::vector<std::size_t>& needed) {
  std::vector<std::size_t> order;
  const Graph graph = graph_of(after);
  boost::topological_sort(graph, std::back_inserter(order));
  std::vector<bool> wanted(after.size(), false);
  for (const std::size_t index : needed) wanted[index] = true;
  for (auto index = order.rbegin(); index != order.rend(); ++index) {
    if (!wanted[*index]) continue;
    for (const std::size_t before : after[*index]) wanted[before] = true;
  }
  std::erase_if(order, [&wanted](std::size_t index) { return !wanted[index]; });
  return order;
}

}  // namespace rollcast::scenario
