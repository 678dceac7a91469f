#pragma once

#include <stdexcept>
#include <string>

namespace kindred {

/// Root of every exception that Kindred throws. `what()` says what was wrong, where, and what to do.
class Error : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// The caller's or the user's input is wrong (a deck, an argument, a file's contents): nothing was computed.
class InputError : public Error {
 public:
  using Error::Error;
};

/// A linear or nonlinear solve could not be carried out.
class SolveError : public Error {
 public:
  using Error::Error;
};

/// Reading or writing failed (disk full, permission, damaged file).
class IoError : public Error {
 public:
  using Error::Error;
};

}  // namespace kindred
