/// What probe/README.md says, tried.
@NullMarked
package dev.rollcall.probe.example;

import org.jspecify.annotations.NullMarked;
