package dev.rollcall.server.monitor.path;

import dev.rollcall.server.signal.Subject;
import java.time.Instant;
import java.util.Optional;

/// A service with `trace: true`, and what is known of the way to it.
///
/// @param good its path when it was up last; empty if that is not known
/// @param now what answered in the last trace since it is down; empty if it is up
/// @param since when it went down, or up
/// @param observed when it was observed last
/// @param confirmed whether it is confirmed that it is down
/// @param behind the address of the place in the network that it is lost behind, if that is known
/// @param decided whether it is certain that it is behind no such place
public record TracedService(
    Subject subject,
    Optional<Path> good,
    Optional<Path> now,
    Instant since,
    Instant observed,
    boolean confirmed,
    Optional<String> behind,
    boolean decided) {}
