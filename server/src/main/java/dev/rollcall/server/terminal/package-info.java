/// Measurements for a person at a terminal: what `rollcall ping` prints.
@NullMarked
package dev.rollcall.server.terminal;

import org.jspecify.annotations.NullMarked;
