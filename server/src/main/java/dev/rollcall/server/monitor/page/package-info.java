/// The pages of services. Uses `overview`.
@NullMarked
package dev.rollcall.server.monitor.page;

import org.jspecify.annotations.NullMarked;
