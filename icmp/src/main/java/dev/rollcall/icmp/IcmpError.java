package dev.rollcall.icmp;

/// An ICMP error about a ping.
///
/// @param fromIsV6 the family of who sent it
/// @param fromHigh who sent it; see [SocketAddress]
/// @param fromLow the other half of it; 0 if the kernel did not say
record IcmpError(int type, int code, boolean fromIsV6, long fromHigh, long fromLow) {}
