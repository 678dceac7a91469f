#pragma once

#include <memory>
#include <mutex>

#include <kindred/operators/fields/circulant_embedding.hpp>
#include <kindred/operators/fields/random_field.hpp>

namespace kindred {

struct CirculantEmbeddingParameters : CovarianceParameters {
  double mean = 0.0;
  std::vector<std::int64_t> multiples;
  double tolerance = 1e-12;
  std::string transform = "none";

  static Schema<CirculantEmbeddingParameters> schema();
};

/// A stationary Gaussian field, or the exponential of one, whose covariance between the cells' centres is the formula's up to `tolerance`:
/// a part of a field on the torus of its CirculantEmbedding.
class CirculantEmbeddingField final : public RandomField {
 public:
  explicit CirculantEmbeddingField(CirculantEmbeddingParameters parameters);
  ~CirculantEmbeddingField() override;

  /// One normal for every wave of the torus and one fast transform, 8 bytes a cell of the torus. The first draw on a grid also finds the
  /// embedding, which is kept for the next draws.
  /// @throws InputError as embed()
  void draw(const Grid& grid, const Sample& sample, std::string_view stream, std::span<double> values) const override;
  /// @throws InputError as embed()
  void require_drawable(const Grid& grid, Index count) const override;
  [[nodiscard]] Index leading_variables(const Grid& grid) const override;
  /// The mean of a Gaussian field, which every value is as likely below as above.
  [[nodiscard]] double reached_minimum(const Grid& grid) const override;
  /// The embedding that draws on this grid use. @throws InputError as embed()
  [[nodiscard]] CirculantEmbedding embedding(const Grid& grid) const;

 private:
  struct Prepared;
  [[nodiscard]] std::shared_ptr<const Prepared> prepared(const Grid& grid) const;

  CirculantEmbeddingParameters parameters_;
  mutable std::mutex mutex_;
  mutable std::shared_ptr<const Prepared> latest_;
};

}  // namespace kindred
