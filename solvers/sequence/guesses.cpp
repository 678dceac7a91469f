#include <algorithm>

#include <kindred/solvers/solver.hpp>

namespace kindred {
namespace {

struct NoParameters {
  static Schema<NoParameters> schema() { return {}; }
};

class ZeroGuess final : public Guess {
 public:
  void fill(const LinearSystem& /*system*/, std::span<double> guess, SequenceState& /*state*/) override { std::ranges::fill(guess, 0.0); }
  void observe(const LinearSystem& /*system*/, std::span<const double> /*solution*/, SequenceState& /*state*/) override {}
};

/// Keeps its vector in the state, so that a chain can go on in another process.
class PreviousGuess final : public Guess {
 public:
  void fill(const LinearSystem& /*system*/, std::span<double> guess, SequenceState& state) override {
    const auto found = state.arrays.find(name);
    if (found != state.arrays.end() && found->second.values.size() == guess.size()) {
      std::ranges::copy(found->second.values, guess.begin());
    } else {
      std::ranges::fill(guess, 0.0);
    }
  }
  void observe(const LinearSystem& /*system*/, std::span<const double> solution, SequenceState& state) override {
    auto& kept = state.arrays[name];
    kept.shape = {static_cast<Index>(solution.size())};
    kept.values.assign(solution.begin(), solution.end());
  }

 private:
  static constexpr const char* name = "previous_solution";
};

const Registration zero = plugin<Guess, NoParameters>("zero")
                              .summary("Start every solve from zero")
                              .doc(R"($$x_0 = 0$$

Every solution is a function of its own system alone: the same bytes for any number of workers and any order.)")
                              .source("elementary")
                              .example("[sequence]\nguess = \"zero\"\n")
                              .factory([](const NoParameters& /*p*/) { return std::make_unique<ZeroGuess>(); });

const Registration previous = plugin<Guess, NoParameters>("previous")
                                  .summary("Start from the last converged solution of the chain")
                                  .doc(R"($$x_0^{(i)} = x^{(i-1)}$$

Pays when neighbours in the chain are close (time steps, continuation, ordered samples); for independent samples the last solution
is hardly nearer than zero. Falls back to zero for the first system and when the size changes. A direct solver ignores it.)")
                                  .source("elementary")
                                  .example("[sequence]\nguess = \"previous\"\n")
                                  .factory([](const NoParameters& /*p*/) { return std::make_unique<PreviousGuess>(); });

}  // namespace
}  // namespace kindred
