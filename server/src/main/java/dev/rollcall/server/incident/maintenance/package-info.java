/// Maintenance: spans in which nobody is told of some subjects. It knows no incidents.
@NullMarked
package dev.rollcall.server.incident.maintenance;

import org.jspecify.annotations.NullMarked;
