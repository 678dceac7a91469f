#include <kindred/operators/quantities/quantity.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <numbers>
#include <span>

#include <fmt/format.h>

namespace kindred {

struct QuantityPlan::Node {
  enum class Kind { number, mean, variance, deviation, sum, difference, product, quotient, power, negative };
  Kind kind = Kind::number;
  double number = 0.0;          ///< of `number`; the exponent of `power`
  std::size_t mean = 0;         ///< output whose mean it is, or that of the variance
  std::size_t mean_square = 0;  ///< output of the variance's square
  std::shared_ptr<const Node> left;
  std::shared_ptr<const Node> right;

  [[nodiscard]] Interval bounds(std::span<const double> lower, std::span<const double> upper) const;
  void mark(std::span<std::uint8_t> needed) const;
  /// Whether no mean is in it.
  [[nodiscard]] bool constant() const;
};

using Node = QuantityPlan::Node;

Interval Node::bounds(std::span<const double> lower, std::span<const double> upper) const {
  const auto of = [&](std::size_t output) { return Interval{lower[output], upper[output]}; };
  const auto variance = [&] {
    const Interval difference = of(mean_square) - power(of(mean), 2);
    return Interval{std::max(difference.low, 0.0), std::max(difference.high, 0.0)};
  };
  switch (kind) {
    case Kind::number:
      return {number, number};
    case Kind::mean:
      return of(mean);
    case Kind::variance:
      return variance();
    case Kind::deviation:
      return square_root(variance());
    case Kind::sum:
      return left->bounds(lower, upper) + right->bounds(lower, upper);
    case Kind::difference:
      return left->bounds(lower, upper) - right->bounds(lower, upper);
    case Kind::product:
      return left->bounds(lower, upper) * right->bounds(lower, upper);
    case Kind::quotient:
      return left->bounds(lower, upper) / right->bounds(lower, upper);
    case Kind::power:
      return power(left->bounds(lower, upper), static_cast<int>(number));
    case Kind::negative:
      return -left->bounds(lower, upper);
  }
  return Interval::all();
}

void Node::mark(std::span<std::uint8_t> needed) const {
  if (kind == Kind::mean || kind == Kind::variance || kind == Kind::deviation) {
    needed[mean] = 1;
  }
  if (kind == Kind::variance || kind == Kind::deviation) {
    needed[mean_square] = 1;
  }
  for (const auto& child : {left, right}) {
    if (child) {
      child->mark(needed);
    }
  }
}

bool Node::constant() const {
  const bool random = kind == Kind::mean || kind == Kind::variance || kind == Kind::deviation;
  return !random && (!left || left->constant()) && (!right || right->constant());
}

namespace {

constexpr std::array statistics = {"E", "Var", "Std", "P"};

bool is_statistic(const std::string& text, const FormulaName& name) {
  const std::string word = text.substr(name.begin, name.end - name.begin);
  return name.call && std::find(statistics.begin(), statistics.end(), word) != statistics.end();
}

}  // namespace

/// Recursive descent over the text of one quantity.
class QuantityParser {
 public:
  QuantityParser(const std::string& text, const SampleSymbols& symbols, QuantityPlan& plan) : text_(text), symbols_(symbols), plan_(plan) {}

  std::shared_ptr<const Node> parse() {
    auto root = sum();
    skip_blanks();
    if (at_ != text_.size()) {
      throw ExpressionError({at_, fmt::format("unexpected \"{}\"", text_.substr(at_, 1)), grammar});
    }
    return root;
  }

  /// The mean of a sample expression that stands at `offset` of the text.
  std::shared_ptr<const Node> mean(const std::string& expression, std::size_t offset, SampleOutput::Kind kind) {
    check(expression, offset);
    Node node;
    node.kind = Node::Kind::mean;
    node.mean = plan_.output(expression, kind);
    return std::make_shared<const Node>(node);
  }

 private:
  static constexpr const char* grammar =
      "a quantity joins E(...), Var(...), Std(...), P(... > ...) and numbers by + - * / ^; without any of them it is a mean";

  void skip_blanks() { at_ = std::min(text_.find_first_not_of(" \t\n", at_), text_.size()); }

  bool take(char c) {
    skip_blanks();
    if (at_ < text_.size() && text_[at_] == c) {
      ++at_;
      return true;
    }
    return false;
  }

