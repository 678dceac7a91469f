#include <kindred/apps/verbs/points/generate.hpp>

#include <algorithm>
#include <array>
#include <bit>
#include <memory>

#include <fmt/format.h>

#include <kindred/apps/verbs/points/sinks.hpp>
#include <kindred/apps/verbs/result_file.hpp>
#include <kindred/core/base/parallel.hpp>
#include <kindred/data/array.hpp>
#include <kindred/kernels/qmc/transforms/product.hpp>

namespace kindred::app::points {
namespace {

constexpr Index block_numbers = Index{1} << 20U;

/// Consecutive points of one replicate.
struct Block {
  Index replicate = 0;
  Index first = 0;  ///< from the first one wanted
  Index rows = 0;
};

/// Blocks of 2^k points that end at multiples of their length.
class Blocks {
 public:
  explicit Blocks(const Plan& plan)
      : length_(static_cast<Index>(std::bit_floor(static_cast<std::uint64_t>(std::max<Index>(1, block_numbers / plan.dimensions))))),
        begin_(plan.first),
        end_(plan.first + plan.count),
        each_((end_ - 1) / length_ - begin_ / length_ + 1),
        replicates_(plan.randomization.replicates) {}

  [[nodiscard]] Index count() const { return each_ * replicates_; }
  [[nodiscard]] Block operator[](Index k) const {
    const Index block = begin_ / length_ + k % each_;
    const Index first = std::max(begin_, block * length_);
    return {k / each_, first - begin_, std::min(end_, (block + 1) * length_) - first};
  }

 private:
  Index length_;
  Index begin_;
  Index end_;
  Index each_;  ///< replicate
  Index replicates_;
};

/// Makes blocks of points, replicates in their order: only one is kept ready.
class Generator {
 public:
  Generator(const Plan& plan, int threads) : plan_(plan), threads_(threads) {
    if (plan.marginals.size() == 1) {
      measure_ = std::make_unique<qmc::ProductMeasure>(plan.marginals.front(), plan.dimensions);
    } else if (!plan.marginals.empty()) {
      measure_ = std::make_unique<qmc::ProductMeasure>(plan.marginals);
    }
    prepare(0);
    const std::uint64_t most = sampler_->max_points();
    if (static_cast<std::uint64_t>(plan.first) + static_cast<std::uint64_t>(plan.count) > most) {
      throw InputError(fmt::format("points {} … {} are wanted, but {} {} has only {} of them", plan.first, plan.first + plan.count - 1,
                                   plan.sequence, plan.table.to_toml(), most));
    }
  }

  template <class T>
  void make(const Block& block, std::vector<T>& values) {
    prepare(block.replicate);
    values.resize(static_cast<std::size_t>(block.rows * plan_.dimensions));
    if (!measure_) {
      fill(block, std::span(values));
    } else if constexpr (std::is_same_v<T, double>) {
      fill(block, std::span(values));
      map(values);
    } else {
      doubles_.resize(values.size());
      fill(block, std::span(doubles_));
      map(doubles_);
      std::ranges::transform(doubles_, values.begin(), [](double x) { return static_cast<T>(x); });
    }
  }

 private:
  void prepare(Index replicate) {
    if (sampler_ && replicate == replicate_) {
      return;
    }
    qmc::Randomization one = plan_.randomization;
    one.first_replicate += static_cast<std::uint32_t>(replicate);
    one.replicates = 1;
    sampler_ = std::make_unique<qmc::Sampler>(plan_.ordered_set, one);
    replicate_ = replicate;
  }

  template <class T>
  void fill(const Block& block, std::span<T> values) {
    const auto first = static_cast<std::uint64_t>(plan_.first + block.first);
    const std::uint64_t last = first + static_cast<std::uint64_t>(block.rows);
    const qmc::FillOptions fill_options{.order = plan_.order, .centred = plan_.centred, .threads = threads_};
    if (plan_.shift.empty()) {
      sampler_->fill(values, first, last, fill_options);
      return;
    }
    words_.resize(values.size());
    sampler_->fill(std::span(words_), first, last, fill_options);
    const bool digitwise = std::holds_alternative<qmc::DigitalNet>(plan_.set);
    for (std::size_t k = 0; k < words_.size(); ++k) {
      const std::uint64_t shift = plan_.shift[k % plan_.shift.size()];
      values[k] = number<T>(digitwise ? words_[k] ^ shift : words_[k] + shift);
    }
  }

