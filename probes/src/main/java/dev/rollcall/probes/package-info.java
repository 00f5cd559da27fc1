/// The probes, one file each.
@NullMarked
package dev.rollcall.probes;

import org.jspecify.annotations.NullMarked;
