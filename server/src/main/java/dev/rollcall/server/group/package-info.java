/// Groups of services, heartbeats and other groups, with a rule that says how many members have to
/// be up.
///
/// A group is a subject of incidents, as services and heartbeats are: [Groups] finds the changes of
/// its state and writes signals of them ([dev.rollcall.server.signal]).
@NullMarked
package dev.rollcall.server.group;

import org.jspecify.annotations.NullMarked;
