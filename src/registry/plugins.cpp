#include <kindred/core/registry/plugins.hpp>

#include <dlfcn.h>

#include <algorithm>
#include <cstdlib>
#include <map>
#include <mutex>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <kindred/core/registry/registry.hpp>

namespace kindred {

/// Loading one shared object: unless it is committed, its entries are removed from the registry, and then it is unloaded.
class PluginTransaction {
 public:
  explicit PluginTransaction(const std::string& path) : registry_(Registry::instance()), entries_before_(registry_.entries_.size()) {
    const OriginScope origin(path);
    registry_.deferred_conflicts_ = &conflicts_;
    library_ = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
    registry_.deferred_conflicts_ = nullptr;
    if (library_ == nullptr) {
      const char* reason = dlerror();
      throw InputError(fmt::format("cannot load plugin {}: {}", path, reason != nullptr ? reason : "unknown reason"));
    }
  }
  ~PluginTransaction() {
    if (!committed_) {
      // First the entries: their functions live in the library.
      registry_.entries_.resize(entries_before_);
      dlclose(library_);
    }
  }
  PluginTransaction(const PluginTransaction&) = delete;
  PluginTransaction& operator=(const PluginTransaction&) = delete;

  [[nodiscard]] void* library() const { return library_; }
  [[nodiscard]] const std::vector<std::string>& conflicts() const { return conflicts_; }
  void commit() { committed_ = true; }

 private:
  Registry& registry_;
  std::size_t entries_before_;
  std::vector<std::string> conflicts_;
  void* library_ = nullptr;
  bool committed_ = false;
};

namespace {

std::mutex& guard() {
  static std::mutex mutex;
  return mutex;
}

void check_abi(void* library, const std::string& path) {
  using AbiFunction = const char* (*)();
  const auto function = reinterpret_cast<AbiFunction>(dlsym(library, "kindred_plugin_abi"));
  if (function == nullptr) {
    throw InputError(fmt::format("{} is no Kindred plugin: it exports no kindred_plugin_abi; put KINDRED_PLUGIN() into its source", path));
  }
  if (const std::string_view tag = function(); tag != abi_tag()) {
    throw InputError(
        fmt::format("plugin {} was built for another Kindred; rebuild it\n  plugin:       {}\n  this program: {}", path, tag, abi_tag()));
  }
}

}  // namespace

void load_plugin(const std::filesystem::path& path) {
  static std::set<std::filesystem::path> loaded;
  // The linker may keep an unloaded library mapped; its constructors would then not run again, so that a second attempt
  // would find neither entries nor conflicts. A refused file stays refused.
  static std::map<std::filesystem::path, std::string> refused;
  const std::scoped_lock lock(guard());
  std::error_code failure;
  const auto file = std::filesystem::canonical(path, failure);
  if (failure) {
    throw InputError(fmt::format("cannot load plugin {}: {}", path.string(), failure.message()));
  }
  if (loaded.contains(file)) {
    return;
  }
  if (const auto before = refused.find(file); before != refused.end()) {
    throw InputError(before->second);
  }
  try {
    PluginTransaction transaction(file.string());
    check_abi(transaction.library(), file.string());
    if (!transaction.conflicts().empty()) {
      throw InputError(fmt::format("cannot load plugin {}: {}", file.string(), fmt::join(transaction.conflicts(), "; ")));
    }
    transaction.commit();
  } catch (const InputError& problem) {
    refused.emplace(file, problem.what());
    throw;
  }
  loaded.insert(file);
}

void load_plugins_from_environment() {
  const char* variable = std::getenv("KINDRED_PLUGIN_PATH");
  std::string_view rest = variable != nullptr ? variable : "";
  while (!rest.empty()) {
    const std::filesystem::path path(rest.substr(0, rest.find(':')));
    rest.remove_prefix(std::min(rest.size(), path.native().size() + 1));
    if (path.empty()) {
      continue;
    }
    if (!std::filesystem::is_directory(path)) {
      load_plugin(path);
      continue;
    }
    std::vector<std::filesystem::path> files;
    for (const auto& file : std::filesystem::directory_iterator(path)) {
      if (file.path().extension() == ".so") {
        files.push_back(file.path());
      }
    }
    std::sort(files.begin(), files.end());
    for (const auto& file : files) {
      load_plugin(file);
    }
  }
}

}  // namespace kindred
