/// Ping and traceroute over the sockets of Linux. It needs nothing but `java.base`: a dependency on
/// anything else does not compile.
module dev.rollcall.icmp {
  requires static transitive org.jspecify;

  exports dev.rollcall.icmp;
}
