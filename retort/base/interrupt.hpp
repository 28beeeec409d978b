#pragma once

namespace retort {

/// Asks the work in progress to stop at its next step; safe to call from a signal handler.
void request_stop() noexcept;

/// Whether it was asked.
bool stop_requested() noexcept;

/// Throws Error (interrupted) once a stop was requested.
void stop_if_requested();

}  // namespace retort
