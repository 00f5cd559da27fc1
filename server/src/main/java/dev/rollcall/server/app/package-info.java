/// Main, the commands, the configuration, and the one place where everything is wired together.
@NullMarked
package dev.rollcall.server.app;

import org.jspecify.annotations.NullMarked;
