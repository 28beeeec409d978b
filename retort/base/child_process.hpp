#pragma once

#include <string>
#include <vector>

namespace retort {

/// Runs a program to its end and returns what it wrote on stdout. When it ends with another exit
/// code than 0, throws Error with this code and what it wrote on stderr (without "retort: "); Error
/// (resources) when it cannot be started or was killed. A stop that is requested ends it too: Error
/// (interrupted).
std::string output_of(const std::vector<std::string>& command);

}  // namespace retort
