/// Measurements for a person at a terminal: what `rollcall ping` and `rollcall traceroute` print.
@NullMarked
package dev.rollcall.server.terminal;

import org.jspecify.annotations.NullMarked;
