/// What is checked: the definitions of services, how they are read, and what of them may be shown.
/// Uses no other package of the monitor.
@NullMarked
package dev.rollcall.server.monitor.definition;

import org.jspecify.annotations.NullMarked;
