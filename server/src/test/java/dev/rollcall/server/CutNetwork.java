package dev.rollcall.server;

import dev.rollcall.lab.LabNode;
import dev.rollcall.lab.LabNode.Link;
import dev.rollcall.lab.NetworkLab;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/// A laboratory of fifteen routers with services behind them, in which links and routers fail.
///
/// ```text
/// source - r1 - r2 - r3 - r4 - a                    each host has three addresses, with a service
///               |    |    r13 - m                   at each, unless it says otherwise
///               |    r5 (silent) - r6 - b
///               r7 = (r14 or r15) = r8 - c          six
///               |                   r9 - d          six; r9 limits its answers
///               r10 - r11 - r12 - v1, v2, v3        one each; IPv6 alone from r10 on
///               w                                   two
/// ```
final class CutNetwork implements AutoCloseable {
  private static final int ROUTERS = 15;
  private static final String DOMAIN = ".lab.example\n";

  /// @param up the end that is nearer to the source
  private record Edge(LabNode up, LabNode down, Link link) {
    boolean joins(LabNode node) {
      return node == up || node == down;
    }
  }

  /// Something that fails, for a trial.
  ///
  /// @param name `r2 - r3 is down`
  /// @param links all of them fail
  /// @param loses whether they lose packets without a notice, instead of being down
  /// @param right the routers that it is right to name; none if nothing can be known
  /// @param lost what is certain to be lost; what shares the load may be lost too
  /// @param shares whether other links share the load with what fails
  record Failure(
      String name,
      List<Link> links,
      boolean loses,
      Set<LabNode> right,
      Set<String> lost,
      boolean shares) {
    void begin() {
      links.forEach(loses ? Link::lose : Link::cut);
    }

    void end() {
      links.forEach(Link::restore);
    }
  }

  final NetworkLab lab = NetworkLab.open();
  final LabNode source = lab.node("source");
  final List<LabNode> routers =
      IntStream.rangeClosed(1, ROUTERS).mapToObj(i -> lab.node("r" + i)).toList();
  private final List<Edge> edges = new ArrayList<>();

  /// The addresses of the services by their names, and the nodes that have them.
  private final Map<String, String> services = new TreeMap<>();

  private final Map<String, LabNode> hosts = new TreeMap<>();

  CutNetwork() {
    r(5).silent();
    r(9).rateLimited();
    chain(source, r(1), r(2), r(3), r(4), host("a", 3));
    chain(r(4), r(13), host("m", 3));
    chain(r(3), r(5), r(6), host("b", 3));
    chain(r(2), r(7), r(14), r(8), host("c", 6));
    chain(r(7), r(15), r(8), r(9), host("d", 6));
    chain(r(2), host("w", 2));
    chain(r(2), r(10));
    link6(r(10), r(11));
    link6(r(11), r(12));
    for (String name : List.of("v1", "v2", "v3")) {
      LabNode host = lab.node(name);
      services.put(name, "[" + host.address6() + "]");
      hosts.put(name, host);
      link6(r(12), host);
    }
    lab.build();
  }

  LabNode r(int number) {
    return routers.get(number - 1);
  }

  private LabNode host(String name, int addresses) {
    String block = "10.210." + hosts.size() + ".";
    LabNode host = lab.node(name).block4(block + "0/28");
    for (int i = 1; i <= addresses; i++) {
      services.put(name + i, block + i);
      hosts.put(name + i, host);
    }
    return host;
  }

  private void chain(LabNode... nodes) {
    for (int i = 1; i < nodes.length; i++) {
      edges.add(new Edge(nodes[i - 1], nodes[i], lab.link(nodes[i - 1], nodes[i])));
    }
  }

  private void link6(LabNode up, LabNode down) {
    edges.add(new Edge(up, down, lab.link6(up, down)));
  }

  /// The `services:` of a configuration.
  String yaml() {
    return services.entrySet().stream()
        .map(
            one ->
                "  - {name: %s, url: 'ping://%s?count=2&interval=50ms', trace: true, interval: 2s,"
                        .formatted(one.getKey(), one.getValue())
                    + " timeout: 1s, confirm-interval: 1s}\n")
        .collect(Collectors.joining("", "services:\n", ""));
  }

  /// The lines of a file of hosts, in which each router has one name for all of its addresses.
  String hosts() {
    StringBuilder lines = new StringBuilder("127.0.0.1 localhost\n");
    for (LabNode router : routers) {
      List<String> addresses = new ArrayList<>(List.of(router.address4(), router.address6()));
      for (Link link : lab.links(router)) {
        addresses.add(link.address(router, true));
        addresses.add(link.address(router, false));
      }
      addresses.forEach(each -> lines.append(each).append(' ').append(router).append(DOMAIN));
    }
    return lines.toString();
  }

  Collection<String> names() {
    return services.keySet();
  }

  /// The services at a host or behind a router.
  Set<String> behind(LabNode router) {
    return lost(edges(router));
  }

  /// Each link between routers, and each router, once down and once without a notice. The links to
  /// hosts are left out: one host is no network.
  List<Failure> failures() {
    List<Failure> all = new ArrayList<>();
    for (boolean loses : List.of(false, true)) {
      String how = loses ? " loses all packets" : " is down";
      for (Edge edge : edges) {
        if (routers.contains(edge.down())) {
          all.add(
              failure(
                  edge.up() + " - " + edge.down() + how,
                  List.of(edge),
                  loses,
                  edge.up() == source ? Set.of() : answering(edge.down())));
        }
      }
      for (LabNode router : routers) {
        all.add(
            failure(
                router + how, edges(router), loses, router == r(1) ? Set.of() : answering(router)));
      }
    }
    return all;
  }

  private List<Edge> edges(LabNode router) {
    return edges.stream().filter(edge -> edge.joins(router)).toList();
  }

  private Failure failure(String name, List<Edge> failed, boolean loses, Set<LabNode> right) {
    Set<String> lost = lost(failed);
    return new Failure(
        name, failed.stream().map(Edge::link).toList(), loses, right, lost, lost.isEmpty());
  }

  /// The first routers from here on that answer.
  private Set<LabNode> answering(LabNode router) {
    return router != r(5)
        ? Set.of(router)
        : edges.stream()
            .filter(edge -> edge.up() == router)
            .map(Edge::down)
            .collect(Collectors.toSet());
  }

  private Set<String> lost(List<Edge> failed) {
    Set<LabNode> reached = new HashSet<>(Set.of(source));
    Deque<LabNode> next = new ArrayDeque<>(reached);
    while (!next.isEmpty()) {
      LabNode node = next.remove();
      edges.stream()
          .filter(edge -> edge.joins(node) && !failed.contains(edge))
          .flatMap(edge -> Stream.of(edge.up(), edge.down()))
          .filter(reached::add)
          .forEach(next::add);
    }
    return services.keySet().stream()
        .filter(name -> !reached.contains(hosts.get(name)))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  @Override
  public void close() {
    lab.close();
  }
}
