// kindred eval: a registered function of real arguments, applied to numbers of the command line or to datasets of any size.

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <map>
#include <optional>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <kindred/apps/verbs/result_file.hpp>
#include <kindred/apps/verbs/settings.hpp>
#include <kindred/apps/verbs/verb.hpp>
#include <kindred/core/deck/suggest.hpp>
#include <kindred/data/array.hpp>
#include <kindred/operators/functions/elementwise_kernel.hpp>

namespace kindred::app {
namespace {

constexpr Index block_elements = Index{1} << 18U;  ///< 2 MiB of doubles: within the caches, and long to compute beside its start-up

struct EvalOptions {
  std::string function;
  std::vector<std::string> words;            ///< files and NAME=VALUE
  std::map<std::string, std::string> named;  ///< from --NAME VALUE
  std::string accuracy;
  int threads = 0;
  bool force = false;
};

/// The command line, understood.
struct Request {
  const Entry* entry = nullptr;
  Value table;  ///< of the kernel
  std::vector<std::string> arguments;
  std::map<std::string, std::string> values;  ///< of the arguments, as written
  std::vector<std::filesystem::path> files;   ///< input and output, or none
};

const Entry& elementwise_entry(const std::string& name) {
  const Registry& registry = Registry::instance();
  const Entry* entry = registry.find("kernel", name);
  if (entry != nullptr && is_elementwise(*entry)) {
    return *entry;
  }
  std::vector<std::string> names;
  for (const Entry* known : registry.entries("kernel")) {
    if (is_elementwise(*known)) {
      names.push_back(known->name);
    }
  }
  const auto close = nearest(name, names);
  throw InputError(fmt::format("no function is called \"{}\"{} The functions are: {}", name,
                               close ? fmt::format(": did you mean \"{}\"?", *close) : ".", fmt::join(names, ", ")));
}

Request understand(const EvalOptions& options) {
  Request request;
  request.entry = &elementwise_entry(options.function);
  request.arguments = argument_names(*request.entry);
  request.values = options.named;
  std::vector<std::string> settings;
  if (!options.accuracy.empty()) {
    settings.push_back("accuracy=" + options.accuracy);
  }
  for (const std::string& word : options.words) {
    const std::size_t equals = word.find('=');
    if (equals == std::string::npos) {
      request.files.emplace_back(word);
    } else if (std::find(request.arguments.begin(), request.arguments.end(), word.substr(0, equals)) != request.arguments.end()) {
      request.values[word.substr(0, equals)] = word.substr(equals + 1);
    } else {
      settings.push_back(word);
    }
  }
  for (const auto& [name, value] : request.values) {
    if (std::find(request.arguments.begin(), request.arguments.end(), name) == request.arguments.end()) {
      throw InputError(
          fmt::format("{} has no argument \"{}\"; its arguments are {}", request.entry->name, name, fmt::join(request.arguments, ", ")));
    }
  }
  if (!request.files.empty() && request.files.size() != 2) {
    throw InputError(fmt::format("give two files, input and output, or none: {} {} given", request.files.size(),
                                 request.files.size() == 1 ? "was" : "were"));
  }
  request.table = plugin_table(*request.entry, settings, "eval");
  return request;
}

/// `3`, `0.5,1,2`, `inf`; nothing if the text is something else.
std::optional<std::vector<double>> numbers(const std::string& text) {
  std::vector<double> values;
  const char* at = text.data();
  const char* const end = at + text.size();
  while (true) {
    double value = 0.0;
    const auto [next, error] = std::from_chars(at, end, value);
    if (error != std::errc() || (next != end && *next != ',')) {
      return std::nullopt;
    }
    values.push_back(value);
    if (next == end) {
      return values;
    }
    at = next + 1;
  }
}

/// Value of the kernel's option `accuracy`; empty if it has none.
std::string accuracy_of(const Request& request) {
  if (const Value* chosen = request.table.find("accuracy")) {
    return chosen->as_string();
  }
  const ParameterInfo* parameter = request.entry->find_parameter("accuracy");
  return parameter != nullptr && parameter->default_value.is_string() ? parameter->default_value.as_string() : "";
}

void evaluate_numbers(const Request& request, int threads, const Context& context) {
  std::vector<std::vector<double>> values;
  std::size_t count = 1;
  for (const std::string& name : request.arguments) {
    const auto given = request.values.find(name);
    if (given == request.values.end()) {
      throw InputError(
          fmt::format("{} needs its argument {}: --{} NUMBER, or an input and an output file", request.entry->name, name, name));
    }
    const auto list = numbers(given->second);
    if (!list) {
      throw InputError(fmt::format("--{} \"{}\": write a number, or several with commas between them", name, given->second));
    }
    if (list->size() != 1 && count != 1 && list->size() != count) {
      throw InputError(fmt::format("{} has {} values, an argument before it {}: give equally many, or one", name, list->size(), count));
    }
    count = std::max(count, list->size());
    values.push_back(*list);
  }
  const std::vector<std::span<const double>> views(values.begin(), values.end());
  std::vector<double> out(count);
  create<ElementwiseKernel>(request.table)->evaluate(views, out, threads);
  if (!context.json) {
    for (const double value : out) {
      fmt::print("{:.17g}\n", std::isnan(value) ? std::abs(value) : value);  // the sign of a NaN means nothing
    }
    return;
  }
  nlohmann::json document = {{"function", request.entry->name}};
  if (const std::string accuracy = accuracy_of(request); !accuracy.empty()) {
    document["accuracy"] = accuracy;
  }
  for (std::size_t a = 0; a < values.size(); ++a) {
    for (const double value : values[a]) {
      document["arguments"][request.arguments[a]].push_back(number_json(value));
    }
  }
  for (const double value : out) {
    document["value"].push_back(number_json(value));
  }
  print_json(document);
}

/// One argument of an evaluation over files: a number, or a dataset.
struct FileArgument {
  std::string origin;  ///< for the provenance: `3` or `dataset v`
  double constant = 0.0;
  std::optional<data::ArrayReader> dataset;

