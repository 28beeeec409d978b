#pragma once

#include <utility>
#include <vector>

#include "retort/evaluate/answers.hpp"

namespace retort {

/// The share of the images that a class should get: (class index, share), for some classes or all.
using Prior = std::vector<std::pair<int64_t, double>>;

/// Reads a prior: the one word "uniform", or "CLASS=SHARE" for each class that has one. Throws
/// Error (usage) for a class that is not there or stands there twice, a share outside (0, 1),
/// shares of all classes that do not sum to 1 or of some that reach 1.
Prior read_prior(const std::vector<std::string>& words, const Classes& classes);

/// Mean probability of every class at T = 1 over the images, with biases added to the logits.
/// logits: [N, C].
std::vector<double> mean_probabilities(const Tensor& logits, const std::vector<double>& biases);

/// The biases b with  mean over the images of softmax(z + b)_c = share_c  for the classes of the
/// prior, 0 for the others: no label is needed. (Where Hinton, Vinyals, Dean 2015, section 3,
/// choose the bias of a class that the transfer set left out on the test set.) logits: [N, C]. They
/// minimise a convex function, so there is one answer; where all classes have a share, they are
/// fixed up to a constant and sum to 0.
std::vector<double> fit_biases(const Tensor& logits, const Prior& prior);

/// The fewest errors that one common bias on these classes could reach, chosen with the labels of
/// the very images it is measured on: a bound to compare with, never a result.
struct BiasBound {
  double bias = 0;
  int64_t errors = 0;
};
BiasBound best_common_bias(const Answers& answers, const std::vector<int64_t>& classes);

}  // namespace retort
