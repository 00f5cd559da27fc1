/// Pings ([dev.rollcall.icmp.Pinger]) over the ICMP sockets of Linux, by the foreign function API.
@NullMarked
package dev.rollcall.icmp;

import org.jspecify.annotations.NullMarked;
