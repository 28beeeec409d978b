#include "retort/tensor/named_tensors.hpp"

#include <ATen/core/grad_mode.h>
#include <fmt/format.h>

#include "retort/base/error.hpp"
#include "retort/tensor/shape.hpp"

namespace retort {

NamedTensors::NamedTensors(std::initializer_list<Row> rows) {
  for (const auto& [name, tensor] : rows) set(name, tensor);
}

const Tensor& NamedTensors::at(std::string_view name) const {
  if (const Tensor* tensor = find(name)) return *tensor;
  throw Error(ExitCode::model, fmt::format("no tensor '{}'{}", name, suggest(name, names())));
}

const Tensor* NamedTensors::find(std::string_view name) const {
  const auto place = places_.find(name);
  return place == places_.end() ? nullptr : &rows_[place->second].second;
}

void NamedTensors::set(std::string_view name, Tensor tensor) {
  const auto [place, is_new] = places_.try_emplace(std::string(name), rows_.size());
  if (is_new) {
    rows_.emplace_back(name, std::move(tensor));
  } else {
    rows_[place->second].second = std::move(tensor);
  }
}

void NamedTensors::erase(std::string_view name) {
  const auto place = places_.find(name);
  if (place == places_.end()) return;
  rows_.erase(rows_.begin() + static_cast<std::ptrdiff_t>(place->second));
  places_.clear();
  for (size_t i = 0; i < rows_.size(); ++i) places_[rows_[i].first] = i;
}

Names NamedTensors::names() const {
  Names result;
  for (const Row& row : rows_) result.push_back(row.first);
  return result;
}

void copy_values(const NamedTensors& from, const NamedTensors& to) {
  const at::NoGradGuard no_gradient;
  for (const auto& [name, target] : to) {
    const Tensor& source = from.at(name);
    if (source.sizes() != target.sizes() || source.scalar_type() != target.scalar_type()) {
      throw Error(
          ExitCode::model,
          fmt::format("tensor '{}': wanted {} of {}, got {} of {}", printable(name),
                      shape_text(target.sizes().vec()), at::toString(target.scalar_type()),
                      shape_text(source.sizes().vec()), at::toString(source.scalar_type())));
    }
    target.copy_(source);
  }
  for (const auto& [name, tensor] : from) {
    if (to.find(name) == nullptr) {
      throw Error(ExitCode::model, fmt::format("tensor '{}' has no place here", printable(name)));
    }
  }
}

}  // namespace retort
