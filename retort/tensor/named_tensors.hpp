#pragma once

#include <ATen/core/Tensor.h>

#include <initializer_list>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace retort {

using Tensor = at::Tensor;
/// Names of tensors, in the order asked for.
using Names = std::vector<std::string>;

/// A table name -> tensor, in the order in which the rows were added.
class NamedTensors {
 public:
  using Row = std::pair<std::string, Tensor>;

  NamedTensors() = default;
  NamedTensors(std::initializer_list<Row> rows);

  /// Throws Error (model) that lists the nearest or all names when there is none of this name.
  const Tensor& at(std::string_view name) const;
  /// The tensor of this name, or null.
  const Tensor* find(std::string_view name) const;
  /// Adds a row at the end, or replaces the tensor of this name.
  void set(std::string_view name, Tensor tensor);
  void erase(std::string_view name);

  size_t size() const { return rows_.size(); }
  bool empty() const { return rows_.empty(); }
  Names names() const;
  auto begin() const { return rows_.begin(); }
  auto end() const { return rows_.end(); }

 private:
  std::vector<Row> rows_;
  std::map<std::string, size_t, std::less<>> places_;  // in rows_
};

/// Copies values into the tensors of the same names. Throws Error (model) where names, types or
/// shapes differ.
void copy_values(const NamedTensors& from, const NamedTensors& to);

}  // namespace retort
