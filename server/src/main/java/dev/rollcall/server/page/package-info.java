/// The overview: what joins the pages of all capabilities.
@NullMarked
package dev.rollcall.server.page;

import org.jspecify.annotations.NullMarked;
