/// What is kept: services, ticks, counts, hourly sums and events, with their SQL. Uses `definition`
/// and `check`.
@NullMarked
package dev.rollcall.server.monitor.store;

import org.jspecify.annotations.NullMarked;
