/// A laboratory of routers on this machine, for tests of everything that measures a network.
@NullMarked
package dev.rollcall.lab;

import org.jspecify.annotations.NullMarked;
