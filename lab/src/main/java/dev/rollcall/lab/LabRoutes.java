package dev.rollcall.lab;

import dev.rollcall.lab.LabNode.Link;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// The shortest routes of a laboratory.
final class LabRoutes {
  private LabRoutes() {}

  /// The links by which packets of `from` to `target` leave: those that a test has said, or all
  /// that are on a shortest route.
  static List<Link> next(
      List<Link> links, List<LabNode> nodes, LabNode from, LabNode target, boolean four) {
    List<Link> said = from.said(target, four);
    if (!said.isEmpty()) {
      return said;
    }
    Map<LabNode, Integer> hops = hops(links, target, four);
    int here = hops.getOrDefault(from, nodes.size());
    return links.stream()
        .filter(link -> link.isUsable(four) && link.joins(from))
        .filter(link -> hops.getOrDefault(link.other(from), nodes.size()) < here)
        .toList();
  }

  private static Map<LabNode, Integer> hops(List<Link> links, LabNode target, boolean four) {
    Map<LabNode, Integer> hops = new HashMap<>(Map.of(target, 0));
    Deque<LabNode> next = new ArrayDeque<>(List.of(target));
    while (!next.isEmpty()) {
      LabNode node = next.remove();
      for (Link link : links) {
        if (link.isUsable(four) && link.joins(node) && !hops.containsKey(link.other(node))) {
          hops.put(link.other(node), hops.getOrDefault(node, 0) + 1);
          next.add(link.other(node));
        }
      }
    }
    return hops;
  }
}
