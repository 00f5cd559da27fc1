package dev.rollcall.server.monitor.store;

import dev.rollcall.server.monitor.path.Path;
import java.time.Instant;
import java.util.Optional;

/// A path to a service, and when packets took it.
///
/// @param since when it was first seen
/// @param until when the next one was; empty for the present path
/// @param changedTtl the first TTL at which it differs from the one before; 0 for the first path
public record KnownPath(Instant since, Optional<Instant> until, int changedTtl, Path path) {}
