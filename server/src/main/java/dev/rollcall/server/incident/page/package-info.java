/// The pages of incidents and maintenance.
@NullMarked
package dev.rollcall.server.incident.page;

import org.jspecify.annotations.NullMarked;
