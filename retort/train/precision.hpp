#pragma once

namespace retort {

/// Whether this processor has instructions for products of bf16 numbers (AVX-512 BF16 or AMX).
/// Without them they are computed in another way, slower than fp32.
bool processor_multiplies_bf16();

}  // namespace retort
