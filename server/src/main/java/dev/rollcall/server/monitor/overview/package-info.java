/// The present state of all services in memory, for the pages. Uses `definition`, `check` and
/// `store`.
@NullMarked
package dev.rollcall.server.monitor.overview;

import org.jspecify.annotations.NullMarked;
