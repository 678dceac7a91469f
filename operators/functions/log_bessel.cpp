// The functions of kernels/bessel/log_bessel.hpp as plugins of kind `kernel`.

#include <source_location>

#include <kindred/kernels/bessel/log_bessel.hpp>
#include <kindred/operators/functions/elementwise_kernel.hpp>

namespace kindred {
namespace {

using kernels::Accuracy;
using kernels::BesselFunction;

struct BesselArguments {
  std::vector<double> v;
  std::vector<double> x;

  static Schema<BesselArguments> schema() {
    return {parameter("v", &BesselArguments::v).required().doc("The order, v >= 0."),
            parameter("x", &BesselArguments::x).required().doc("The argument, x >= 0.")};
  }
};

struct LogBesselArguments {
  std::vector<double> v;
  std::vector<double> x;
  std::string accuracy = "fast";

  static Schema<LogBesselArguments> schema() {
    return {parameter("v", &LogBesselArguments::v).required().doc("The order, v >= 0."),
            parameter("x", &LogBesselArguments::x).required().doc("The argument, x >= 0."),
            parameter("accuracy", &LogBesselArguments::accuracy)
                .choices({"fast", "accurate"})
                .doc("Of double results: `fast` is good to what rounding the arguments changes anyway, `accurate` to the rounding of the "
                     "result.")};
  }
};

class BesselKernel final : public ElementwiseKernel {
 public:
  BesselKernel(BesselFunction function, Accuracy accuracy) : function_(function), accuracy_(accuracy) {}
  void evaluate(std::span<const std::span<const double>> arguments, std::span<double> out, int threads) const override {
    kernels::evaluate(function_, arguments[0], arguments[1], out, {accuracy_, threads});
  }
  void evaluate(std::span<const std::span<const float>> arguments, std::span<float> out, int threads) const override {
    kernels::evaluate(function_, arguments[0], arguments[1], out, {accuracy_, threads});
  }

