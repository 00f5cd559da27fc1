package dev.rollcall.icmp;

/// What the probes of a trace are.
public enum TraceMethod {
  /// ICMP echo requests: the only ones without CAP_NET_RAW.
  ICMP,
  /// UDP datagrams to a port where nobody listens.
  UDP,
  /// The first packet of a TCP connection to a port, which firewalls let through.
  TCP
}
