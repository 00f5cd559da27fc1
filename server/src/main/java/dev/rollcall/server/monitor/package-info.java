/// Services: what is checked (`definition`), one check (`check`), what is kept (`store`), when
/// (`schedule`), and who sees it (`overview`, `page`, `routes`).
///
/// This package itself contains the entry points for the composition root, and may use all of
/// these; they do not use it.
@NullMarked
package dev.rollcall.server.monitor;

import org.jspecify.annotations.NullMarked;
