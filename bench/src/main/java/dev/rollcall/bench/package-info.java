/// Benchmarks of the built program as a whole, each beside its anchor in the same run.
@NullMarked
package dev.rollcall.bench;

import org.jspecify.annotations.NullMarked;
