package dev.rollcall.bench;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;

/// Reads the database of a Rollcall that has stopped.
record Ticks(Path file) {
  /// A span of time.
  record Span(Instant from, Instant to) {
    Duration length() {
      return Duration.between(from, to);
    }
  }

  /// The ticks of services up to some id within a span.
  ///
  /// @param rows number of ticks
  /// @param up how many of them are up
  /// @param services number of services with ticks
  /// @param missing number of ticks missing between two of one service
  /// @param deviation the largest difference between the interval and the distance of two
  ///   successive ticks
  /// @param deviation99 the same for 99 % of them
  record Found(
      long rows, long up, long services, long missing, Duration deviation, Duration deviation99) {}

  Found within(Span span, Duration interval, long lastService) {
    return read(
        "SELECT state, service_id, at - lag(at) OVER (PARTITION BY service_id ORDER BY at)"
            + " FROM service_tick WHERE at >= ? AND at < ? AND service_id <= ?",
        query -> {
          query.setLong(1, span.from().toEpochMilli());
          query.setLong(2, span.to().toEpochMilli());
          query.setLong(3, lastService);
          return found(query.executeQuery(), interval.toMillis());
        });
  }

  private static Found found(ResultSet row, long interval) throws SQLException {
    LongStream.Builder deviations = LongStream.builder();
    long rows = 0;
    long up = 0;
    long services = 0;
    long missing = 0;
    while (row.next()) {
      rows++;
      up += row.getInt(1) == 1 ? 1 : 0;
      long distance = row.getLong(3);
      if (row.wasNull()) {
        services++;
      } else {
        missing += Math.max(0, Math.round((double) distance / interval) - 1);
        deviations.add(Math.abs(distance - interval));
      }
    }
    long[] sorted = deviations.build().sorted().toArray();
    return new Found(rows, up, services, missing, quantile(sorted, 1), quantile(sorted, 0.99));
  }

  private static Duration quantile(long[] sorted, double share) {
    return sorted.length == 0
        ? Duration.ZERO
        : Duration.ofMillis(sorted[(int) Math.ceil(sorted.length * share) - 1]);
  }

  /// When the last of `services` services had its first tick.
  ///
  /// @throws IllegalStateException if one of them has none
  Instant lastFirst(int services) {
    return read(
        "SELECT count(*), max(first) FROM (SELECT min(at) AS first FROM service_tick"
            + " WHERE service_id <= ? GROUP BY service_id)",
        query -> {
          query.setInt(1, services);
          ResultSet row = query.executeQuery();
          if (row.getInt(1) != services) {
            throw new IllegalStateException("only " + row.getInt(1) + " services have a tick");
          }
          return Instant.ofEpochMilli(row.getLong(2));
        });
  }

  /// A service that went down.
  ///
  /// @param at when the check that found it began
  record Outage(long service, Instant at) {}

  List<Outage> outages(Span span) {
    return read(
        "SELECT service_id, date_started FROM service_event WHERE event = 'downtime'"
            + " AND date_started >= ? AND date_started < ? ORDER BY date_started",
        query -> {
          query.setLong(1, span.from().toEpochMilli());
          query.setLong(2, span.to().toEpochMilli());
          List<Outage> outages = new ArrayList<>();
          ResultSet row = query.executeQuery();
          while (row.next()) {
            outages.add(new Outage(row.getLong(1), Instant.ofEpochMilli(row.getLong(2))));
          }
          return outages;
        });
  }

  private interface Reading<T> {
    T of(PreparedStatement query) throws SQLException;
  }

  private <T> T read(String sql, Reading<T> reading) {
    try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file);
        PreparedStatement query = connection.prepareStatement(sql)) {
      return reading.of(query);
    } catch (SQLException e) {
      throw new IllegalStateException(file + " cannot be read: " + e.getMessage(), e);
    }
  }
}