  template <class T>
  [[nodiscard]] T number(std::uint64_t word) const {
    if constexpr (std::is_same_v<T, double>) {
      return plan_.centred ? qmc::to_double_centred(word) : qmc::to_double(word);
    } else if constexpr (std::is_same_v<T, float>) {
      return plan_.centred ? qmc::to_float_centred(word) : qmc::to_float(word);
    } else {
      return static_cast<T>(word >> (64U - 8U * sizeof(T)));
    }
  }

  void map(std::vector<double>& values) const {
    const Index rows = static_cast<Index>(values.size()) / plan_.dimensions;
    const auto numbers = [&](Index row) { return static_cast<std::size_t>(row * plan_.dimensions); };
    parallel(rows, 1 + (Index{1} << 14U) / plan_.dimensions, threads_,
             [&](Index begin, Index end) { measure_->map(std::span(values).subspan(numbers(begin), numbers(end) - numbers(begin))); });
  }

  const Plan& plan_;
  int threads_;
  std::unique_ptr<const qmc::ProductMeasure> measure_;
  std::unique_ptr<const qmc::Sampler> sampler_;
  Index replicate_ = 0;
  std::vector<double> doubles_;
  std::vector<std::uint64_t> words_;
};

template <class T>
void generate_as(const Plan& plan, const Options& options, const Context& context) {
  Generator generator(plan, options.threads);
  const auto sink = open_sink<T>(plan, options, context);
  const Blocks blocks(plan);
  Progress progress(plan.count * plan.randomization.replicates, 0, context.quiet() || options.output == "-", "points");
  std::array<std::vector<T>, 3> slots;
  Counters counters;
  const auto compute = [&](Index k) { generator.make(blocks[k], slots[static_cast<std::size_t>(k % 3)]); };
  const auto store = [&](Index k) {
    const Block block = blocks[k];
    sink->write(block.replicate, block.first, block.rows, std::span<const T>(slots[static_cast<std::size_t>(k % 3)]));
    counters.done += block.rows;
    progress.update(counters);
  };
  data::pipeline(
      blocks.count(), [](Index) { stop_if_interrupted(); }, compute, store);
  sink->commit();
  progress.finish(counters);
}

template <class T>
nlohmann::json points_as(const Plan& plan, const Options& options) {
  constexpr double most = 1e6;
  if (static_cast<double>(plan.count) * plan.dimensions * plan.randomization.replicates > most) {
    throw InputError("more than a million numbers are too many for a JSON document: write them to a file, --output points.h5");
  }
  Generator generator(plan, options.threads);
  const Blocks blocks(plan);
  auto replicates = nlohmann::json::array();
  std::vector<T> values;
  for (Index k = 0; k < blocks.count(); ++k) {
    const Block block = blocks[k];
    if (block.first == 0) {
      replicates.push_back(nlohmann::json::array());
    }
    generator.make(block, values);
    for (auto row = values.begin(); row != values.end(); row += plan.dimensions) {
      replicates.back().push_back(std::vector<T>(row, row + plan.dimensions));
    }
  }
  return plan.randomization.replicates > 1 ? replicates : replicates.front();
}

}  // namespace

void generate(const Plan& plan, const Options& options, const Context& context) {
  if (options.precision == "float") {
    generate_as<float>(plan, options, context);
  } else if (options.precision == "u32") {
    generate_as<std::uint32_t>(plan, options, context);
  } else if (options.precision == "u64") {
    generate_as<std::uint64_t>(plan, options, context);
  } else {
    generate_as<double>(plan, options, context);
  }
}

nlohmann::json points_json(const Plan& plan, const Options& options) {
  return options.precision == "float" ? points_as<float>(plan, options)
         : options.precision == "u32" ? points_as<std::uint32_t>(plan, options)
         : options.precision == "u64" ? points_as<std::uint64_t>(plan, options)
                                      : points_as<double>(plan, options);
}

}  // namespace kindred::app::points
