/// The pages people look at.
@NullMarked
package dev.rollcall.server.page;

import org.jspecify.annotations.NullMarked;
