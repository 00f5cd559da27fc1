/// Probes as meters of Micrometer.
@NullMarked
package dev.rollcall.probe.micrometer;

import org.jspecify.annotations.NullMarked;
