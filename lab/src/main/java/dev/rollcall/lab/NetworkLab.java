package dev.rollcall.lab;

import dev.rollcall.lab.LabNode.Link;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// A network of routers on this machine: network namespaces that are joined by pairs of virtual
/// interfaces. Nothing that is sent within leaves the machine. Needs root and `ip` of iproute2.
///
/// ```java
/// try (NetworkLab lab = NetworkLab.open()) {
///   LabNode source = lab.node("source");
///   LabNode router = lab.node("router");
///   LabNode target = lab.node("target");
///   lab.link(source, router);
///   Link last = lab.link(router, target);
///   lab.build();
///   source.inside(() -> ping(target.address4()));
///   last.cut();
/// }
/// ```
///
/// Each node forwards, and has an address of each family on its loopback interface, from which its
/// own packets come. ICMP errors of a router come from the address of the interface at which the
/// packet arrived. Routes are the shortest ones; where several are equally short, a router chooses
/// by the flow (addresses and ports). Routers answer without a limit unless they are
/// [LabNode#rateLimited()] or [LabNode#silent()].
///
/// The names of the namespaces begin with a prefix of this process. [#close()] deletes them;
/// [#open()] deletes those of processes that have ended without it.
public final class NetworkLab implements AutoCloseable {
  private static final AtomicInteger COUNT = new AtomicInteger();
  private static final String PREFIX = "rclab-";
  private static final Pattern OWN = Pattern.compile(PREFIX + "(\\d+)-\\S+");
  private static final Path NAMESPACES = Path.of("/run/netns");

  private final String prefix =
      PREFIX + ProcessHandle.current().pid() + "-" + COUNT.incrementAndGet();
  private final List<LabNode> nodes = new ArrayList<>();
  private final List<Link> links = new ArrayList<>();

  private NetworkLab() {}

  /// Opens a laboratory without nodes.
  ///
  /// @throws IllegalStateException with what to install, in one line
  public static NetworkLab open() {
    LabCommand.demand();
    deleteThoseOfTheDead();
    return new NetworkLab();
  }

  /// A router or a host.
  ///
  /// @param name short, for people
  public LabNode node(String name) {
    LabNode node = new LabNode(nodes.size() + 1, name, prefix + "-" + name);
    nodes.add(node);
    return node;
  }

  /// Joins two nodes, for IPv4 and IPv6.
  public Link link(LabNode one, LabNode other) {
    return link(one, other, true);
  }

  /// Joins two nodes for IPv6 alone.
  public Link link6(LabNode one, LabNode other) {
    return link(one, other, false);
  }

  private Link link(LabNode one, LabNode other, boolean four) {
    Link link = new Link(this, links.size() + 1, one, other, four);
    links.add(link);
    return link;
  }

  /// Makes the network, once all nodes and links are there.
  public void build() {
    StringBuilder root = new StringBuilder();
    nodes.forEach(node -> root.append("netns add ").append(node.namespace()).append('\n'));
    LabCommand.batch(root);
    nodes.forEach(LabNode::setKernel);
    StringBuilder pairs = new StringBuilder();
    links.forEach(link -> pairs.append(link.creation()));
    LabCommand.batch(pairs);
    for (LabNode node : nodes) {
      StringBuilder commands = node.begin();
      links.forEach(link -> commands.append(link.addressing(node)));
      LabCommand.batch(node, commands);
      LabCommand.batch6(node, node.begin6());
    }
    reroute();
  }

  /// Lets all routers find the shortest routes again, without links that are cut.
  public void reroute() {
    for (LabNode node : nodes) {
      LabCommand.batch(node, routes(node, true));
      LabCommand.batch6(node, routes(node, false));
    }
  }

  private StringBuilder routes(LabNode node, boolean four) {
    StringBuilder commands = new StringBuilder("route flush table main proto 77\n");
    for (LabNode target : nodes) {
      if (target != node) {
        List<Link> next = LabRoutes.next(links, nodes, node, target, four);
        commands.append(node.routes(target, next, four));
      }
    }
    return commands;
  }

  /// The links of a node.
  public List<Link> links(LabNode node) {
    return links.stream().filter(link -> link.joins(node)).toList();
  }

  /// The node with an address of a link or of its own, in the canonical form.
  public LabNode nodeAt(String address) {
    return nodes.stream()
        .filter(node -> node.has(address) || links.stream().anyMatch(l -> l.has(node, address)))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("no node has the address " + address));
  }

  @Override
  public void close() {
    StringBuilder commands = new StringBuilder();
    nodes.stream()
        .map(LabNode::namespace)
        .filter(name -> Files.exists(NAMESPACES.resolve(name)))
        .forEach(name -> commands.append("netns del ").append(name).append('\n'));
    LabCommand.batch(commands);
  }

  private static void deleteThoseOfTheDead() {
    List<String> names = Collections.emptyList();
    try (Stream<Path> files = Files.exists(NAMESPACES) ? Files.list(NAMESPACES) : Stream.empty()) {
      names = files.map(file -> file.getFileName().toString()).toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    StringBuilder commands = new StringBuilder();
    for (String name : names) {
      Matcher own = OWN.matcher(name);
      if (own.matches() && ProcessHandle.of(Long.parseLong(own.group(1))).isEmpty()) {
        commands.append("netns del ").append(name).append('\n');
      }
    }
    LabCommand.batch(commands);
  }
}
