#include "retort/experiment/experiment.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace retort {

void DataSettings::describe(FieldVisitor& visitor) {
  visitor.choice({.name = "format", .help = "what kind of files", .required = true}, format);
  visitor.table({.name = "fit", .help = "images of another size or colour, made to fit"}, fit);
  visitor.visit({.name = "validation",
                 .help = "training images held out to measure on while training, each class with "
                         "its share; 0: none",
                 .range = Range::at_least(0)},
                validation);
  visitor.visit(
      {.name = "labelled",
       .help = "how many training images keep their label, the classes in turn, chosen by "
               "the seed; teachers and twin see these alone, each as often as makes up "
               "for the rest, the student sees all. 0: all keep it",
       .range = Range::at_least(0)},
      labelled);
  visitor.visit({.name = "workers",
                 .help = "threads that make batches ahead; 0: the training makes them itself. The "
                         "bytes are the same",
                 .range = Range::between(0, 256)},
                workers);
}

void OtherSettings::describe(FieldVisitor& visitor) {
  visitor.choice({.name = "format", .help = "what kind of files", .required = true}, format);
  visitor.table({.name = "fit", .help = "images of another size or colour, made to fit [data]"},
                fit);
  visitor.visit(
      {.name = "measure",
       .help = "measure every model on its test images too; it has the classes of [data]"},
      measure);
}

void ImageSettings::describe(FieldVisitor& visitor) {
  visitor.visit(
      {.name = "from",
       .help = "data sets whose training images it sees: \"data\", or an [other.NAME]. Of "
               "others the student sees no label, and its twin none of them"},
      from);
  visitor.visit({.name = "classes",
                 .help = "only images of these classes, by name; none: all. The labels choose the "
                         "images, no loss sees them"},
                classes);
  visitor.visit({.name = "per_class",
                 .help = "how many images of each class, chosen by the seed; 0: all",
                 .range = Range::at_least(0)},
                per_class);
  visitor.visit({.name = "include_validation",
                 .help = "train on the validation images too; they then measure nothing for this "
                         "model"},
                include_validation);
  visitor.visit(
      {.name = "labelled_share",
       .help = "share of every batch of the student that are images with a label, which come round "
               "as often as they have to; an epoch is a pass over those without. 0, or where all "
               "have one: as they come",
       .range = Range::between(0, 1)},
      labelled_share);
  visitor.table({.name = "choose",
                 .help = "which images without a label the student is given, when its teachers are "
                         "there; those with a label stay"},
                choose);
}

void ChoiceSettings::describe(FieldVisitor& visitor) {
  visitor.visit(
      {.name = "teacher",
       .help = "a teacher whose largest probability is its confidence; none: nobody is asked"},
      teacher);
  visitor.visit(
      {.name = "per_class",
       .help = "how many of each class, by the teacher's answer, the surest first; 0: all",
       .range = Range::at_least(0)},
      per_class);
  visitor.visit(
      {.name = "confidence", .help = "the least confidence", .range = Range::between(0, 1)},
      confidence);
  visitor.visit({.name = "near_duplicates",
                 .help = "from which correlation of the pixels on an image is left out as good as "
                         "a test image; 1: none is",
                 .range = Range::between(0, 1)},
                near_duplicates);
}

void RecordingSettings::describe(FieldVisitor& visitor) {
  visitor.visit({.name = "recorded",
                 .help = "keep what it says on the disk and read it there the next time; auto: "
                         "where that is possible and takes at most 2 GB",
                 .choices = {"false", "true", "auto"}},
                recorded);
  visitor.visit({.name = "recording",
                 .help = "folder of the recording; else recordings/FINGERPRINT beside the run. "
                         "Without file, members, model and train it is the teacher itself"},
                folder);
  visitor.visit({.name = "recording_precision",
                 .help = "of the recorded numbers; fp32 has the bits of a live answer",
                 .choices = {"fp32", "fp16"}},
                precision);
  visitor.visit({.name = "recording_top",
                 .help = "keep this many of the largest logits and, of the others, their share at "
                         "the temperature of the distillation: for many classes. 0: all logits",
                 .range = Range::between(0, 1e6)},
                top);
}

