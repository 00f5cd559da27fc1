/// Whose a row is, and whose rows a caller sees.
@NullMarked
package dev.rollcall.server.owner;

import org.jspecify.annotations.NullMarked;
