package dev.rollcall.server.sql;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.Reader;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.CRC32;
import org.flywaydb.core.api.resource.LoadableResource;

/// A migration of this program: a class path resource named `V<version>__<words>.sql`.
final class Script extends LoadableResource {
  private static final Pattern NAME = Pattern.compile("(?:.*/)?(V(\\d+)__(\\w+)\\.sql)");

  private final String path;
  private final String fileName;
  private final int version;
  private final String description;
  private final String text;

  /// @throws IllegalArgumentException if there is no such resource, or its name has no version
  Script(String path) {
    Matcher parts = NAME.matcher(path);
    if (!parts.matches()) {
      throw new IllegalArgumentException("not the name of a migration: " + path);
    }
    this.path = path;
    this.fileName = parts.group(1);
    this.version = Integer.parseInt(parts.group(2));
    this.description = parts.group(3).replace('_', ' ');
    this.text = load(path);
  }

  private static String load(String path) {
    try (InputStream resource = Script.class.getClassLoader().getResourceAsStream(path)) {
      if (resource == null) {
        throw new IllegalArgumentException("not on the class path: " + path);
      }
      return new String(resource.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  int version() {
    return version;
  }

  String description() {
    return description;
  }

  /// Whether it creates tables that [RebuiltTables] has to fill before the next script runs.
  boolean beginsRebuild() {
    return description.startsWith("begin ");
  }

  /// Its text with the values of the placeholders.
  String filled(Map<String, String> placeholders) {
    String filled = text;
    for (Map.Entry<String, String> placeholder : placeholders.entrySet()) {
      filled = filled.replace("${" + placeholder.getKey() + "}", placeholder.getValue());
    }
    return filled;
  }

  /// The checksum as Flyway computes it: over the lines without their ends.
  int checksum() {
    CRC32 crc = new CRC32();
    new BufferedReader(read())
        .lines()
        .forEach(line -> crc.update(line.getBytes(StandardCharsets.UTF_8)));
    return (int) crc.getValue();
  }

  @Override
  public Reader read() {
    return new StringReader(text);
  }

  @Override
  public String getAbsolutePath() {
    return path;
  }

  @Override
  public String getAbsolutePathOnDisk() {
    return path;
  }

  @Override
  public String getFilename() {
    return fileName;
  }

  @Override
  public String getRelativePath() {
    return path;
  }
}
