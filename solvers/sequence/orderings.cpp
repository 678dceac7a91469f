#include <numeric>

#include <kindred/solvers/solver.hpp>

namespace kindred {
namespace {

struct NoParameters {
  static Schema<NoParameters> schema() { return {}; }
};

class SampleOrder final : public Ordering {
 public:
  [[nodiscard]] std::vector<Index> order(MatrixView features) const override {
    std::vector<Index> identity(static_cast<std::size_t>(features.rows));
    std::iota(identity.begin(), identity.end(), Index{0});
    return identity;
  }
  [[nodiscard]] FeatureRequest features() const override { return {}; }
};

const Registration none = plugin<Ordering, NoParameters>("none")
                              .summary("Solve the samples in the order of their numbers")
                              .doc("$$\\pi(i) = i$$")
                              .source("elementary")
                              .example("[sequence]\nordering = \"none\"\n")
                              .factory([](const NoParameters& /*p*/) { return std::make_unique<SampleOrder>(); });

}  // namespace
}  // namespace kindred
