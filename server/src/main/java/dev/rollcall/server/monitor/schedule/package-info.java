/// When services are checked: claims those that are due, runs their checks, and writes each outcome
/// together with the next time. Uses `definition`, `check` and `store`.
@NullMarked
package dev.rollcall.server.monitor.schedule;

import org.jspecify.annotations.NullMarked;
