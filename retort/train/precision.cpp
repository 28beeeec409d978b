#include "retort/train/precision.hpp"

#include <ATen/cpu/Utils.h>

namespace retort {

bool processor_multiplies_bf16() {
  const auto capabilities = at::cpu::get_cpu_capabilities();
  for (const char* name : {"avx512_bf16", "amx_bf16"}) {
    const auto found = capabilities.find(name);
    if (found != capabilities.end() && found->second.isBool() && found->second.toBool())
      return true;
  }
  return false;
}

}  // namespace retort
