#pragma once

#include <string>
#include <vector>

#include "retort/evaluate/answers.hpp"
#include "retort/result/soft_targets.hpp"

namespace retort {

/// The least and the most that a temperature may be: (0, 1e6], as in a distillation term.
inline constexpr double most_temperature = 1e6;

/// The soft targets of a data set at one temperature.
struct SoftTargetsAt {
  TemperatureStatistics statistics;
  double far_labels = 0;                        // of an image, on average
  std::vector<std::vector<double>> similarity;  // [label]: mean p; zeros for a class without images
};

/// Statistics of p = softmax(t / T) over the images of a data set (C classes), in double. k is the
/// teacher's answer, the first of the largest logits; means are over the images.
///
///   entropy_bits       mean H(p), H(p) = -sum_i p_i log2 p_i; entropy_share: divided by log2 C
///   off_top            mean 1 - p_k
///   spread             mean max_i p_i - min_i p_i
///   similarity         m_c = mean p over the images with the label c
///   bits_beyond_class  mean KL(p || r_label) in bits over the images that the teacher gets right,
///   r_c
///                      the mean p of those of class c: the mutual information of image and soft
///                      class where the label is known, without what its mistakes would add. It
///                      goes to 0 for low T (all hard) and for high T (all uniform)
///   negative_share     mean over the images of sum_{i != k} g_i / sum_i g_i
///   far_share          mean over the images of sum_{i far} g_i / sum_i g_i
///
/// g_i is the size of the distillation gradient at logit i. A student whose logits are off by e has
/// the gradient T p_i (e_i / T - sum_j p_j e_j / T) to first order in e. For independent errors of
/// one size, E g_i^2 is in proportion to
///   g_i^2 = p_i^2 ((1 - p_i)^2 + sum_{j != i} p_j^2);
/// for normal errors the share of g_i is that of E |gradient_i| exactly. As the gradients of an
/// image sum to 0, negative_share is at least 1/2; for a high T it goes to (C - 1) / C, and the
/// share of each label to 1 / C, as in matching logits. A label is far when it is negative
/// (i != k) and t_i < mean(t) - s, with s^2 = sum_i (t_i - mean(t))^2 / C (Hinton, Vinyals, Dean
/// 2015, section 2.1: a low temperature pays little attention to such logits).
///
/// Throws Error (usage) for fewer than two classes, Error (numeric) for a logit that is no number.
SoftTargetsAt soft_targets_at(const Answers& answers, double temperature);

/// For every class the pair of images that tells most, the largest lead first. Among the images of
/// the class that the teacher gets right, with p at T = 1, an image favours the wrong class a with
///   lead = p_a - max_{b != a, b != label} p_b   where that is > 0.
/// For every a the image with the largest lead stands for it; the pair are the two wrong classes
/// whose images have the largest leads. Its own lead is the smaller of the two, so neither image
/// favours its class by next to nothing. Which class is favoured does not depend on T. A class
/// without two such images has no pair. Of the images only index and label are filled in.
std::vector<TellingPair> telling_pairs(const Answers& answers);

/// The image whose H(p) at T = 1 is the median among those that the teacher gets right (among all,
/// where it gets none right).
int64_t typical_image(const Answers& answers);

/// What is asked of a teacher's soft targets.
struct SoftTargetQuestions {
  std::vector<double> temperatures;  // to show the images at
  double temperature = 0;            // the chosen one, one of these; 0: none
  std::vector<int64_t> images;       // to show; empty: the typical one
};

/// All of the above of a teacher's answers to a data set, with pixels. The statistics are taken at
/// further temperatures too, so that they can be drawn as curves from 0.5 to 100. Without a chosen
/// temperature the similarity is shown where bits_beyond_class is largest among `temperatures`.
SoftTargets soft_targets_of(const Answers& answers, const Dataset& dataset,
                            const SoftTargetQuestions& questions);

/// Says that distillation at this temperature teaches next to nothing, and which way to change it;
/// empty when it does not. Begins with "the soft targets at T = ...".
std::string pointless_temperature(const TemperatureStatistics& statistics, int64_t classes);

}  // namespace retort
