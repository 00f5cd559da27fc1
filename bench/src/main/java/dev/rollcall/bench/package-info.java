/// Placeholder.
@NullMarked
package dev.rollcall.bench;

import org.jspecify.annotations.NullMarked;