 private:
  BesselFunction function_;
  Accuracy accuracy_;
};

constexpr const char* logarithm_errors =
    "Errors, with $\\epsilon = 2^{-53}$, $L$ the result and $C = |L| + R + v\\,\\mathrm{asinh}(v/x)$, by which one unit in the last place "
    "of "
    "an argument moves it: $4\\epsilon C$ (`fast`), $4\\epsilon\\max(1,|L|)$ (`accurate`); float32: $6.2\\cdot10^{-8}\\max(1,|L|)$.";
constexpr const char* uniform_expansion =
    "From the uniform expansion where $R = \\sqrt{v^2+x^2} \\ge 21.2$, with $E = R - v\\,\\mathrm{asinh}(v/x)$ and "
    "$G(s,p) = \\sum_k \\ell_k(p)\\,s^k$, $p = v^2/R^2$; ";
constexpr const char* edges =
    "NaN for negative $x$ and for orders below zero (except that $K_v$ is even in $v$ and $I_{-n} = I_n$); the limits at $x = 0$ and at "
    "infinity.";
constexpr const char* reference =
    "A. Plesner, H. H. B. Sørensen, S. Hauberg, Accurate Computation of the Logarithm of Modified Bessel Functions on GPUs, ICS 2024, "
    "arXiv 2409.08729; NIST Digital Library of Mathematical Functions, sections 10.25 to 10.41";

template <class Arguments>
Registration kernel(BesselFunction function, const std::string& name, const std::string& summary, const std::string& doc,
                    std::source_location where = std::source_location::current()) {
  return plugin<ElementwiseKernel, Arguments>(name, where)
      .summary(summary)
      .doc(doc)
      .source(reference)
      .example("kindred eval " + name + " --v 3 --x 0.5,5,50")
      .capabilities({"elementwise", "float32", "float64", "threads"})
      .factory([function](const Arguments& p) {
        Accuracy accuracy = Accuracy::fast;
        if constexpr (requires { p.accuracy; }) {
          accuracy = p.accuracy == "accurate" ? Accuracy::accurate : Accuracy::fast;
        }
        return std::make_unique<BesselKernel>(function, accuracy);
      });
}

std::string paragraphs(const std::string& equation, const std::string& method, const std::string& errors) {
  return "$$" + equation + "$$\n\n" + method + "\n\n" + errors + "\n\n" + edges;
}

const Registration log_iv = kernel<LogBesselArguments>(
    BesselFunction::log_iv, "log_iv", "log I_v(x), the modified Bessel function of the first kind",
    paragraphs("\\log I_v(x),\\qquad I_v(x) = (x/2)^v \\sum_{k\\ge0} \\frac{(x^2/4)^k}{k!\\,\\Gamma(v+k+1)}",
               std::string(uniform_expansion) + "$\\log I = E - \\frac12\\log(2\\pi R) + G(1/R,p)$; from the power series below.",
               logarithm_errors));

const Registration log_kv = kernel<LogBesselArguments>(
    BesselFunction::log_kv, "log_kv", "log K_v(x), the modified Bessel function of the second kind",
    paragraphs("\\log K_v(x),\\qquad K_v(x) = \\int_0^\\infty e^{-x\\cosh t}\\cosh(vt)\\,dt",
               std::string(uniform_expansion) +
                   "$\\log K = -E + \\frac12\\log\\frac{\\pi}{2R} + G(-1/R,p)$; below from Temme's series ($x < \\frac12$) or tables of "
                   "polynomials, and upward recurrence.",
               logarithm_errors));

const Registration log_ive = kernel<LogBesselArguments>(
    BesselFunction::log_ive, "log_ive", "log(e^-x I_v(x)): keeps what log I_v loses for large x",
    paragraphs("\\log\\left(e^{-x} I_v(x)\\right)",
               "As `log_iv`, with $E - x = v^2/(R+x) - v\\,\\mathrm{asinh}(v/x)$ in place of $E$, and $R - x$ for $R$ in $C$.",
               logarithm_errors));

const Registration log_kve = kernel<LogBesselArguments>(
    BesselFunction::log_kve, "log_kve", "log(e^x K_v(x)): keeps what log K_v loses for large x",
    paragraphs("\\log\\left(e^{x} K_v(x)\\right)",
               "As `log_kv`, with $E - x = v^2/(R+x) - v\\,\\mathrm{asinh}(v/x)$ in place of $E$, and $R - x$ for $R$ in $C$.",
               logarithm_errors));

const Registration iv_ratio = kernel<BesselArguments>(
    BesselFunction::iv_ratio, "iv_ratio", "I_{v+1}(x) / I_v(x), in [0, 1): the mean resultant length of von Mises-Fisher",
    paragraphs("\\frac{I_{v+1}(x)}{I_v(x)}",
               "Without transcendental functions: the derivative of the uniform expansion where $R = \\sqrt{v^2+x^2} \\ge 21.2$, Gauss's "
               "continued fraction below.",
               "Relative error $4\\epsilon$, $\\epsilon = 2^{-53}$, and $5\\epsilon$ on a processor without fused multiply-add; float32: "
               "the rounding of that result."));

const Registration kv_ratio = kernel<BesselArguments>(
    BesselFunction::kv_ratio, "kv_ratio", "K_{v+1}(x) / K_v(x)",
    paragraphs("\\frac{K_{v+1}(x)}{K_v(x)}",
               "The derivative of the uniform expansion where $R = \\sqrt{v^2+x^2} \\ge 21.2$; the recurrence of `log_kv` below.",
               "Relative error $2\\cdot10^{-15}$; float32: the rounding of that result."));

constexpr const char* x_derivative_errors = "Relative error $2\\cdot10^{-15}$.";
constexpr const char* v_derivative_errors =
    "Relative error $10^{-14}$; for $v \\to 0$, where that of $\\log I$ tends to $-K_0/I_0$, $2x\\cdot2^{-53}$ more.";

const Registration log_iv_dx =
    kernel<BesselArguments>(BesselFunction::log_iv_dx, "log_iv_dx", "Derivative of log I_v(x) by x",
                            paragraphs("\\frac{\\partial}{\\partial x}\\log I_v(x) = \\frac{v}{x} + \\frac{I_{v+1}(x)}{I_v(x)}",
                                       "Through `iv_ratio`.", x_derivative_errors));

const Registration log_iv_dv = kernel<BesselArguments>(
    BesselFunction::log_iv_dv, "log_iv_dv", "Derivative of log I_v(x) by the order v",
    paragraphs("\\frac{\\partial}{\\partial v}\\log I_v(x)",
               "With $s = 1/R$: $-\\mathrm{asinh}(v/x) - \\frac12 v s^2 - v s^3 G_s + 2v(1-p)s^2 G_p$ at $(s,p)$, $G$ as in "
               "`log_iv`, where $R \\ge 21.2$. Below, the power series for $x \\le 1$, else the derivative of the Wronskian "
               "$I_v K_v (I_{v+1}/I_v + K_{v+1}/K_v) = 1/x$, which is a quotient of sums of positive terms.",
               v_derivative_errors));

const Registration log_kv_dx =
    kernel<BesselArguments>(BesselFunction::log_kv_dx, "log_kv_dx", "Derivative of log K_v(x) by x",
                            paragraphs("\\frac{\\partial}{\\partial x}\\log K_v(x) = \\frac{v}{x} - \\frac{K_{v+1}(x)}{K_v(x)}",
                                       "Through `kv_ratio`.", x_derivative_errors));

const Registration log_kv_dv = kernel<BesselArguments>(
    BesselFunction::log_kv_dv, "log_kv_dv", "Derivative of log K_v(x) by the order v",
    paragraphs("\\frac{\\partial}{\\partial v}\\log K_v(x)",
               "With $s = 1/R$: $\\mathrm{asinh}(v/x) - \\frac12 v s^2 - v s^3 G_s + 2v(1-p)s^2 G_p$ at $(-s,p)$, $G$ as in "
               "`log_kv`, where $R \\ge 21.2$; below, the series, the table and the recurrence of `log_kv` with their derivatives.",
               v_derivative_errors));

}  // namespace
}  // namespace kindred
