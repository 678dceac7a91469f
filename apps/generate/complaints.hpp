#pragma once

#include <string>

#include <kindred/core/deck/deck.hpp>

namespace kindred::app {

/// Where the deck says something: at the value of a dotted path, or of the nearest table around it that is written there.
Location place(const Deck& deck, std::string path);

/// Runs `action`; what it refuses becomes a complaint at `where`, or where it says itself.
template <class Action>
void collect(Diagnostics& diagnostics, const Location& where, Action action) {
  try {
    action();
  } catch (const DeckError& error) {
    for (const auto& complaint : error.diagnostics().all()) {
      diagnostics.error(complaint.location, complaint.message, complaint.hint);
    }
  } catch (const InputError& error) {
    diagnostics.error(where, error.what());
  }
}

}  // namespace kindred::app
