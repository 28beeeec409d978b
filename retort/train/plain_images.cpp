#include "retort/train/plain_images.hpp"

#include <algorithm>

namespace retort {

bool PlainImages::are_for(const std::string& teacher) const {
  return std::find(teachers.begin(), teachers.end(), teacher) != teachers.end();
}

std::vector<SampleKey> PlainImages::keys(const Batch& moved) const {
  std::vector<SampleKey> plain;
  for (const SampleKey& one : moved.keys) plain.push_back(key(one));
  return plain;
}

}  // namespace retort
