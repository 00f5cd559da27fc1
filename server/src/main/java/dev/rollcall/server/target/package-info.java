/// The target pool: which addresses are measured, which may enter, and which node measures them
/// now.
@NullMarked
package dev.rollcall.server.target;

import org.jspecify.annotations.NullMarked;
