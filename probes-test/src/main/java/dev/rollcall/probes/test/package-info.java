/// The tests of the probes are those of this module; it contains nothing else.
@NullMarked
package dev.rollcall.probes.test;

import org.jspecify.annotations.NullMarked;