  [[nodiscard]] bool varies() const { return dataset && dataset->size() != 1; }
};

FileArgument file_argument(const hdf5::File& file, const std::string& name, const std::map<std::string, std::string>& values) {
  FileArgument argument;
  const auto given = values.find(name);
  if (given != values.end()) {
    if (const auto list = numbers(given->second)) {
      if (list->size() != 1) {
        throw InputError(
            fmt::format("--{} \"{}\": beside an input file an argument is one number, or the name of a dataset", name, given->second));
      }
      argument.origin = given->second;
      argument.constant = list->front();
      return argument;
    }
  }
  argument.dataset.emplace(file, given != values.end() ? given->second : name);
  argument.origin = "dataset " + argument.dataset->name();
  if (argument.dataset->size() == 1) {
    argument.constant = argument.dataset->read_all().front();
  }
  return argument;
}

/// The datasets that vary must have one shape; those of one element are used for all.
const data::ArrayReader& common_shape(const std::vector<FileArgument>& arguments) {
  const data::ArrayReader* common = nullptr;
  for (const FileArgument& argument : arguments) {
    if (!argument.dataset) {
      continue;
    }
    const data::ArrayReader& dataset = *argument.dataset;
    if (common == nullptr || (common->size() == 1 && (dataset.size() != 1 || dataset.shape().size() > common->shape().size()))) {
      common = &dataset;
    } else if (dataset.size() != 1 && common->shape() != dataset.shape()) {
      throw InputError(
          fmt::format("the shapes do not fit: \"{}\" is ({}), \"{}\" is ({}); they must be equal, or one of them a single number",
                      common->name(), fmt::join(common->shape(), ", "), dataset.name(), fmt::join(dataset.shape(), ", ")));
    }
  }
  if (common == nullptr) {
    throw InputError("no argument is read from the input file: leave the files out to evaluate numbers");
  }
  return *common;
}

template <class T>
struct Slot {
  std::vector<std::vector<T>> inputs;
  std::vector<T> out;
};

template <class T>
void evaluate_blocks(const ElementwiseKernel& kernel, const std::vector<FileArgument>& arguments, const data::BoxGrid& grid,
                     const data::ArrayWriter& writer, int threads, Progress& progress) {
  std::array<Slot<T>, 3> slots;
  for (Slot<T>& slot : slots) {
    for (const FileArgument& argument : arguments) {
      slot.inputs.push_back({static_cast<T>(argument.constant)});
    }
  }
  Counters counters;
  const auto load = [&](Index block) {
    stop_if_interrupted();
    const data::Box box = grid.box(block);
    Slot<T>& slot = slots[static_cast<std::size_t>(block % 3)];
    slot.out.resize(static_cast<std::size_t>(box.size()));
    for (std::size_t a = 0; a < arguments.size(); ++a) {
      if (arguments[a].varies()) {
        slot.inputs[a].resize(slot.out.size());
        arguments[a].dataset->read(box, std::span<T>(slot.inputs[a]));
      }
    }
  };
  const auto compute = [&](Index block) {
    Slot<T>& slot = slots[static_cast<std::size_t>(block % 3)];
    const std::vector<std::span<const T>> views(slot.inputs.begin(), slot.inputs.end());
    kernel.evaluate(views, slot.out, threads);
  };
  const auto store = [&](Index block) {
    const Slot<T>& slot = slots[static_cast<std::size_t>(block % 3)];
    writer.write(grid.box(block), std::span<const T>(slot.out));
    counters.done += static_cast<Index>(slot.out.size());
    progress.update(counters);
  };
  data::pipeline(grid.count(), load, compute, store);
  progress.finish(counters);
}

void evaluate_files(const Request& request, const EvalOptions& options, const Context& context) {
  const hdf5::File input = hdf5::open_readonly(request.files[0]);
  require_other_file(request.files[0], request.files[1]);
  std::vector<FileArgument> arguments;
  arguments.reserve(request.arguments.size());
  for (const std::string& name : request.arguments) {
    arguments.push_back(file_argument(input, name, request.values));
  }
  const data::ArrayReader& shape = common_shape(arguments);
  const bool single = shape.precision() == data::Precision::f32 && std::all_of(arguments.begin(), arguments.end(), [](const auto& a) {
                        return !a.varies() || a.dataset->precision() == data::Precision::f32;
                      });
  const auto kernel = create<ElementwiseKernel>(request.table);
  ResultFile output(request.files[1], options.force, static_cast<double>(shape.size()) * (single ? sizeof(float) : sizeof(double)),
                    context);
  {
    const data::ArrayWriter writer(output.id(), "value", shape.shape(), single ? H5T_IEEE_F32LE : H5T_IEEE_F64LE);
    hdf5::write_string_attribute(writer.id(), "function", request.entry->name);
    if (const std::string accuracy = accuracy_of(request); !accuracy.empty()) {
      hdf5::write_string_attribute(writer.id(), "accuracy", accuracy);
    }
    hdf5::write_string_attribute(writer.id(), "input", request.files[0].string());
    for (std::size_t a = 0; a < arguments.size(); ++a) {
      hdf5::write_string_attribute(writer.id(), "argument_" + request.arguments[a], arguments[a].origin);
    }
    Progress progress(shape.size(), 0, context.quiet(), "values");
    const data::BoxGrid grid(shape.shape(), shape.chunk(), block_elements);
    if (single) {
      evaluate_blocks<float>(*kernel, arguments, grid, writer, options.threads, progress);
    } else {
      evaluate_blocks<double>(*kernel, arguments, grid, writer, options.threads, progress);
    }
  }
  output.commit();
  if (context.json) {
    print_json({{"function", request.entry->name},
                {"file", request.files[1].string()},
                {"dataset", "value"},
                {"shape", shape.shape()},
                {"precision", single ? "f32" : "f64"}});
  } else {
    fmt::print("{}\n", request.files[1].string());
  }
}

/// Names of the arguments of all functions that are known before plugins are loaded; each becomes an option.
std::vector<std::string> known_arguments() {
  std::vector<std::string> names;
  for (const Entry* entry : Registry::instance().entries("kernel")) {
    for (const std::string& name : argument_names(*entry)) {
      if (std::find(names.begin(), names.end(), name) == names.end()) {
        names.push_back(name);
      }
    }
  }
  return names;
}

}  // namespace

void add_eval(CLI::App& app, Context& context) {
  const auto options = std::make_shared<EvalOptions>();
  CLI::App& verb = add_verb(app, "eval", "Evaluate a function such as log_iv on numbers, or on datasets of any size", group_compute,
                            "kindred eval log_iv --v 3 --x 0.5,5,50; kindred eval log_kv in.h5 out.h5 --v 2.5");
  verb.add_option("function", options->function, "As `kindred list kernel` shows them")->required()->type_name("FUNCTION");
  verb.add_option("words", options->words,
                  "An input and an output HDF5 file, and NAME=VALUE for the function's parameters (see `kindred describe kernel/NAME`)")
      ->type_name("[IN OUT] NAME=VALUE");
  for (const std::string& name : known_arguments()) {
    verb.add_option_function<std::string>(
            "--" + name, [options, name](const std::string& text) { options->named[name] = text; },
            fmt::format("Argument {}: numbers separated by commas; with files, one number or the name of the "
                        "dataset (default: {})",
                        name, name))
        ->type_name("VALUE")
        ->group("Arguments of the functions");
  }
  verb.add_option("--accuracy", options->accuracy, "fast or accurate, of functions that have the choice")->type_name("HOW");
  verb.add_option("--threads", options->threads, "Threads; 0, the default: one per core")->check(CLI::Range(0, 4096))->type_name("N");
  verb.add_flag("--force", options->force, "Replace an output file that exists");
  verb.callback([options, &context] {
    const Request request = understand(*options);
    if (request.files.empty()) {
      evaluate_numbers(request, options->threads, context);
    } else {
      interruptible(context, [&] { evaluate_files(request, *options, context); });
    }
  });
}

}  // namespace kindred::app
