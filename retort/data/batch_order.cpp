#include "retort/data/batch_order.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "retort/base/error.hpp"

namespace retort {

EndlessOrder::EndlessOrder(std::vector<int64_t> indices, uint64_t seed, std::string_view purpose)
    : indices_(std::move(indices)), key_(seed, purpose) {}

std::vector<EndlessOrder::Place> EndlessOrder::places(int64_t first, int64_t count) const {
  std::vector<Place> places;
  const std::lock_guard lock(mutex_);
  for (int64_t place = first; place < first + count; ++place) {
    const int64_t pass = place / size();
    if (pass != pass_) {
      order_ = random_permutation(size(), key_.with(static_cast<uint64_t>(pass)));
      pass_ = pass;
    }
    const int64_t drawn = order_[static_cast<size_t>(place % size())];
    places.push_back({indices_[static_cast<size_t>(drawn)], pass});
  }
  return places;
}

BatchOrder::Mixture BatchOrder::mixture(const Dataset& dataset, int64_t batch_size,
                                        double labelled_share) {
  Mixture mixture;
  for (int64_t index = 0; index < dataset.size(); ++index) {
    const bool apart = labelled_share > 0 && dataset.label(index) != no_label;
    (apart ? mixture.labelled : mixture.main).push_back(index);
  }
  const bool all_have_one = mixture.main.empty();  // nothing to mix: as they come
  if (all_have_one) std::swap(mixture.main, mixture.labelled);
  const auto unlabelled = static_cast<int64_t>(mixture.main.size());
  if (labelled_share > 0 && !all_have_one) {
    if (mixture.labelled.empty() || batch_size < 2) {
      throw Error(
          ExitCode::usage,
          fmt::format("labelled_share: wanted images with a label and batches of 2 or more, "
                      "got {} such images and batches of {}",
                      mixture.labelled.size(), batch_size));
    }
    const auto share = std::llround(labelled_share * static_cast<double>(batch_size));
    mixture.labelled_in_batch = std::clamp<int64_t>(share, 1, batch_size - 1);
  }
  mixture.main_in_batch = std::min(batch_size - mixture.labelled_in_batch, unlabelled);
  if (mixture.main_in_batch < 1) {
    throw Error(
        ExitCode::usage,
        fmt::format(
            "batches: wanted 1 or more of 1 or more images, got batches of {} out of {} images",
            batch_size, dataset.size()));
  }
  return mixture;
}

BatchOrder::BatchOrder(const Dataset& dataset, int64_t batch_size, uint64_t seed,
                       double labelled_share)
    : BatchOrder(dataset, seed, mixture(dataset, batch_size, labelled_share)) {}

BatchOrder::BatchOrder(const Dataset& dataset, uint64_t seed, Mixture mixture)
    : seed_(seed),
      views_(static_cast<uint64_t>(dataset.views())),
      labelled_in_batch_(mixture.labelled_in_batch),
      main_in_batch_(mixture.main_in_batch),
      labelled_(std::move(mixture.labelled), seed, "labelled order"),
      main_(std::move(mixture.main), seed, "order") {}

std::vector<SampleKey> BatchOrder::keys_of_step(int64_t step) const {
  std::vector<SampleKey> keys;
  const auto add = [&](const EndlessOrder::Place& place, const RandomKey& views) {
    const RandomKey pass = views.with(static_cast<uint64_t>(place.pass));
    Random random(pass.with(static_cast<uint64_t>(place.index)));
    keys.push_back({place.index, static_cast<int64_t>(random.below(views_))});
  };
  const RandomKey labelled_views(seed_, "labelled view"), views(seed_, "view");
  for (const auto& place : labelled_.places(step * labelled_in_batch_, labelled_in_batch_)) {
    add(place, labelled_views);
  }
  const int64_t epoch = step / steps_per_epoch();
  const int64_t first = epoch * main_.size() + step % steps_per_epoch() * main_in_batch_;
  for (const auto& place : main_.places(first, main_in_batch_)) add(place, views);
  return keys;
}

}  // namespace retort
