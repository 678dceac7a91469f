// A plugin as a user writes one: its own field, registered when the shared object is loaded.
#include <kindred/core/registry/plugins.hpp>

#include "../toy_registry_kinds.hpp"

KINDRED_PLUGIN()

namespace {

struct Checkerboard {
  double contrast = 4.0;
  static kindred::Schema<Checkerboard> schema() {
    return {kindred::parameter("contrast", &Checkerboard::contrast).doc("Ratio of the two values.").above(0.0)};
  }
};

const kindred::Registration checkerboard =
    kindred::plugin<toy::Field, Checkerboard>("checkerboard")
        .summary("Two values in a checkerboard")
        .factory([](const Checkerboard& p, double scale) { return std::make_unique<toy::Field>(toy::Field{p.contrast * scale}); });

}  // namespace