  static std::shared_ptr<const Node> join(Node::Kind kind, std::shared_ptr<const Node> left, std::shared_ptr<const Node> right) {
    Node node;
    node.kind = kind;
    node.left = std::move(left);
    node.right = std::move(right);
    return std::make_shared<const Node>(std::move(node));
  }

  std::shared_ptr<const Node> sum() {
    auto left = product();
    for (;;) {
      if (take('+')) {
        left = join(Node::Kind::sum, left, product());
      } else if (take('-')) {
        left = join(Node::Kind::difference, left, product());
      } else {
        return left;
      }
    }
  }

  std::shared_ptr<const Node> product() {
    auto left = factor();
    for (;;) {
      if (take('*')) {
        left = join(Node::Kind::product, left, factor());
      } else if (take('/')) {
        left = join(Node::Kind::quotient, left, divisor());
      } else {
        return left;
      }
    }
  }

  std::shared_ptr<const Node> divisor() {
    skip_blanks();
    const std::size_t begin = at_;
    auto node = factor();
    if (node->constant() && (Interval{1.0, 1.0} / node->bounds({}, {})).empty()) {
      throw ExpressionError({begin, "division by zero", ""});
    }
    return node;
  }

  std::shared_ptr<const Node> factor() {
    if (take('-')) {
      return join(Node::Kind::negative, factor(), nullptr);
    }
    auto base = primary();
    if (!take('^')) {
      return base;
    }
    skip_blanks();
    const std::size_t begin = at_;
    const double exponent = number();
    if (exponent != std::floor(exponent) || exponent < 0.0 || exponent > 64.0) {
      throw ExpressionError({begin, "the exponent of a mean must be a whole number from 0 to 64", ""});
    }
    Node node;
    node.kind = Node::Kind::power;
    node.number = exponent;
    node.left = std::move(base);
    return std::make_shared<const Node>(std::move(node));
  }

  double number() {
    double value = 0.0;
    const auto [end, error] = std::from_chars(text_.data() + at_, text_.data() + text_.size(), value);
    if (error != std::errc()) {
      throw ExpressionError({at_, "a number or E(...), Var(...), Std(...), P(...) is missing here", grammar});
    }
    at_ = static_cast<std::size_t>(end - text_.data());
    return value;
  }

  std::shared_ptr<const Node> primary() {
    if (take('(')) {
      auto inner = sum();
      require_closed();
      return inner;
    }
    skip_blanks();
    const std::size_t begin = at_;
    for (const FormulaName& name : names_of_formula(text_)) {
      if (name.begin == begin) {
        return named(name);
      }
    }
    Node node;
    node.number = number();
    return std::make_shared<const Node>(node);
  }

  std::shared_ptr<const Node> named(const FormulaName& name) {
    const std::string word = text_.substr(name.begin, name.end - name.begin);
    if (is_statistic(text_, name)) {
      return statistic(name, word);
    }
    Node node;
    if (!name.call && (word == "pi" || word == "e")) {
      node.number = word == "pi" ? std::numbers::pi : std::numbers::e;
      at_ = name.end;
      return std::make_shared<const Node>(node);
    }
    throw ExpressionError({name.begin, fmt::format("\"{}\" differs from sample to sample: what is wanted of it?", word),
                           fmt::format("write E({0}) for its mean, Var({0}) for its variance", word + (name.call ? "(...)" : ""))});
  }

  std::shared_ptr<const Node> statistic(const FormulaName& name, const std::string& word) {
    const std::size_t begin = text_.find('(', name.end) + 1;
    const std::size_t end = closing(begin);
    const std::string expression = text_.substr(begin, end - begin);
    at_ = end + 1;
    if (word == "E") {
      return mean(expression, begin, SampleOutput::Kind::value);
    }
    if (word == "P") {
      if (expression.find_first_of("<>=!&|") == std::string::npos) {
        throw ExpressionError({begin, "P is the probability of a condition, and this is a number", "write P(max(u) > 0.1)"});
      }
      return mean(expression, begin, SampleOutput::Kind::indicator);
    }
    check(expression, begin);
    Node node;
    node.kind = word == "Var" ? Node::Kind::variance : Node::Kind::deviation;
    node.mean = plan_.output(expression, SampleOutput::Kind::value);
    node.mean_square = plan_.output(expression, SampleOutput::Kind::square);
    return std::make_shared<const Node>(node);
  }

