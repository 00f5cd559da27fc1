package dev.rollcall.server.sql;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Where the data is. Its text is used in messages and contains no password.
public sealed interface DatabaseLocation {
  /// A SQLite database in one file of this machine.
  record SqliteFile(Path file) implements DatabaseLocation {
    /// Stores the absolute path, so that messages contain it wherever the program was started.
    public SqliteFile {
      file = file.toAbsolutePath().normalize();
    }

    @Override
    public String toString() {
      return "database " + file;
    }
  }

  /// A PostgreSQL database.
  ///
  /// @param address hosts, ports, database and parameters, as in `jdbc:postgresql://<address>`,
  ///   without user and password
  /// @param user empty: the default of the driver
  /// @param password empty: none
  record PostgresServer(String address, String user, String password) implements DatabaseLocation {
    /// The same database at each of its hosts alone, in the order in which they are named.
    List<PostgresServer> hosts() {
      String rest = address.substring(hostNames().length());
      return Stream.of(hostNames().split(",", -1))
          .map(host -> new PostgresServer(host + rest, user, password))
          .toList();
    }

    /// Its hosts with their ports, as they are named: `db1:5432,db2`.
    String hostNames() {
      return address.substring(0, address.indexOf('/'));
    }

    /// The same database with another user.
    public PostgresServer as(String otherUser, String otherPassword) {
      return new PostgresServer(address, otherUser, otherPassword);
    }

    @Override
    public String toString() {
      int parameters = address.indexOf('?');
      return "database postgresql://"
          + (parameters < 0 ? address : address.substring(0, parameters));
    }
  }

  /// How often to look for work in the database, for those who are woken by the commits of their
  /// own process. A SQLite file belongs to one process; on PostgreSQL, another process may have
  /// written some.
  default Duration lookEvery() {
    return switch (this) {
      case SqliteFile _ -> Duration.ofSeconds(30);
      case PostgresServer _ -> Duration.ofSeconds(1);
    };
  }

  /// Parses a location. A PostgreSQL database begins with `jdbc:postgresql://`, `postgresql://` or
  /// `postgres://`, and may contain `user:password@` or `?user=&password=`. Anything else is the
  /// path of a SQLite file, with or without `sqlite:` before it.
  ///
  /// @param directory the folder of relative paths
  /// @throws IllegalArgumentException in one line without secrets
  static DatabaseLocation parse(String text, Path directory) {
    Matcher url = Syntax.POSTGRES.matcher(text);
    if (url.matches()) {
      return Syntax.server(url);
    }
    boolean said = text.startsWith("sqlite:") && !text.startsWith("sqlite://");
    if (text.isBlank() || (!said && Syntax.OTHER_URL.matcher(text).lookingAt())) {
      throw new IllegalArgumentException(
          "neither a file nor a postgresql:// URL: '" + text.replaceFirst(":.*", ":...") + "'");
    }
    return new SqliteFile(directory.resolve(said ? text.substring("sqlite:".length()) : text));
  }

  /// Parses URLs. [java.net.URI] does not support several hosts, which pgjdbc accepts.
  final class Syntax {
    /// How the driver and libpq are told to look for the primary.
    private static final Set<String> PRIMARY =
        Set.of(
            "targetServerType=primary",
            "targetServerType=master",
            "target_session_attrs=primary",
            "target_session_attrs=read-write");

    /// What would choose another host.
    private static final Pattern OTHER_CHOICE =
        Pattern.compile("(targetServerType|target_session_attrs|loadBalanceHosts)=.*");

    private static final Pattern POSTGRES =
        Pattern.compile(
            "(?:jdbc:)?postgres(?:ql)?://(?:([^:@/?]*)(?::([^@/?]*))?@)?([^/?@]*)(/[^?]*)?(?:\\?(.*))?");
    private static final Pattern HOST =
        Pattern.compile("(?:[^:@#\\[\\]\\s]*|\\[[0-9A-Fa-f:.]+])(?::(\\d{1,5}))?");
    private static final Pattern OTHER_URL = Pattern.compile("[a-z0-9]+:(//|[a-z0-9]+:)");

    private Syntax() {}

    private static DatabaseLocation server(Matcher url) {
      String user = decoded(url.group(1));
      String password = decoded(url.group(2));
      List<String> parameters = new ArrayList<>();
      for (String parameter : url.group(5) == null ? new String[0] : url.group(5).split("&")) {
        if (parameter.startsWith("user=")) {
          user = decoded(parameter.substring("user=".length()));
        } else if (parameter.startsWith("password=")) {
          password = decoded(parameter.substring("password=".length()));
        } else if (!PRIMARY.contains(parameter)) { // it is looked for anyway
          parameters.add(parameter);
        }
      }
      String path = url.group(4) == null ? "/" : url.group(4);
      if (!isHosts(url.group(3))
          || !path.matches("/[^/@#]*")
          || !parameters.stream().allMatch(one -> one.matches("\\w[\\w.]*=[^#]*"))
          || parameters.stream().anyMatch(one -> OTHER_CHOICE.matcher(one).matches())) {
        throw new IllegalArgumentException("not a postgresql:// URL"); // the text may be a secret
      }
      String rest = parameters.isEmpty() ? "" : "?" + String.join("&", parameters);
      return new PostgresServer(url.group(3) + path + rest, user, password);
    }

    /// Whether these are hosts with or without ports: `db`, `db:5432,[::1]:5433`.
    private static boolean isHosts(String text) {
      for (String host : text.split(",", -1)) {
        Matcher parts = HOST.matcher(host);
        if (!parts.matches() || (parts.group(1) != null && !isPort(parts.group(1)))) {
          return false;
        }
      }
      return true;
    }

    private static boolean isPort(String digits) {
      int port = Integer.parseInt(digits);
      return port > 0 && port <= 65_535;
    }

    private static String decoded(@Nullable String part) {
      return part == null
          ? ""
          : URLDecoder.decode(part.replace("+", "%2B"), StandardCharsets.UTF_8);
    }
  }
}
