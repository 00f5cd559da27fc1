package dev.rollcall.probes;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Properties;

/// A library that some probe needs and that only its users have on the class path.
enum Driver {
  POSTGRESQL("postgresql", "org.postgresql.Driver"),
  MARIADB("mariadb", "org.mariadb.jdbc.Driver"),
  REDIS("redis", "redis.clients.jedis.Jedis"),
  MONGODB("mongodb", "org.bson.BsonDocument"),
  JACKSON("jackson", "tools.jackson.databind.json.JsonMapper"),
  DNSJAVA("dnsjava", "org.xbill.DNS.Message");

  private final String key;
  private final String witness;

  /// @param key its line in `drivers.properties`
  /// @param witness a class that is there when the driver is
  Driver(String key, String witness) {
    this.key = key;
    this.witness = witness;
  }

  /// Checks that the driver is there; called where a probe is made, so that a service finds out
  /// when it starts.
  ///
  /// @throws IllegalStateException with the dependency to add, ready to paste
  void need(Class<?> probe) {
    try {
      Class.forName(witness, false, Driver.class.getClassLoader());
    } catch (ClassNotFoundException e) {
      throw new IllegalStateException(
          "%s needs a driver that is not on the class path; add %s:%n%s"
              .formatted(probe.getSimpleName(), coordinates(), dependency()),
          e);
    }
  }

  /// `group:artifact:version`.
  String coordinates() {
    Properties versions = new Properties();
    try (InputStream in = Driver.class.getResourceAsStream("drivers.properties")) {
      if (in != null) {
        versions.load(in);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return versions.getProperty(key, key);
  }

  /// The same as `pom.xml` has it.
  private String dependency() {
    String[] parts = coordinates().split(":", 3);
    return """
    <dependency>
      <groupId>%s</groupId>
      <artifactId>%s</artifactId>
      <version>%s</version>
    </dependency>"""
        .formatted((Object[]) parts);
  }
}
