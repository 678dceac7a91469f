#include <map>

#include <kindred/solvers/sequence/paths.hpp>
#include <kindred/solvers/solver.hpp>

namespace kindred {
namespace {

/// What all orderings of this file share: the features that they compare.
struct FeatureParameters {
  std::string features = "blocks";
  std::int64_t per_field = 64;

  [[nodiscard]] FeatureRequest request() const {
    static const std::map<std::string, FeatureRequest::Kind> kinds{{"parameters", FeatureRequest::Kind::parameters},
                                                                   {"blocks", FeatureRequest::Kind::blocks},
                                                                   {"spectrum", FeatureRequest::Kind::spectrum}};
    return {kinds.at(features), per_field};
  }
};

template <class P>
Parameter<P> per_field_parameter() {
  return parameter<P, std::int64_t>("per_field", &P::per_field)
      .range(1, 4096)
      .doc("At most so many numbers describe each input field: the largest power m^d, with d the field's dimension.");
}

template <class P>
Schema<P> feature_schema() {
  return {
      parameter<P, std::string>("features", &P::features)
          .choices({"parameters", "blocks", "spectrum"})
          .doc("What is compared: the swept parameters by their ranks; or the input fields (their logarithms, where they are positive) by "
               "their means over blocks of cells, or by their lowest cosine coefficients."),
      per_field_parameter<P>()};
}

struct GreedyParameters : FeatureParameters {
  std::int64_t chain = 20'000;

  static Schema<GreedyParameters> schema() {
    auto all = feature_schema<GreedyParameters>();
    all.push_back(parameter("chain", &GreedyParameters::chain)
                      .range(1, 1e9)
                      .doc("More samples than this are, unless 8 features or fewer describe them, cut along a Hilbert curve into groups no "
                           "larger, and each group is chained."));
    return all;
  }
};

struct SpectrumParameters {
  std::int64_t per_field = 64;
  static Schema<SpectrumParameters> schema() { return {per_field_parameter<SpectrumParameters>()}; }
};

struct HilbertParameters : FeatureParameters {
  std::int64_t components = 2;

  static Schema<HilbertParameters> schema() {
    auto all = feature_schema<HilbertParameters>();
    all.push_back(parameter("components", &HilbertParameters::components)
                      .range(1, 3)
                      .doc("Principal components of the features that the curve runs through."));
    return all;
  }
};

struct ClusterParameters : FeatureParameters {
  std::int64_t clusters = 0;
  std::int64_t seed = 0;

  static Schema<ClusterParameters> schema() {
    auto all = feature_schema<ClusterParameters>();
    all.push_back(parameter("clusters", &ClusterParameters::clusters)
                      .range(0, 1e6)
                      .doc("Number of clusters; 0: one per hundred samples, at most 64."));
    all.push_back(parameter("seed", &ClusterParameters::seed).at_least(0).doc("Of the random choice of the first centres."));
    return all;
  }
};

/// An order of paths.hpp with its parameters bound.
template <class Order>
class PathOrdering final : public Ordering {
 public:
  PathOrdering(FeatureRequest request, Order order) : request_(request), order_(std::move(order)) {}
  [[nodiscard]] std::vector<Index> order(MatrixView features) const override { return order_(features); }
  [[nodiscard]] FeatureRequest features() const override { return request_; }

 private:
  FeatureRequest request_;
  Order order_;
};

template <class Order>
std::unique_ptr<Ordering> make_ordering(FeatureRequest request, Order order) {
  return std::make_unique<PathOrdering<Order>>(request, std::move(order));
}

const Registration greedy =
    plugin<Ordering, GreedyParameters>("greedy")
        .summary("Each time the nearest sample not yet solved")
        .doc(R"($$\pi(0) = 0, \qquad \pi(i+1) = \arg\min_{j \notin \pi(0 \dots i)} \|f_j - f_{\pi(i)}\|_2$$

The nearest-neighbour chain over the samples' features f, exactly, by a k-d tree from which solved samples are removed; of equally near
samples the one with the lowest number. Pays with a guess that looks at the last systems, when few parameters move the samples:
with one parameter a chain's mean step is a small fraction of the distance of unordered samples, with a random field of many modes hardly
less than that distance.)")
        .source("H. Wang et al., Accelerating data generation for neural operators via Krylov subspace recycling, ICLR 2024, Algorithm 1")
        .example("[sequence]\nordering = { type = \"greedy\", features = \"parameters\" }\n")
        .factory([](const GreedyParameters& p) {
          return make_ordering(p.request(), [chain = p.chain](MatrixView features) { return greedy_order(features, chain); });
        });

const Registration nearest_in_spectrum =
    plugin<Ordering, SpectrumParameters>("nearest_in_spectrum")
        .summary("The greedy chain over the fields' lowest cosine coefficients")
        .doc(R"($$f_k = \int \log a(x)\, \cos(\pi k_1 x_1) \cdots \cos(\pi k_d x_d)\, dx, \qquad k_i < m$$

`greedy` with features = "spectrum": the distance between two samples is that of their input fields without the fine scales, at which
the solution hardly looks.)")
        .source("H. Wang et al., ICLR 2024, appendix E (truncated Fourier transform, then greedy)")
        .example("[sequence]\nordering = { type = \"nearest_in_spectrum\", per_field = 36 }\n")
        .factory([](const SpectrumParameters& p) {
          return make_ordering({FeatureRequest::Kind::spectrum, p.per_field}, [](MatrixView features) { return greedy_order(features); });
        });

const Registration hilbert =
    plugin<Ordering, HilbertParameters>("hilbert")
        .summary("Along a Hilbert curve through the samples' first principal components")
        .doc(R"($$\pi = \mathrm{argsort}_i\; H(V^T (f_i - \bar f))$$

with V the first principal axes of the features and H the position along the curve. Takes O(N log N) whatever the number of samples, and
cutting the order into equal pieces gives every worker a compact part of the family. Steps are longer than those of `greedy`.)")
        .source("C. Hamilton, A. Rau-Chaplin, Compact Hilbert indices, Information Processing Letters 105 (2008) 155-163")
        .example("[sequence]\nordering = { type = \"hilbert\", components = 3 }\n")
        .factory([](const HilbertParameters& p) {
          return make_ordering(p.request(), [c = p.components](MatrixView features) { return hilbert_order(features, c); });
        });

const Registration cluster =
    plugin<Ordering, ClusterParameters>("cluster")
        .summary("k-means clusters one after another, a greedy chain in each")
        .doc(R"($$\min_{c_1 \dots c_K} \sum_i \min_k \|f_i - c_k\|_2^2$$

Lloyd's iteration from a k-means++ start, deterministic for a given seed. For what is kept per neighbourhood (a preconditioner, a
recycle space): whole clusters are solved before the chain moves on.)")
        .source("S. Lloyd, IEEE Trans. Inf. Theory 28 (1982) 129-137; D. Arthur, S. Vassilvitskii, k-means++, SODA 2007")
        .example("[sequence]\nordering = { type = \"cluster\", clusters = 16 }\n")
        .factory([](const ClusterParameters& p) {
          const auto seed = static_cast<std::uint64_t>(p.seed);
          return make_ordering(p.request(), [c = p.clusters, seed](MatrixView features) { return cluster_order(features, c, seed); });
        });

}  // namespace
}  // namespace kindred
