/// The pages of services.
@NullMarked
package dev.rollcall.server.monitor.page;

import org.jspecify.annotations.NullMarked;
