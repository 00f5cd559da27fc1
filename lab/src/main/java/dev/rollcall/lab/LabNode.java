package dev.rollcall.lab;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;

/// A router or host of a [NetworkLab].
public final class LabNode {
  private static final int DEFAULT_MTU = 1500;

  private final int number;
  private final String name;
  private final String namespace;
  private final List<String> blocks = new ArrayList<>();
  private final Map<LabNode, List<Link>> said4 = new HashMap<>();
  private final Map<LabNode, List<Link>> said6 = new HashMap<>();
  private boolean rateLimited;
  private boolean silent;

  LabNode(int number, String name, String namespace) {
    this.number = number;
    this.name = name;
    this.namespace = namespace;
  }

  /// Answers no more than Linux does by itself: a burst of six ICMP errors to a host, then one a
  /// second. To be called before the network is built, as the next ones.
  public LabNode rateLimited() {
    rateLimited = true;
    return this;
  }

  /// Forwards, but sends nothing of ICMP itself.
  public LabNode silent() {
    silent = true;
    return this;
  }

  /// Has all addresses of an IPv4 block, which are routed to it: many targets in one place.
  public LabNode block4(String block) {
    blocks.add(block);
    return this;
  }

  /// Sends packets to `target` by these links and by no others: for loops and asymmetric routes.
  public LabNode via(LabNode target, Link... links) {
    said4.put(target, List.of(links));
    said6.put(target, List.of(links));
    return this;
  }

  List<Link> said(LabNode target, boolean four) {
    return (four ? said4 : said6).getOrDefault(target, List.of());
  }

  /// Its own IPv4 address: 10.200.0.N.
  public String address4() {
    return "10.200.0." + number;
  }

  /// Its own IPv6 address: fd00:200::N.
  public String address6() {
    return "fd00:200::" + Integer.toHexString(number);
  }

  boolean has(String address) {
    return address.equals(address4()) || address.equals(address6());
  }

  /// The network namespace, for `ip netns exec`.
  public String namespace() {
    return namespace;
  }

  /// A command that runs another inside this node.
  public List<String> command(List<String> command) {
    List<String> inside = new ArrayList<>(List.of("ip", "netns", "exec", namespace));
    inside.addAll(command);
    return inside;
  }

  /// Runs code inside this node, on a thread of its own. Sockets that it opens, and threads that it
  /// starts, stay inside.
  public <T> T inside(Callable<T> task) {
    return LabCommand.inside(namespace, task);
  }

  /// Runs code inside this node, on a thread without any right of root.
  public <T> T insideWithoutRights(Callable<T> task) {
    return inside(
        () -> {
          LabCommand.dropRights();
          return task.call();
        });
  }

  /// Runs a command of `ip` inside, as in `ip("link set v1 mtu 1400")`.
  public void ip(String command) {
    LabCommand.batch(this, new StringBuilder(command).append('\n'));
  }

  /// Sets a value below `/proc/sys/net`, as in `set("ipv4/icmp_ratelimit", 1000)`.
  public void set(String name, Object value) {
    LabCommand.run(command(List.of("sh", "-c", setting(name, value))));
  }

  private static String setting(String name, Object value) {
    return "echo " + value + " > /proc/sys/net/" + name + "\n";
  }

  void setKernel() {
    StringBuilder settings = new StringBuilder();
    settings.append(setting("ipv4/ip_forward", 1));
    settings.append(setting("ipv6/conf/all/forwarding", 1));
    settings.append(setting("ipv6/conf/default/forwarding", 1));
    settings.append(setting("ipv6/conf/default/accept_dad", 0));
    settings.append(setting("ipv6/conf/default/keep_addr_on_down", 1));
    settings.append(setting("ipv4/conf/all/rp_filter", 0));
    settings.append(setting("ipv4/conf/default/rp_filter", 0));
    settings.append(setting("ipv4/icmp_errors_use_inbound_ifaddr", 1));
    settings.append(setting("ipv4/fib_multipath_hash_policy", 1));
    settings.append(setting("ipv6/fib_multipath_hash_policy", 1));
    if (!rateLimited) {
      settings.append(setting("ipv4/icmp_ratelimit", 0));
      settings.append(setting("ipv4/icmp_msgs_per_sec", 10_000_000));
      settings.append(setting("ipv4/icmp_msgs_burst", 1_000_000));
      settings.append(setting("ipv6/icmp/ratelimit", 0));
    }
    LabCommand.run(command(List.of("sh", "-e", "-c", settings.toString())));
  }

  StringBuilder begin() {
    StringBuilder commands = new StringBuilder("link set lo up\n");
    commands.append("addr add ").append(address4()).append("/32 dev lo\n");
    commands.append("addr add ").append(address6()).append("/128 dev lo nodad\n");
    blocks.forEach(block -> commands.append("route add local ").append(block).append(" dev lo\n"));
    if (silent) {
      commands.append("rule add pref 10 iif lo ipproto icmp blackhole\n");
    }
    return commands;
  }

