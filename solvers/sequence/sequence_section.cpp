#include <kindred/solvers/sequence/sequence_section.hpp>

namespace kindred {

Schema<SequenceParameters> SequenceParameters::schema() {
  return {
      parameter("guess", &SequenceParameters::guess).plugin("guess").doc("Initial guess for the next system of a chain."),
      parameter("ordering", &SequenceParameters::ordering)
          .plugin("ordering")
          .doc("Order in which the samples of a chain are solved. Rows are stored by sample number whatever the order."),
  };
}

namespace {

const Registration sequence =
    section<SequenceParameters>("sequence")
        .summary("What is carried from one system to the next")
        .doc(R"(A worker solves its samples as one chain. A guess other than `zero` makes a solution depend, within
the solver's tolerance, on what was solved before it; with `zero` the same sample gives the same bytes whatever the number of
workers and the order.)")
        .example(R"([sequence]
guess = "previous"
)");

}  // namespace
}  // namespace kindred
