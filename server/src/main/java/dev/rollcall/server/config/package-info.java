/// Configuration: declares settings, reads them from all their places, and reports all mistakes at
/// once.
@NullMarked
package dev.rollcall.server.config;

import org.jspecify.annotations.NullMarked;