  void require_closed() {
    if (!take(')')) {
      throw ExpressionError({at_, "a closing parenthesis is missing here", grammar});
    }
  }

  /// Position of the parenthesis that closes the one before `begin`.
  [[nodiscard]] std::size_t closing(std::size_t begin) const {
    int depth = 1;
    for (std::size_t i = begin; i < text_.size(); ++i) {
      depth += text_[i] == '(' ? 1 : text_[i] == ')' ? -1 : 0;
      if (depth == 0) {
        return i;
      }
    }
    throw ExpressionError({begin - 1, "this parenthesis is never closed", ""});
  }

  /// Compiles a sample expression to see whether it is one.
  void check(const std::string& expression, std::size_t offset) const {
    for (const FormulaName& name : names_of_formula(expression)) {
      if (is_statistic(expression, name)) {
        throw ExpressionError({offset + name.begin,
                               fmt::format("{} inside of another statistic", expression.substr(name.begin, name.end - name.begin)),
                               "join means outside: E(a) / E(b)"});
      }
    }
    try {
      static_cast<void>(SampleExpression(expression, symbols_));
    } catch (const ExpressionError& error) {
      ExpressionComplaint complaint = error.complaint();
      complaint.offset += offset;
      throw ExpressionError(std::move(complaint));
    }
  }

  const std::string& text_;
  const SampleSymbols& symbols_;
  QuantityPlan& plan_;
  std::size_t at_ = 0;
};

void QuantityPlan::add(const std::string& name, const std::string& text, const SampleSymbols& symbols) {
  const auto names = names_of_formula(text);
  QuantityParser parser(text, symbols, *this);
  const bool plain = std::none_of(names.begin(), names.end(), [&](const FormulaName& n) { return is_statistic(text, n); });
  auto root = plain ? parser.mean(text, 0, SampleOutput::Kind::value) : parser.parse();
  roots_.push_back(std::move(root));
  names_.push_back(name);
}

std::size_t QuantityPlan::output(const std::string& expression, SampleOutput::Kind kind) {
  const auto text = std::find(expressions_.begin(), expressions_.end(), expression);
  const auto number = static_cast<std::size_t>(text - expressions_.begin());
  if (text == expressions_.end()) {
    expressions_.push_back(expression);
  }
  const auto same =
      std::find_if(outputs_.begin(), outputs_.end(), [&](const SampleOutput& o) { return o.expression == number && o.kind == kind; });
  if (same != outputs_.end()) {
    return static_cast<std::size_t>(same - outputs_.begin());
  }
  outputs_.push_back({number, kind});
  return outputs_.size() - 1;
}

std::string QuantityPlan::output_text(std::size_t output) const {
  const std::string& expression = expressions_[outputs_[output].expression];
  switch (outputs_[output].kind) {
    case SampleOutput::Kind::square:
      return fmt::format("E(({})^2)", expression);
    case SampleOutput::Kind::indicator:
      return fmt::format("P({})", expression);
    case SampleOutput::Kind::value:
      break;
  }
  return fmt::format("E({})", expression);
}

qmc::Quantities QuantityPlan::quantities() const {
  bool means = roots_.size() == outputs_.size();
  for (std::size_t q = 0; means && q < roots_.size(); ++q) {
    means = roots_[q]->kind == Node::Kind::mean && roots_[q]->mean == q;
  }
  qmc::Quantities result;
  if (means) {
    return result;
  }
  result.count = static_cast<int>(roots_.size());
  result.names = names_;
  result.bounds = [roots = roots_](std::span<const double> mean_lower, std::span<const double> mean_upper, std::span<double> lower,
                                   std::span<double> upper) {
    for (std::size_t q = 0; q < roots.size(); ++q) {
      const Interval interval = roots[q]->bounds(mean_lower, mean_upper);
      lower[q] = interval.low;
      upper[q] = interval.high;
    }
  };
  result.dependency = [roots = roots_](std::span<const std::uint8_t> unfinished, std::span<std::uint8_t> needed) {
    std::fill(needed.begin(), needed.end(), std::uint8_t{0});
    for (std::size_t q = 0; q < roots.size(); ++q) {
      if (unfinished[q] != 0) {
        roots[q]->mark(needed);
      }
    }
  };
  return result;
}

}  // namespace kindred
