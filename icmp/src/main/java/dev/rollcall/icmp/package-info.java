/// Pings ([dev.rollcall.icmp.Pinger]) and traces ([dev.rollcall.icmp.Tracer]) over the sockets of
/// Linux, by the foreign function API.
@NullMarked
package dev.rollcall.icmp;

import org.jspecify.annotations.NullMarked;
