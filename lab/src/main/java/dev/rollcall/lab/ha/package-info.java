/// A laboratory of machines that may fail: Rollcall on several processes with all that it is run
/// with where nothing may be a single point of failure, on this machine.
@NullMarked
package dev.rollcall.lab.ha;

import org.jspecify.annotations.NullMarked;
