#include "retort/train/train_settings.hpp"

namespace retort {

void TrainSettings::describe(FieldVisitor& visitor) {
  visitor.visit(
      {.name = "epochs", .help = "how often every image is seen", .range = Range::between(1, 1e6)},
      epochs);
  visitor.visit({.name = "batch", .help = "images a step", .range = Range::between(1, 1 << 20)},
                batch);
  visitor.visit(
      {.name = "micro_batch",
       .help = "images at once: gradients of the parts of a batch add up, which takes less "
               "memory and gives the same but for rounding (dropout draws other units, batch norm "
               "takes the means of a part); 0: the whole batch",
       .range = Range::between(0, 1 << 20)},
      micro_batch);
  visitor.visit({.name = "learning_rate",
                 .help = "the highest learning rate of the training",
                 .range = Range::above(0)},
                learning_rate);
  visitor.choice({.name = "optimiser", .help = "what makes a step of a gradient"}, optimiser);
  visitor.choice({.name = "schedule", .help = "how the learning rate changes"}, schedule);
  visitor.visit({.name = "warmup",
                 .help = "share of the steps over which the learning rate rises from 0",
                 .range = Range::between(0, 1)},
                warmup);
  visitor.visit({.name = "weight_decay",
                 .help = "pulls weights (never biases and norms) towards 0",
                 .range = Range::at_least(0)},
                weight_decay);
  visitor.visit({.name = "max_norm",
                 .help = "largest length of the weights coming into one unit; 0: no limit",
                 .range = Range::at_least(0)},
                max_norm);
  visitor.visit({.name = "clip_gradient",
                 .help = "largest norm of all gradients together; 0: no limit",
                 .range = Range::at_least(0)},
                clip_gradient);
  visitor.visit({.name = "precision",
                 .help = "of the matrix products while training, and of its teachers' "
                         "convolutions; weights, losses and everything that is measured are fp32",
                 .choices = {"fp32", "bf16"}},
                precision);
  visitor.list_of_tables({.name = "transforms",
                          .help = "changes to the images while training; teacher and student see "
                                  "the same ones"},
                         transforms);
  visitor.visit({.name = "views",
                 .help = "in how many versions made by the transforms each image is shown at most, "
                         "chosen by its number; few of them can be recorded. 0: all",
                 .range = Range::between(0, 1e6)},
                views);
  visitor.choice({.name = "mix",
                  .help = "how the images of a batch are mixed with each other, after the "
                          "transforms; teacher and student see the same mixture, and the labels "
                          "of both images count by their shares"},
                 mix);
}

}  // namespace retort
