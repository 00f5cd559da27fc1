package dev.rollcall.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/// Compares the state at the end of a soak with what it has to be.
///
/// @param lines the figures
/// @param wrong what is not as required
record SoakVerdict(List<String[]> lines, List<String> wrong) {
  static final SoakVerdict NONE = new SoakVerdict(List.of(), List.of("nothing was judged"));

  /// An alert may arrive this long after a silence has ended.
  private static final Duration UNTIL_TOLD = Duration.ofSeconds(15);

  static SoakVerdict of(
      SoakDatabase database,
      Path data,
      SoakWorld world,
      SoakJobs jobs,
      Map<String, Integer> happened)
      throws SQLException, IOException {
    SoakVerdict verdict = new SoakVerdict(new ArrayList<>(), new ArrayList<>());
    verdict.alerts(world, jobs);
    try (Connection connection = database.connect();
        Statement statement = connection.createStatement()) {
      verdict.calls(statement, jobs);
      verdict.ticks(statement, world, happened);
      verdict.sums(statement);
    }
    verdict.results(data, jobs);
    return verdict;
  }

  @SuppressWarnings("AnnotateFormatMethod") // the annotation would need a library only for this
  private void line(String what, String format, Object... values) {
    lines.add(new String[] {what, format.formatted(values)});
  }

  @SuppressWarnings("AnnotateFormatMethod") // the annotation would need a library only for this
  private void check(boolean right, String format, Object... values) {
    if (!right) {
      wrong.add(format.formatted(values));
    }
  }

  private void alerts(SoakWorld world, SoakJobs jobs) {
    int right = 0;
    int silences = 0;
    int alerts = 0;
    List<String> falseAlerts = new ArrayList<>();
    for (SoakJobs.Job job : jobs.jobs()) {
      List<SoakJobs.Silence> its = List.copyOf(job.silences);
      for (Instant alert : world.alerts(job.name)) {
        if (alert.isAfter(jobs.stopped())) {
          continue;
        }
        boolean silent =
            its.stream()
                .anyMatch(
                    each ->
                        !alert.isBefore(each.from())
                            && !alert.isAfter(each.until().plus(UNTIL_TOLD)));
        if (silent) {
          right++;
        } else {
          falseAlerts.add(job.name + " at " + alert);
        }
      }
      for (SoakJobs.Silence each : its) {
        silences++;
        boolean reported =
            world.alerts(job.name).stream()
                .anyMatch(
                    at -> at.isAfter(each.from()) && at.isBefore(each.until().plus(UNTIL_TOLD)));
        alerts += reported ? 1 : 0;
      }
    }
    line("alerts", "%d for silent jobs, %d FALSE", right, falseAlerts.size());
    line("silences told of", "%d of %d (the others fell together with trouble)", alerts, silences);
    check(falseAlerts.isEmpty(), "false alerts: %s", falseAlerts);
    check(silences == 0 || alerts > 0, "no silence was told of");
  }

  private void calls(Statement statement, SoakJobs jobs) throws SQLException {
    Map<String, Long> counted = new HashMap<>();
    try (ResultSet rows = statement.executeQuery("SELECT name, call_count FROM heartbeat")) {
      while (rows.next()) {
        counted.put(rows.getString(1), rows.getLong(2));
      }
    }
    long acknowledged = 0;
    long kept = 0;
    for (SoakJobs.Job job : jobs.jobs()) {
      long its = counted.getOrDefault(job.name, 0L);
      acknowledged += job.acknowledged.get();
      kept += its;
      check(
          its >= job.acknowledged.get() && its <= job.tried.get(),
          "%s: %d calls acknowledged, %d tried, %d kept",
          job.name,
          job.acknowledged.get(),
          job.tried.get(),
          its);
    }
    line(
        "heartbeats",
        "%d acknowledged, %d kept (%d calls and posts got no 200, and were tried again)",
        acknowledged,
        kept,
        jobs.refusals());
  }

  /// An answer every two seconds, for the 15 s of a start without the database. The outcomes of
  /// such a process are dropped if they are not newer than those of the process before, whose clock
  /// was ahead.
  private static final int LEFT_OUT = 10;

