/// Configuration as plumbing: what a setting is, where its value came from, and every mistake in it
/// reported at once.
@NullMarked
package dev.rollcall.server.config;

import org.jspecify.annotations.NullMarked;
