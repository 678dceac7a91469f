#include <unistd.h>

#include <csignal>
#include <fstream>
#include <functional>
#include <sstream>

#include <boost/test/unit_test.hpp>

#include <kindred/core/petsc/petsc.hpp>

using namespace kindred;

namespace {

std::string child_processes() {
  std::ifstream file("/proc/self/task/" + std::to_string(::getpid()) + "/children");
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

bool running() {
  PetscBool initialized = PETSC_FALSE;
  PetscInitialized(&initialized);
  return initialized;
}

std::string message_of(const std::function<void()>& action) {
  try {
    action();
  } catch (const SolveError& error) {
    return error.what();
  }
  return "";
}

bool mentions(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

}  // namespace

BOOST_AUTO_TEST_SUITE(test_petsc)

BOOST_AUTO_TEST_CASE(sessions_nest_and_may_be_opened_again) {
  for (int round = 0; round < 2; ++round) {
    const petsc::Session outer;
    BOOST_TEST(running());
    { const petsc::Session inner; }
    BOOST_TEST(running());
    petsc::Vector v;
    KINDRED_PETSC(VecCreateSeq(PETSC_COMM_SELF, 3, v.slot()));
    KINDRED_PETSC(VecSet(v, 2.0));
    double norm = 0.0;
    KINDRED_PETSC(VecNorm(v, NORM_1, &norm));
    BOOST_TEST(norm == 6.0);
    v.reset();
  }
  BOOST_TEST(!running());
}

BOOST_AUTO_TEST_CASE(no_daemon_is_started_and_no_signal_is_caught) {
  const auto handlers = [] {
    std::vector<void (*)(int)> all;
    for (const int signal : {SIGHUP, SIGINT, SIGTERM, SIGUSR1, SIGXCPU, SIGSEGV, SIGFPE, SIGBUS, SIGILL, SIGCHLD, SIGPIPE}) {
      struct sigaction action {};
      sigaction(signal, nullptr, &action);
      all.push_back(action.sa_handler);
    }
    return all;
  };
  // Boost.Test's own handlers are the same before and after.
  const auto before = handlers();
  const petsc::Session session;
  BOOST_TEST((handlers() == before));
  BOOST_TEST(child_processes() == "");
}

BOOST_AUTO_TEST_CASE(error_codes_become_exceptions_with_text_and_place) {
  const petsc::Session session;
  petsc::LinearSolver ksp;
  KINDRED_PETSC(KSPCreate(PETSC_COMM_SELF, ksp.slot()));
  const std::string text = message_of([&] { KINDRED_PETSC(KSPSetType(ksp, "nonsense")); });
  BOOST_TEST(mentions(text, "Unknown type"));
  BOOST_TEST(mentions(text, "nonsense"));
  BOOST_TEST(mentions(text, "KSPSetType() at "));
  BOOST_TEST(mentions(text, "test_petsc.cpp"));
  BOOST_TEST(!mentions(text, "\n"));
  // A code without a message of its own does not inherit the last one.
  const std::string bare = message_of([] { KINDRED_PETSC(PETSC_ERR_MEM); });
  BOOST_TEST(mentions(bare, "error 55"));
  BOOST_TEST(!mentions(bare, "nonsense"));
  BOOST_TEST(message_of([] { KINDRED_PETSC(0); }).empty());
}

BOOST_AUTO_TEST_CASE(options_live_as_long_as_their_object_and_left_overs_are_known) {
  const petsc::Session session;
  {
    const petsc::PrefixedOptions options("test_",
                                         {{"ksp_type", "gmres"}, {"ksp_gmres_restart", "17"}, {"ksp_rtoll", "1e-3"}, {"flag", ""}});
    petsc::LinearSolver ksp;
    KINDRED_PETSC(KSPCreate(PETSC_COMM_SELF, ksp.slot()));
    KINDRED_PETSC(KSPSetOptionsPrefix(ksp, options.prefix().c_str()));
    KINDRED_PETSC(KSPSetFromOptions(ksp));
    PetscInt restart = 0;
    KINDRED_PETSC(KSPGMRESGetRestart(ksp, &restart));
    BOOST_TEST(restart == 17);
    BOOST_TEST(options.unused() == (std::vector<std::string>{"flag", "ksp_rtoll"}), boost::test_tools::per_element());
  }
  PetscBool found = PETSC_TRUE;
  KINDRED_PETSC(PetscOptionsHasName(nullptr, "test_", "-ksp_type", &found));
  BOOST_TEST(!found);
}

BOOST_AUTO_TEST_CASE(handles_own_their_object) {
  const petsc::Session session;
  petsc::Vector a;
  BOOST_TEST(!a);
  KINDRED_PETSC(VecCreateSeq(PETSC_COMM_SELF, 2, a.slot()));
  Vec raw = a.get();
  KINDRED_PETSC(PetscObjectReference(reinterpret_cast<PetscObject>(raw)));
  PetscInt references = 0;
  petsc::Vector b = std::move(a);
  BOOST_TEST(!a);
  BOOST_TEST(b.get() == raw);
  KINDRED_PETSC(PetscObjectGetReference(reinterpret_cast<PetscObject>(raw), &references));
  BOOST_TEST(references == 2);
  b.reset();
  KINDRED_PETSC(PetscObjectGetReference(reinterpret_cast<PetscObject>(raw), &references));
  BOOST_TEST(references == 1);
  KINDRED_PETSC(VecDestroy(&raw));
}

BOOST_AUTO_TEST_SUITE_END()
