/// The program as a whole: its contract, and the rules its parts keep.
@NullMarked
package dev.rollcall.server;

import org.jspecify.annotations.NullMarked;
