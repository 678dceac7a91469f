#include <kindred/apps/bench/recycling/methods.hpp>

#include <algorithm>
#include <sstream>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <kindred/solvers/sequence/sequence.hpp>

namespace kindred::bench {
namespace {

constexpr Index default_restart = 30;  // PETSc's

KspSettings settings_of(const Method& method, double rtol) {
  KspSettings settings;
  settings.ksp_type = method.ksp_type;
  settings.pc_type = method.pc_type;
  settings.rtol = rtol;
  settings.options = parse_options(fmt::format("{} {}", method.ksp_options, method.pc_options));
  return settings;
}

/// PETSc's GMRES applies operator and preconditioner once more in every cycle after the first, for its residual and its update, which the
/// engine's count of one application an iteration leaves out.
Index restarts(const KspSettings& settings, const SolveReport& report) {
  if (settings.ksp_type != "gmres" || report.iterations == 0) {
    return 0;
  }
  const auto option = settings.options.find("ksp_gmres_restart");
  const Index restart = option != settings.options.end() ? std::stol(option->second) : default_restart;
  return (report.iterations - 1) / restart;
}

void require_read(const std::string& name, const std::vector<std::string>& unused) {
  if (!unused.empty()) {
    throw InputError(
        fmt::format("method \"{}\": no PETSc object reads the options {}: correct or remove them", name, fmt::join(unused, ", ")));
  }
}

bool is_option(const std::string& word) {
  return word.size() > 1 && word[0] == '-' && std::isalpha(static_cast<unsigned char>(word[1])) != 0;
}

}  // namespace

PetscOptions parse_options(const std::string& text) {
  PetscOptions options;
  std::istringstream words(text);
  std::string* open = nullptr;
  for (std::string word; words >> word;) {
    if (is_option(word)) {
      open = &options[word.substr(1)];
    } else if (open != nullptr && open->empty()) {
      *open = word;
    } else {
      throw InputError(fmt::format("\"{}\" in the options \"{}\" is neither an option nor the value of one", word, text));
    }
  }
  return options;
}

Contender contender(const Method& method, double rtol) {
  const auto engine = std::make_shared<KspEngine>();
  return {method.name, [engine, name = std::string(method.name), settings = settings_of(method, rtol)](const LinearSystem& system,
                                                                                                       std::span<double> solution) {
            SolveReport report = engine->solve(system, solution, [&](const LinearSystem& /*s*/, double /*entries*/) { return settings; });
            require_read(name, engine->unused_options());
            const Index more = restarts(settings, report);
            report.operator_applications += more;
            report.preconditioner_applications += more;
            return report;
          }};
}

std::vector<Contender> contenders(std::span<const Method> methods, double rtol) {
  std::vector<Contender> all;
  std::ranges::transform(methods, std::back_inserter(all), [rtol](const Method& method) { return contender(method, rtol); });
  return all;
}

Contender deck_contender(const std::string& name, const std::string& solver, const std::string& guess) {
  const auto sequence = std::make_shared<Sequence>(create<Solver>(toml(solver)), create<Guess>(*toml("guess = " + guess).find("guess")));
  return {name, [sequence, name](const LinearSystem& system, std::span<double> solution) {
            SolveReport report = sequence->solve(system, solution);
            require_read(name, sequence->solver().unused_options());
            return report;
          }};
}

}  // namespace kindred::bench
