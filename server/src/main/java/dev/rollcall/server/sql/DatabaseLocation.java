package dev.rollcall.server.sql;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Where the data is. The text of a location holds no password and stands in messages.
public sealed interface DatabaseLocation {
  /// A SQLite database in one file of this machine.
  record SqliteFile(Path file) implements DatabaseLocation {
    /// The file's absolute path, so that a message names it wherever the program was started.
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
  /// @param address hosts, ports, database and further parameters, as in
  ///   `jdbc:postgresql://<address>`, with neither user nor password
  /// @param user empty: the driver's default
  /// @param password empty: none
  record PostgresServer(String address, String user, String password) implements DatabaseLocation {
    /// The same server for that user.
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

  /// Reads a location: `jdbc:postgresql://`, `postgresql://` or `postgres://`, each with or without
  /// `user:password@` or `?user=&password=`; anything else is the path of a SQLite file, with or
  /// without `sqlite:` in front.
  ///
  /// @param directory where relative paths start
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

  /// How URLs are taken apart. [java.net.URI] knows no list of hosts, which pgjdbc takes.
  final class Syntax {
    private static final Pattern POSTGRES =
        Pattern.compile(
            "(?:jdbc:)?postgres(?:ql)?://(?:([^:@/?]*)(?::([^@/?]*))?@)?([^/?@]*)(/[^?]*)?(?:\\?(.*))?");
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
        } else {
          parameters.add(parameter);
        }
      }
      String path = url.group(4) == null ? "/" : url.group(4);
      String rest = parameters.isEmpty() ? "" : "?" + String.join("&", parameters);
      return new PostgresServer(url.group(3) + path + rest, user, password);
    }

    private static String decoded(@Nullable String part) {
      return part == null
          ? ""
          : URLDecoder.decode(part.replace("+", "%2B"), StandardCharsets.UTF_8);
    }
  }
}