  /// What only `ip -6` takes.
  StringBuilder begin6() {
    return new StringBuilder(silent ? "rule add pref 10 iif lo ipproto ipv6-icmp blackhole\n" : "");
  }

  /// The commands that send packets to `target` by links.
  String routes(LabNode target, List<Link> links, boolean four) {
    if (links.isEmpty()) {
      return "";
    }
    StringBuilder hops = new StringBuilder();
    for (Link link : links) {
      hops.append(" nexthop via ").append(link.address(link.other(this), four));
      hops.append(" dev ").append(link.device());
    }
    String source = " proto 77 src " + (four ? address4() : address6());
    StringBuilder commands = new StringBuilder();
    if (four) {
      commands.append("route add ").append(target.address4()).append("/32");
      commands.append(source).append(hops).append('\n');
      for (String block : target.blocks) {
        commands.append("route add ").append(block).append(source).append(hops).append('\n');
      }
    } else {
      commands.append("route add ").append(target.address6()).append("/128");
      commands.append(source).append(hops).append('\n');
    }
    return commands.toString();
  }

  @Override
  public String toString() {
    return name;
  }

  /// Two interfaces that are joined. Its addresses: 10.201.N.1 and .2, fd00:201:N::1 and ::2.
  public static final class Link {
    private final NetworkLab lab;
    private final int number;
    private final LabNode one;
    private final LabNode other;
    private final boolean four;
    private int mtu = DEFAULT_MTU;
    private boolean cut;
    private boolean loses;

    Link(NetworkLab lab, int number, LabNode one, LabNode other, boolean four) {
      this.lab = lab;
      this.number = number;
      this.one = one;
      this.other = other;
      this.four = four;
    }

    /// Takes smaller packets than others. To be called before the network is built.
    public Link mtu(int octets) {
      mtu = octets;
      return this;
    }

    /// The name of its interface, in both nodes.
    public String device() {
      return "v" + number;
    }

    /// The IPv4 or IPv6 address that a node has here.
    public String address(LabNode node, boolean ipv4) {
      int end = node == one ? 1 : 2;
      return ipv4
          ? "10.201." + number + "." + end
          : "fd00:201:" + Integer.toHexString(number) + "::" + end;
    }

    /// The same as an object.
    public InetAddress at(LabNode node, boolean ipv4) {
      return InetAddress.ofLiteral(address(node, ipv4));
    }

    /// Takes it down at both ends. Routers go on to send there, until [NetworkLab#reroute()].
    public void cut() {
      cut = true;
      one.ip("link set " + device() + " down");
      other.ip("link set " + device() + " down");
    }

    /// Loses all packets in both directions, and neither end notices.
    public void lose() {
      loses = true;
      one.ip(neighbors(one, "replace", " lladdr 02:00:00:00:00:01 nud permanent"));
      other.ip(neighbors(other, "replace", " lladdr 02:00:00:00:00:01 nud permanent"));
    }

    /// What a node believes of the hardware address of the other.
    private String neighbors(LabNode node, String verb, String what) {
      return (four ? List.of(true, false) : List.of(false))
          .stream()
              .map(
                  ipv4 ->
                      "neigh %s %s%s dev %s"
                          .formatted(verb, address(other(node), ipv4), what, device()))
              .collect(Collectors.joining("\n"));
    }

    /// Takes it up again, and lets routers use it.
    public void restore() {
      if (loses) {
        loses = false;
        one.ip(neighbors(one, "del", ""));
        other.ip(neighbors(other, "del", ""));
      }
      if (cut) {
        cut = false;
        one.ip("link set " + device() + " up");
        other.ip("link set " + device() + " up");
        lab.reroute();
      }
    }

    boolean isUsable(boolean ipv4) {
      return !cut && (four || !ipv4);
    }

    boolean joins(LabNode node) {
      return node == one || node == other;
    }

    LabNode other(LabNode node) {
      return node == one ? other : one;
    }

    boolean has(LabNode node, String address) {
      return joins(node)
          && (address.equals(address(node, true))
              || InetAddress.ofLiteral(address).equals(at(node, false)));
    }

    String creation() {
      return "link add %s netns %s mtu %d type veth peer name %s netns %s mtu %d%n"
          .formatted(device(), one.namespace, mtu, device(), other.namespace, mtu);
    }

    String addressing(LabNode node) {
      if (!joins(node)) {
        return "";
      }
      String commands = "";
      if (four) {
        commands += "addr add %s/24 dev %s%n".formatted(address(node, true), device());
      }
      commands += "addr add %s/64 dev %s nodad%n".formatted(address(node, false), device());
      return commands + "link set " + device() + " up\n";
    }
  }
}
