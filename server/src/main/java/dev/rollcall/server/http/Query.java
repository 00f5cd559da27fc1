package dev.rollcall.server.http;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// The parameters of a query or the fields of a form, in their order, decoded strictly:
/// `name=a&name=b`.
public final class Query {
  private static final int MOST = 1000;
  private static final Query EMPTY = new Query(List.of());

  private final List<String> namesAndValues;

  private Query(List<String> namesAndValues) {
    this.namesAndValues = namesAndValues;
  }

  /// Parses a query.
  ///
  /// @throws Refusal (400) if the encoding is invalid or there are more than 1,000 parameters
  static Query parse(String raw) {
    if (raw.isEmpty()) {
      return EMPTY;
    }
    List<String> pairs = new ArrayList<>(8);
    int start = 0;
    while (start <= raw.length()) {
      int end = raw.indexOf('&', start);
      end = end < 0 ? raw.length() : end;
      if (end > start) {
        int equals = raw.indexOf('=', start);
        boolean named = equals >= 0 && equals < end;
        String name = PercentDecoding.query(raw.substring(start, named ? equals : end));
        pairs.add(name);
        pairs.add(named ? value(name, raw.substring(equals + 1, end)) : "");
        if (pairs.size() > 2 * MOST) {
          throw Refusal.badRequest("there are more than " + MOST + " parameters");
        }
      }
      start = end + 1;
    }
    return new Query(pairs);
  }

  private static String value(String name, String raw) {
    try {
      return PercentDecoding.query(raw);
    } catch (Refusal e) {
      throw Refusal.ofParameter(name, "cannot be read: " + e.reason());
    }
  }

  /// The same, if all of it can be stored.
  ///
  /// @throws Refusal (400) otherwise
  Query storable() {
    for (int i = 0; i < namesAndValues.size(); i += 2) {
      Optional<String> fault = Characters.fault(namesAndValues.get(i + 1));
      if (fault.isPresent()) {
        throw Refusal.ofParameter(namesAndValues.get(i), fault.get());
      }
    }
    return this;
  }

  /// All values of a parameter, in their order.
  public List<String> all(String name) {
    List<String> values = new ArrayList<>(1);
    for (int i = 0; i < namesAndValues.size(); i += 2) {
      if (namesAndValues.get(i).equals(name)) {
        values.add(namesAndValues.get(i + 1));
      }
    }
    return values;
  }

  /// The value of a parameter.
  ///
  /// @throws Refusal (400) if it is given more than once
  public Optional<String> single(String name) {
    String found = null;
    for (int i = 0; i < namesAndValues.size(); i += 2) {
      if (namesAndValues.get(i).equals(name)) {
        if (found != null) {
          throw Refusal.ofParameter(name, "is given more than once");
        }
        found = namesAndValues.get(i + 1);
      }
    }
    return Optional.ofNullable(found);
  }
}
