package dev.rollcall.server.signal;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/// Something that depends on itself, directly or not.
///
/// @param names from one name to the same again: `[shop, db, shop]`
public record Circle(List<String> names) {
  /// How many names are looked at. Circles that are longer are survived at run time.
  private static final int MOST = 1_000;

  /// How many of them are named.
  private static final int MOST_NAMED = 10;

  /// Copies the list.
  public Circle {
    names = List.copyOf(names);
  }

  /// The shortest circle from `name` over `first`, one of those that it needs; empty if there is
  /// none.
  ///
  /// @param needs what a name needs to work
  static Optional<Circle> over(
      String name, String first, Function<String, Collection<String>> needs) {
    Map<String, String> from = new HashMap<>();
    Deque<String> reached = new ArrayDeque<>(List.of(first));
    from.put(first, name);
    while (!reached.isEmpty() && from.size() <= MOST) {
      String one = reached.poll();
      if (one.equals(name)) {
        return Optional.of(new Circle(way(name, from)));
      }
      for (String next : needs.apply(one)) {
        if (from.putIfAbsent(next, one) == null) {
          reached.add(next);
        }
      }
    }
    return Optional.empty();
  }

  private static List<String> way(String name, Map<String, String> from) {
    List<String> names = new ArrayList<>(List.of(name));
    String one = name;
    do {
      one = from.getOrDefault(one, name);
      names.add(one);
    } while (!one.equals(name));
    Collections.reverse(names);
    return names;
  }

  /// What is wrong with `depends-on`, and the remedy.
  public String mistake() {
    String way =
        names.size() <= MOST_NAMED
            ? String.join(" -> ", names)
            : String.join(" -> ", names.subList(0, MOST_NAMED)) + " -> ... -> " + names.getLast();
    return "makes a circle: " + way + ": remove one of these";
  }
}
