/// What a check is: [dev.rollcall.probe.Probe], and the attempt it is given.
@NullMarked
package dev.rollcall.probe;

import org.jspecify.annotations.NullMarked;
