#include "retort/experiment/estimate.hpp"

#include <ATen/ops/mm.h>
#include <ATen/ops/rand.h>

#include <algorithm>
#include <chrono>
#include <set>

#include "retort/experiment/plan_recording.hpp"
#include "retort/experiment/trained_model.hpp"

namespace retort {
namespace {

constexpr double share_of_products = 2;  // a step takes about twice its products' time

double measured_macs_per_second() {
  constexpr int64_t size = 512;
  const Tensor a = at::rand({size, size});
  at::mm(a, a);
  const auto start = std::chrono::steady_clock::now();
  std::chrono::duration<double> took{};
  double macs = 0;
  while (took.count() < 0.2) {
    at::mm(a, a);
    macs += static_cast<double>(size * size * size);
    took = std::chrono::steady_clock::now() - start;
  }
  return macs / took.count();
}

// Elements of all nodes' outputs for one sample: what a backward pass keeps.
int64_t values_of(const Graph& graph) {
  int64_t count = element_count(graph.input_shape());
  for (const Node& node : graph.nodes()) count += element_count(graph.shape(node.name));
  return count;
}

// What a student's recordings would take; the teachers' costs stand in `models`.
std::vector<std::string> recording_lines(const PlannedModel& student, const Estimate& so_far) {
  constexpr int64_t key_bytes = 16;
  std::vector<std::string> lines;
  for (const RecordedTeacher& one : student.recorded) {
    if (one.place.alone) continue;
    const int64_t number_bytes = one.place.precision == "fp16" ? 2 : 4;
    const RecordingForecast forecast =
        recording_forecast(*student.images_for(one.teacher), student.train.epochs,
                           numbers_of_a_row(student, one) * number_bytes + key_bytes);
    double seconds = 0;
    for (const ModelEstimate& model : so_far.models) {
      if (model.name != one.teacher) continue;
      seconds = static_cast<double>(forecast.rows) * static_cast<double>(model.cost.macs) *
                share_of_products / so_far.macs_per_second;
    }
    lines.push_back(forecast.line(one.teacher, seconds));
  }
  return lines;
}

Estimate estimated(const Plan& plan, double macs_per_second) {
  constexpr double float_bytes = 4;
  constexpr double copies = 4;  // weight, gradient, two moments
  constexpr double passes = 3;  // forward, and twice as much backward
  Estimate result;
  result.macs_per_second = macs_per_second;
  result.classes = plan.test->classes();
  result.warnings = plan.warnings();
  result.test_images = plan.test->size();
  result.validation_images = plan.validation ? plan.validation->size() : 0;
  for (const PlannedModel& model : plan.models) {
    ModelEstimate one{
        .name = model.name, .role = model.role, .input = plan.test->shape(), .cost = model.cost};
    if (!model.start.weights.empty()) one.start = model.start.report.text();
    one.bytes = float_bytes * static_cast<double>(one.cost.parameters);
    if (model.is_trained()) {
      const BatchOrder order(*model.images, model.train.batch, 1, model.labelled_share);
      const int64_t batch = order.batch_size();
      one.images = model.images->size();
      one.steps = model.train.epochs * order.steps_per_epoch();
      const int64_t at_once =
          model.train.micro_batch > 0 ? std::min(batch, model.train.micro_batch) : batch;
      const auto passed = static_cast<double>(one.steps * batch);
      double macs = (passes + static_cast<double>(model.averages.size())) * passed *
                    static_cast<double>(one.cost.macs);
      for (const ModelEstimate& other : result.models) {
        if (!any_reads(model.objective, other.name)) continue;
        const bool once = TeacherAnswers::asks_once(*model.images_for(other.name),
                                                    model.train.epochs, model.train.mix);
        const double asked = once ? static_cast<double>(one.images) : passed;
        macs += asked * static_cast<double>(other.cost.macs);
      }
      one.seconds = share_of_products * macs / result.macs_per_second;
      one.bytes = copies * one.bytes +
                  2 * float_bytes * static_cast<double>(at_once * values_of(model.graph));
    }
    for (std::string& line : recording_lines(model, result)) {
      result.recordings.push_back(std::move(line));
    }
    result.seconds += one.seconds;
    result.bytes = std::max(result.bytes, one.bytes);
    result.models.push_back(one);
  }
  const auto pixels = static_cast<double>(element_count(plan.test->shape()));
  int64_t images = result.test_images + result.validation_images;
  int64_t most = 0;
  for (const ModelEstimate& model : result.models) most = std::max(most, model.images);
  images += most;
  result.data_bytes = pixels * static_cast<double>(images);
  result.bytes += result.data_bytes;
  return result;
}

}  // namespace

Estimate estimate(const Plan& plan) {
  return estimated(plan, measured_macs_per_second());
}

SweepEstimate estimate(const Sweep& sweep) {
  const double macs_per_second = measured_macs_per_second();
  SharedData data;
  SweepEstimate result;
  std::set<std::string> trained;
  for (const SweepCell& cell : sweep.cells) {
    const Plan plan = make_plan(cell, data);
    Estimate one = estimated(plan, macs_per_second);
    for (size_t i = 0; i < plan.models.size(); ++i) {
      const PlannedModel& model = plan.models[i];
      if (!model.is_trained()) continue;
      const bool shared =
          model.role != "student" && !trained.insert(training_fingerprint(model, {})).second;
      if (shared) one.models[i].seconds = 0;
      result.trainings += shared ? 0 : 1;
      result.seconds += one.models[i].seconds;
    }
    result.bytes = std::max(result.bytes, one.bytes);
    result.cells.push_back(std::move(one));
  }
  return result;
}

}  // namespace retort
