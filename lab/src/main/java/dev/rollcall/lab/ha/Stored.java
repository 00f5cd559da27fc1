package dev.rollcall.lab.ha;

import dev.rollcall.lab.LabCommand;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// What is stored, asked of the databases themselves.
final class Stored {
  private static final String DATABASE = "rollcall";
  private static final Duration LONGEST = Duration.ofSeconds(30);

  private final Site site;

  Stored(Site site) {
    this.site = site;
  }

  /// What was acknowledged and is not stored. What waits in Redis gets time to arrive.
  List<String> missing(Load load) {
    List<String> missing = new ArrayList<>();
    for (Load.Kind kind : List.of(Load.Kind.URL, Load.Kind.HEARTBEAT, Load.Kind.RESULT)) {
      Set<String> left = new HashSet<>();
      Until.within(
          LONGEST,
          () -> {
            left.clear();
            left.addAll(load.acknowledged(kind));
            left.removeAll(stored(kind));
            return left.isEmpty();
          });
      left.forEach(key -> missing.add(kind + " " + key));
    }
    return missing;
  }

  /// All rows about a service, to find out why it was not told.
  String about(String service) {
    String its = " JOIN service s ON s.id = t.service_id WHERE s.name = '" + service + "'";
    String all = "SELECT now(), row_to_json(t) FROM ";
    return Stream.of(
            all + "service_schedule t" + its,
            all + "service_metric t" + its,
            all + "service_event t" + its + " ORDER BY t.id DESC LIMIT 3",
            "SELECT t.at, t.state FROM service_tick t" + its + " ORDER BY t.at DESC LIMIT 20",
            all + "signal t",
            all + "incident_hold t",
            all + "incident t ORDER BY id DESC LIMIT 3")
        .map(sql -> "\n" + site.primary().query(DATABASE, sql))
        .collect(Collectors.joining());
  }

  private Set<String> stored(Load.Kind kind) {
    return switch (kind) {
      case URL -> rows("SELECT url FROM service WHERE url LIKE '%/u/%'");
      case HEARTBEAT -> rows("SELECT name FROM heartbeat");
      case RESULT -> results();
      case READ -> Set.of();
    };
  }

  private Set<String> rows(String sql) {
    return new HashSet<>(List.of(site.primary().query(DATABASE, sql).split("\n", -1)));
  }

  /// Each process has files of its own.
  private Set<String> results() {
    Set<String> all = new HashSet<>();
    for (Rollcall process : site.processes) {
      Path folder = process.data().resolve("output_data");
      try (Stream<Path> files = Files.exists(folder) ? Files.list(folder) : Stream.empty()) {
        for (Path file : files.filter(one -> one.toString().endsWith(".db")).toList()) {
          String sql = "SELECT avg_rtt FROM ping_results";
          String rows =
              LabCommand.run(List.of("sqlite3", "file:" + file + "?mode=ro", sql)).strip();
          all.addAll(List.of(rows.split("\n", -1)));
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    return all;
  }
}
