/// One check of a service: how it is run, its observation, and what follows from that (state,
/// event, streak). Knows no database. Uses `definition`.
@NullMarked
package dev.rollcall.server.monitor.check;

import org.jspecify.annotations.NullMarked;
