#pragma once

#include <map>
#include <set>
#include <string>

namespace retort {

/// Gives the nodes of a foreign file names that a Graph takes: printable UTF-8, not too long, each
/// once. A good name stays as it is.
class NodeNames {
 public:
  void reserve(const std::string& name) { taken_.insert(name); }
  void release(const std::string& name) { taken_.erase(name); }
  std::string unique(const std::string& wanted);

 private:
  std::set<std::string> taken_;
  std::map<std::string, int> last_number_;
};

}  // namespace retort
