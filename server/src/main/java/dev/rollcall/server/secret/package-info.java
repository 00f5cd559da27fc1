/// Plumbing: the key of this installation, and what is encrypted with it. Sees `config` and `time`
/// only.
@NullMarked
package dev.rollcall.server.secret;

import org.jspecify.annotations.NullMarked;
