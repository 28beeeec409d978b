// How fast images become batches: images a second on one core.
#include <benchmark/benchmark.h>

#include "retort/data/batch_stream.hpp"
#include "retort/data/byte_images.hpp"
#include "retort/data/transforms.hpp"

namespace {

using namespace retort;

// 1,000 images of CIFAR's shape, through these transforms, in batches of 128.
void batches(benchmark::State& state, const std::vector<Transform>& transforms) {
  constexpr size_t count = 1000, elements = size_t{3} * 32 * 32;
  std::vector<uint8_t> pixels(count * elements);
  for (size_t i = 0; i < pixels.size(); ++i) pixels[i] = static_cast<uint8_t>(i * 2654435761U >> 9);
  const auto plain = std::make_shared<ByteImages>(Shape{3, 32, 32}, std::move(pixels),
                                                  std::vector<uint8_t>(count), Classes{"any"});
  BatchStream stream(transformed(plain, transforms), 128, /*seed=*/1);
  for ([[maybe_unused]] const auto& unused : state) benchmark::DoNotOptimize(stream.next());
  state.SetItemsProcessed(state.iterations() * 128);
}

const std::vector<Transform> crop_and_flip = {{Shift{.pixels = 4}}, {Flip{}}};

BENCHMARK_CAPTURE(batches, plain, {});
BENCHMARK_CAPTURE(batches, crop_and_flip, crop_and_flip);
BENCHMARK_CAPTURE(batches, resized_crop, {{ResizedCrop{}}});
BENCHMARK_CAPTURE(batches, colour_jitter, {{ColourJitter{.hue = 0.1}}});

}  // namespace