  /// Each tick must be an answer of the service. Answers may be missing among the ticks if their
  /// check was under way at a kill, or when the clock was set, as its lease has ended then.
  private void ticks(Statement statement, SoakWorld world, Map<String, Integer> happened)
      throws SQLException {
    int ends =
        happened.entrySet().stream()
            .filter(each -> each.getKey().contains("kill") || each.getKey().contains("start"))
            .mapToInt(Map.Entry::getValue)
            .sum();
    int steps = happened.getOrDefault("clock ahead", 0) + happened.getOrDefault("clock back", 0);
    long lost =
        2L * ends
            + 2L * steps
            + (long) LEFT_OUT * happened.getOrDefault("start without database", 0);
    long answers = 0;
    long ticks = 0;
    try (ResultSet rows =
        statement.executeQuery(
            """
            SELECT s.name, SUM(CASE WHEN t.state = 1 THEN 1 ELSE 0 END),
              SUM(CASE WHEN t.state = 0 THEN 1 ELSE 0 END),
              SUM(CASE WHEN t.state = 2 THEN 1 ELSE 0 END)
            FROM service s JOIN service_tick t ON t.service_id = s.id GROUP BY s.name\
            """)) {
      while (rows.next()) {
        int service = Integer.parseInt(rows.getString(1).substring(1));
        long up = rows.getLong(2);
        long down = rows.getLong(3);
        // A check that was under way while the program stood still had an answer, and is unknown.
        long unknown = rows.getLong(4);
        long well = world.answers(service, true);
        long unwell = world.answers(service, false);
        answers += well + unwell;
        ticks += up + down + unknown;
        check(
            up <= well && down <= unwell,
            "s%d: %d ticks up of %d such answers, %d down of %d",
            service,
            up,
            well,
            down,
            unwell);
        check(
            up + down + unknown >= well + unwell - lost - 2,
            "s%d: %d answers, %d ticks, after %d ends of the process",
            service,
            well + unwell,
            up + down + unknown,
            ends);
      }
    }
    line("checks", "%d answers, %d ticks (the process ended %d times)", answers, ticks, ends);
    check(ticks > 0, "no tick at all");
  }

  private void sums(Statement statement) throws SQLException {
    try (ResultSet rows =
        statement.executeQuery(
            """
            SELECT COUNT(*) FROM service_metric m
            WHERE m.tick_count <> m.up_count + m.down_count
              OR m.up_count <> (SELECT COUNT(*) FROM service_tick t
                WHERE t.service_id = m.service_id AND t.state = 1)
              OR m.down_count <> (SELECT COUNT(*) FROM service_tick t
                WHERE t.service_id = m.service_id AND t.state = 0)
              OR 1 <> (SELECT COUNT(*) FROM service_event e
                WHERE e.service_id = m.service_id AND e.date_ended IS NULL)\
            """)) {
      rows.next();
      line("services whose ticks, counts and events differ", "%d", rows.getLong(1));
      check(rows.getLong(1) == 0, "%d services do not agree with themselves", rows.getLong(1));
    }
  }

  private void results(Path data, SoakJobs jobs) throws IOException, SQLException {
    Set<Long> kept = new HashSet<>();
    List<Path> files;
    try (Stream<Path> all = Files.list(data.resolve("output_data"))) {
      files = all.toList();
    }
    int count = 0;
    for (Path file : files) {
      String name = file.getFileName().toString();
      if (name.endsWith(".db")) {
        count++;
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file);
            Statement statement = connection.createStatement();
            ResultSet rows = statement.executeQuery("SELECT avg_rtt FROM ping_results")) {
          while (rows.next()) {
            kept.add(rows.getLong(1));
          }
        }
      } else {
        check(name.equals("collector.lock"), "a file is left over: %s", name);
      }
    }
    Set<Long> lost = new HashSet<>(jobs.stored());
    lost.removeAll(kept);
    line(
        "results",
        "%d acknowledged of %d posted, %d kept in %d files, %d LOST",
        jobs.stored().size(),
        jobs.posted(),
        kept.size(),
        count,
        lost.size());
    check(lost.isEmpty(), "acknowledged results are lost: %d", lost.size());
  }

  /// Prints all of it.
  ///
  /// @return whether everything is as required
  boolean tell(Table table) {
    lines.forEach(line -> table.row(line[0], "%s", line[1]));
    wrong.forEach(what -> table.row("WRONG", "%s", what));
    return wrong.isEmpty();
  }
}