void TeacherSettings::describe(FieldVisitor& visitor) {
  visitor.visit({.name = "file",
                 .help = "a trained model (.safetensors of retort, or .onnx) in place of model, "
                         "images and train"},
                file);
  visitor.visit({.name = "classes",
                 .help = "what its outputs are, in order: of a file that does not say it; of a "
                         "training the only classes that it knows and sees, for a merge"},
                classes);
  visitor.visit({.name = "rename",
                 .help = "names of the file's classes that are others in the data, "
                         "\"THEIRS=OURS\""},
                rename);
  visitor.table({.name = "normalise",
                 .help = "what was done to pixels before they went into the file's network, where "
                         "the file does not say it"},
                normalise);
  visitor.visit({.name = "accept_at_chance",
                 .help = "go on with a file, or a recording alone, that is right hardly more often "
                         "than guessing"},
                accept_at_chance);
  visitor.visit({.name = "members",
                 .help = "other teachers whose mean this one is, in place of model, images and "
                         "train"},
                members);
  visitor.visit({.name = "mean",
                 .help = "of what the members are averaged: their probabilities at the loss's "
                         "temperature, their logits, or the losses against each of them",
                 .choices = {std::string(mean_by_probabilities), std::string(mean_by_logits),
                             std::string(mean_by_losses)}},
                mean);
  visitor.table({.name = "views",
                 .help = "moved versions of an image, in each of which every member answers"},
                views);
  visitor.visit({.name = "plain_images",
                 .help = "it is asked of images as they are, while the student sees them through "
                         "its transforms"},
                plain_images);
  visitor.visit({.name = "follows_student",
                 .help = "it is the moving average of the student's weights, in place of model, "
                         "images and train"},
                follows_student);
  visitor.visit({.name = "decay",
                 .help = "the share of the average that a step leaves, smaller in the first steps; "
                         "0: the student as it is",
                 .range = Range::between(0, 1)},
                decay);
  recording.describe(visitor);
  visitor.visit({.name = "merge",
                 .help = "other teachers, each of some of the classes, of which this one is made, "
                         "in place of model, images and train"},
                merge);
  visitor.choice({.name = "rule", .help = "how they are merged"}, rule);
  visitor.visit({.name = "none",
                 .help = "the class of the data for what none of the merged teachers knows: the "
                         "images that are labelled so teach the student to say it"},
                none);
  visitor.visit({.name = "tells_apart",
                 .help = "teachers of a merge, and its class `none`: this network learns, or its "
                         "file knows, whose "
                         "training image it is; the rule gated asks it"},
                tells_apart);
  visitor.visit({.name = "seed",
                 .help = "of its weights, order, augmentation and dropout; 0: the experiment's",
                 .range = Range::at_least(0)},
                seed);
  visitor.visit({.name = "label_smoothing",
                 .help = "share of a label's mass that is spread over all classes",
                 .range = Range::between(0, 1)},
                label_smoothing);
  visitor.table({.name = "model", .help = "its network"}, model);
  visitor.table({.name = "images", .help = "which training images it sees"}, images);
  visitor.table({.name = "train", .help = "how it is trained"}, train);
}

bool TeacherSettings::is_trained_here() const {
  TeacherSettings training = *this;
  training.file.clear();
  training.classes.clear();
  training.normalise = {};
  training.accept_at_chance = false;
  training.rename.clear();
  training.members.clear();
  training.merge.clear();
  training.rule = {};
  training.none.clear();
  training.tells_apart.clear();
  training.mean = TeacherSettings{}.mean;
  training.views = {};
  training.plain_images = training.follows_student = false;
  training.decay = TeacherSettings{}.decay;
  training.recording = {};
  return settings_text(training) != settings_text(TeacherSettings{});
}

bool TeacherSettings::is_recording_alone() const {
  return !recording.folder.empty() && file.empty() && members.empty() && merge.empty() &&
         !follows_student && !is_trained_here();
}

void StudentSettings::describe(FieldVisitor& visitor) {
  visitor.table({.name = "model", .help = "its network", .required = true}, model);
  visitor.table({.name = "images", .help = "which training images student and twin see"}, images);
  visitor.table({.name = "train", .help = "how student and twin are trained"}, train);
}

void TwinSettings::describe(FieldVisitor& visitor) {
  visitor.visit({.name = "enabled", .help = "train the same network on labels alone beside it"},
                enabled);
}

void AdjustSettings::describe(FieldVisitor& visitor) {
  visitor.visit({.name = "name", .help = "names the adjusted student", .required = true}, name);
  visitor.visit({.name = "prior",
                 .help = "the share of all images that a class has, \"CLASS=SHARE\" for some "
                         "classes or all; or \"uniform\". Fitted on the training images without "
                         "their labels",
                 .required = true},
                prior);
}

void CheckpointSettings::describe(FieldVisitor& visitor) {
  visitor.visit({.name = "every_steps",
                 .help = "steps between two checkpoints of a training; 0: only at its end and when "
                         "interrupted",
                 .range = Range::at_least(0)},
                every_steps);
}

void Experiment::describe(FieldVisitor& visitor) {
  visitor.visit({.name = "name", .help = "names the run's folder; else: the file's name"}, name);
  visitor.visit({.name = "seed",
                 .help = "every random choice is a function of it",
                 .range = Range::at_least(1)},
                seed);
  visitor.table({.name = "data", .help = "the images", .required = true}, data);
  visitor.named_tables({.name = "other",
                        .help = "a further data set, under a name of your choice: to measure on, "
                                "and for images.from"},
                       others);
  visitor.named_tables({.name = "teacher", .help = "a teacher, under a name of your choice"},
                       teachers);
  visitor.table({.name = "student",
                 .help = "the network that is wanted; several are [student.NAME] each, and what "
                         "[student] says is for all of them",
                 .required = true},
                student);
  visitor.list_of_tables(
      {.name = "objective", .help = "the student's loss: the sum of these terms", .required = true},
      objective);
  visitor.table({.name = "twin", .help = "the student's network without a teacher, for comparison"},
                twin);
  visitor.list_of_tables(
      {.name = "adjust", .help = "the student with output biases that fit a prior"}, adjustments);
  visitor.list_of_tables({.name = "expect", .help = "bands that numbers of the run should fall in"},
                         expectations);
  visitor.table({.name = "checkpoints", .help = "from where a training that was stopped goes on"},
                checkpoints);
}

std::vector<std::string> Experiment::teacher_names() const {
  std::vector<std::string> names;
  for (const auto& teacher : teachers) names.push_back(teacher.first);
  return names;
}

std::string ExperimentFile::resolved_text() const {
  return settings_text(experiment);
}

std::vector<TermSettings> twin_objective(const Experiment& experiment) {
  CrossEntropyTerm labels;
  for (const TermSettings& settings : experiment.objective) {
    if (const auto* term = std::get_if<CrossEntropyTerm>(&settings.value)) labels = *term;
  }
  labels.weight = 1;
  return {TermSettings{labels}};
}

}  // namespace retort
