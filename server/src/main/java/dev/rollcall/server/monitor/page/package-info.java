/// The pages of services. Uses `check`, `store` and `overview`.
@NullMarked
package dev.rollcall.server.monitor.page;

import org.jspecify.annotations.NullMarked;
