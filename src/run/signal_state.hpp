#pragma once

namespace kindred::detail {

/// If a stop signal has armed the grace alarm, restarts it with `extra_seconds` more: a parent outlives its workers, so
/// that it can count what they finished.
void extend_grace(unsigned extra_seconds);

}  // namespace kindred::detail
