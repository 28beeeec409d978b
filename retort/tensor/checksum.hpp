#pragma once

#include "retort/tensor/safetensors.hpp"

namespace retort {

/// Key of the checksum in the metadata.
inline constexpr const char* checksum_key = "retort.checksum";

/// 32 digits of all that the content says but the checksum itself; the order of the tensors is
/// none of it.
std::string checksum_of(const Safetensors& content);

/// Puts a checksum of all that the content says (metadata, names, types, shapes, bytes) into its
/// metadata.
void add_checksum(Safetensors& content);

/// Throws Error (model) when the content does not fit the checksum in its metadata. Content that
/// carries none passes: files of other programs have no such key.
void check_checksum(const Safetensors& content, const Path& path);

}  // namespace retort
