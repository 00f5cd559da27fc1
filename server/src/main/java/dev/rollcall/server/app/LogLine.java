package dev.rollcall.server.app;

import dev.rollcall.server.config.OneLine;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Optional;
import java.util.logging.Formatter;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.SimpleFormatter;
import java.util.regex.Pattern;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/// Formats a message for the log.
///
/// The line also contains the type and message of an exception and of its causes. The stack is
/// added if the exception is a bug (level error) or if the log level is debug: as indented lines in
/// text, in the field `stack` in JSON. A message never contains a line break, and the password of a
/// URL in it is `***`.
///
/// @param name the name of the process in JSON
record LogLine(LogSettings logging, String name) {
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSS'Z'").withZone(ZoneOffset.UTC);
  private static final List<String> OURS = List.of("dev.rollcall.server.", "dev.rollcall.");
  private static final Pattern PASSWORD =
      Pattern.compile("(://[^\\s/?#@:]*:)(?:[^\\s/?#@]*|(?!\\d{1,5}(?:[/?#,\\s]|$))\\S*)@");
  private static final Formatter PARAMETERS = new SimpleFormatter();
  private static final JsonFactory JSON = new JsonFactory();

  /// The text of one message with its line end.
  String text(LogRecord message) {
    return switch (logging.format()) {
      case TEXT -> plain(message);
      case JSON -> json(message);
    };
  }

  /// `2026-11-20T06:30:00.123Z INFO monitor: 12 services`
  private String plain(LogRecord message) {
    StringBuilder line = new StringBuilder(160);
    line.append(TIME.format(message.getInstant())).append(' ');
    line.append("%-5s".formatted(level(message))).append(' ');
    line.append(OneLine.of(source(message))).append(": ");
    line.append(OneLine.of(words(message)));
    Optional<Throwable> thrown = Optional.ofNullable(message.getThrown());
    thrown.ifPresent(it -> line.append(": ").append(OneLine.of(chain(it))));
    line.append('\n');
    thrown
        .filter(it -> showsStack(message))
        .ifPresent(
            it ->
                stack(it)
                    .lines()
                    .forEach(at -> line.append("    ").append(OneLine.of(at)).append('\n')));
    return line.toString();
  }

  /// `{"time":"...","level":"INFO","logger":"monitor","message":"12
  /// services","service":"rollcall"}`
  private String json(LogRecord message) {
    StringWriter line = new StringWriter(200);
    try (JsonGenerator json = JSON.createGenerator(ObjectWriteContext.empty(), line)) {
      json.writeStartObject();
      json.writeStringProperty("time", TIME.format(message.getInstant()));
      json.writeStringProperty("level", level(message));
      json.writeStringProperty("logger", source(message));
      json.writeStringProperty("message", words(message));
      json.writeStringProperty("service", name);
      Throwable thrown = message.getThrown();
      if (thrown != null) {
        json.writeStringProperty("exception", chain(thrown));
        if (showsStack(message)) {
          json.writeStringProperty("stack", stack(thrown));
        }
      }
      json.writeEndObject();
    }
    return line.append('\n').toString();
  }

  private boolean showsStack(LogRecord message) {
    return logging.level() == LogSettings.Level.DEBUG || level(message).equals("ERROR");
  }

  private static String level(LogRecord message) {
    int level = message.getLevel().intValue();
    if (level >= Level.SEVERE.intValue()) {
      return "ERROR";
    }
    if (level >= Level.WARNING.intValue()) {
      return "WARN";
    }
    return level >= Level.INFO.intValue() ? "INFO" : "DEBUG";
  }

  private static String words(LogRecord message) {
    return withoutPasswords(PARAMETERS.formatMessage(message));
  }

  private static String withoutPasswords(String text) {
    return PASSWORD.matcher(text).replaceAll("$1***@");
  }

  /// Who logs: our package (`monitor`), or the simple name of the class of a library.
  private static String source(LogRecord message) {
    String name = Optional.ofNullable(message.getLoggerName()).orElse("");
    return OURS.stream()
        .filter(name::startsWith)
        .findFirst()
        .map(ours -> name.substring(ours.length()).replaceFirst("\\..*", ""))
        .orElseGet(() -> name.substring(name.lastIndexOf('.') + 1));
  }

  /// An exception and its causes: `SQLException: database is full, from IOException: ...`
  private static String chain(Throwable thrown) {
    StringBuilder chain = new StringBuilder();
    Optional<Throwable> at = Optional.of(thrown);
    for (int depth = 0; at.isPresent() && depth < 8; depth++) {
      chain.append(depth == 0 ? "" : ", from ").append(at.get().getClass().getSimpleName());
      Optional.ofNullable(at.get().getMessage()).ifPresent(it -> chain.append(": ").append(it));
      at = Optional.ofNullable(at.get().getCause());
    }
    return withoutPasswords(chain.toString());
  }

  private static String stack(Throwable thrown) {
    StringWriter stack = new StringWriter();
    thrown.printStackTrace(new PrintWriter(stack));
    return withoutPasswords(stack.toString());
  }
}
