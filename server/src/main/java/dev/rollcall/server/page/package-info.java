/// The HTML pages.
@NullMarked
package dev.rollcall.server.page;

import org.jspecify.annotations.NullMarked;
