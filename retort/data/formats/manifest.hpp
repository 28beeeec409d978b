#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "retort/base/file.hpp"

namespace retort {

/// A row of a manifest: an image, its class ("": none), "train" or "test", and its pool ("": none).
struct ManifestRow {
  std::string path, label, split, pool = {};
};

/// Reads a list of images: CSV (RFC 4180) with a first line that names the columns path, label and
/// split, or JSON Lines, an object with these keys each, and pool where it is known; other columns
/// are left alone. Throws Error (data) with the line for what is none, a missing column or value, a
/// split that is no word of these two.
std::vector<ManifestRow> read_manifest(const Path& path);

}  // namespace retort
