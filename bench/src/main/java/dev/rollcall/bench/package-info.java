/// Benchmarks of the built program, each compared with a reference program in the same run.
@NullMarked
package dev.rollcall.bench;

import org.jspecify.annotations.NullMarked;
