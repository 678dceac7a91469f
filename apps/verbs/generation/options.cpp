#include <kindred/apps/verbs/generation/options.hpp>

#include <charconv>
#include <cmath>
#include <cstdio>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <kindred/apps/generate/design_report.hpp>
#include <kindred/apps/verbs/learn/text.hpp>

namespace kindred::app {
namespace {

std::string splits_text(const std::vector<data::Split>& splits) {
  std::vector<std::string> parts;
  parts.reserve(splits.size());
  for (const auto& split : splits) {
    parts.push_back(fmt::format("{} {}", split.name, split.count));
  }
  return fmt::format("{}", fmt::join(parts, ", "));
}

/// A command-line word as a shell reads it.
std::string shell_quoted(const std::string& word) {
  const bool plain = !word.empty() && word.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-./=,:+@%") ==
                                          std::string::npos;
  if (plain) {
    return word;
  }
  std::string quoted = "'";
  for (const char c : word) {
    quoted += c == '\'' ? std::string("'\\''") : std::string(1, c);
  }
  return quoted + "'";
}

nlohmann::json report_json(const GenerateReport& report) {
  nlohmann::json splits = nlohmann::json::object();
  for (const auto& split : report.splits) {
    splits[split.name] = split.count;
  }
  return {{"directory", report.directory.string()},
          {"name", report.name},
          {"complete", report.complete},
          {"samples", report.count},
          {"already_done", report.already_done},
          {"done", report.done},
          {"failed_draws", report.failures},
          {"mean_iterations", report.mean_iterations},
          {"seconds", report.seconds},
          {"bytes_per_sample", report.bytes_per_sample},
          {"splits", splits},
          {"exit_code", static_cast<int>(report.code)},
          {"message", report.message}};
}

}  // namespace

void GenerationOptions::add_to(CLI::App& verb) {
  const CLI::Validator seconds(
      [](const std::string& text) {
        double value = -1.0;
        const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
        const bool good = error == std::errc() && end == text.data() + text.size() && std::isfinite(value) && value >= 0.0;
        return good ? std::string() : fmt::format("\"{}\" is no time: write seconds, such as 3600", text);
      },
      "");
  deck.add_to(verb);
  verb.add_option("-j,--workers", workers, "Worker processes on this machine (default: [run] workers)")->check(CLI::Range(1, 4096));
  verb.add_option("--shard", shard, "Task I of N of a job array, counted from 0: fills every N-th shard file")->type_name("I/N");
  verb.add_flag("--verify", verify, "When resuming, re-check the checksums of finished rows first");
  verb.add_option("--time-limit", time_limit, "Stop cleanly after so many seconds, resumable (default: [run] time_limit)")
      ->check(seconds)
      ->type_name("SECONDS");
  verb.add_option("--grace", grace, "Seconds that the sample at hand may take once a stop is asked for (default: [run] grace)")
      ->check(seconds)
      ->type_name("SECONDS");
  verb.add_flag("--allow-unused-petsc", allow_unused_petsc, "Only warn about PETSc options that nothing reads");
  verb.add_flag("--dry-run", dry_run, "Say what would be done, and do nothing");
}

GenerateOptions GenerationOptions::resolve(const Deck& loaded, const Context& context) const {
  const auto run = make_parameters<RunParameters>(loaded.section("run"));
  GenerateOptions options;
  options.deck_path = deck.path;
  options.workers = workers > 0 ? workers : run.workers;
  options.verify = verify;
  options.allow_unused_petsc = allow_unused_petsc;
  options.time_limit = time_limit >= 0.0 ? time_limit : run.time_limit;
  options.grace = grace >= 0.0 ? grace : run.grace;
  options.quiet = context.quiet();
  options.command_line = context.command_line;
  if (!shard.empty()) {
    const char* const end = shard.data() + shard.size();
    const auto first = std::from_chars(shard.data(), end, options.shard);
    const bool slash = first.ec == std::errc() && first.ptr != end && *first.ptr == '/';
    const auto second = slash ? std::from_chars(first.ptr + 1, end, options.shards) : first;
    if (!slash || second.ec != std::errc() || second.ptr != end || options.shards < 1 || options.shard < 0 ||
        options.shard >= options.shards) {
      throw InputError(fmt::format("--shard {}: write I/N with 0 <= I < N, for example --shard 0/4", shard));
    }
  }
  return options;
}

void print_report(const GenerateReport& report, const Context& context) {
  if (!report.leader) {
    return;
  }
  if (context.json) {
    print_json(report_json(report));
  } else {
    const auto shown = report.complete ? report.count : report.already_done + report.done;
    const double rate = report.seconds > 0.0 ? static_cast<double>(report.done) / report.seconds : 0.0;
    fmt::print("{}: {} of {} samples in {}{}\n", styled(context, report.name, "1"), shown, report.count, report.directory.string(),
               !report.complete           ? ""
               : report.already_done == 0 ? ", sealed and verified"
                                          : ", sealed (`kindred verify` reads all of them again)");
    fmt::print("  splits   {}\n", splits_text(report.splits));
    fmt::print("  size     {} a sample, {} in all\n", bytes_text(static_cast<double>(report.bytes_per_sample)),
               bytes_text(static_cast<double>(report.bytes_per_sample) * static_cast<double>(report.count)));
    if (report.done > 0) {
      fmt::print("  solved   {} now in {:.1f} s ({:.3g}/s), {:.3g} iterations on average, {} draws given up\n", report.done, report.seconds,
                 rate, report.mean_iterations, report.failures);
    }
    if (report.complete) {
      fmt::print("  next     kindred report {}\n", shell_quoted(report.directory.string()));
    }
  }
  std::fflush(stdout);
  if (!report.message.empty()) {
    fmt::print(stderr, "{}\n", report.message);
  }
  if (report.code == ExitCode::interrupted || (!report.complete && report.code == ExitCode::io)) {
    std::vector<std::string> words;
    words.reserve(context.command_line.size());
    for (const auto& word : context.command_line) {
      words.push_back(shell_quoted(word));
    }
    fmt::print(stderr, "Nothing that was finished is lost. To go on: {}\n", fmt::join(words, " "));
  }
}

double free_space(const std::filesystem::path& directory) {
  std::filesystem::path existing = std::filesystem::absolute(directory);
  while (!std::filesystem::exists(existing)) {
    existing = existing.parent_path();
  }
  return static_cast<double>(std::filesystem::space(existing).available);
}

ExitCode print_plan(const Deck& deck, const GenerateOptions& options, const Context& context) {
  Family family(deck);
  family.check();
  auto layout = family.continued(family.layout(options.deck_path));
  warn_of_design(family);
  layout.minimum_shards = options.shards;
  const data::DatasetPlan plan(layout);
  const auto total = static_cast<double>(layout.row_bytes()) * static_cast<double>(layout.count);
  const double free = free_space(layout.directory);
  if (context.json) {
    nlohmann::json shards = nlohmann::json::array();
    for (const auto& shard : plan.shards()) {
      shards.push_back({{"file", shard.file}, {"split", shard.split}, {"rows", shard.rows}});
    }
    print_json({{"directory", layout.directory.string()},
                {"samples", layout.count},
                {"bytes_per_sample", layout.row_bytes()},
                {"bytes", total},
                {"bytes_free", free},
                {"shards", shards}});
  } else {
    fmt::print("{}: {} samples would go to {}\n", layout.name, layout.count, layout.directory.string());
    fmt::print("  splits   {}\n", splits_text(layout.splits));
    fmt::print("{}", design_text(family));
    fmt::print("  size     {} a sample, {} in all, {} free\n", bytes_text(static_cast<double>(layout.row_bytes())), bytes_text(total),
               bytes_text(free));
    for (const auto& shard : plan.shards()) {
      fmt::print("  shard    {}  {} rows\n", shard.file, shard.rows);
    }
  }
  if (total > free) {
    fmt::print(stderr, "The data set does not fit on this disk: choose another [output] dir, fewer samples, or precision = \"f32\"\n");
    return ExitCode::io;
  }
  return ExitCode::ok;
}

}  // namespace kindred::app
