package dev.rollcall.server.web;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.rollcall.server.http.Json;
import gg.jte.Content;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.util.Objects;
import java.util.Properties;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The texts of pages in one language: those of `texts_en.properties`.
///
/// `{0}` stands for the first argument. Keys are written as literals where they are used, so that a
/// test finds those that are missing or not used. A key that is missing nevertheless is shown
/// itself.
public final class Texts {
  /// The only language so far.
  public static final Texts ENGLISH = of("en");

  private static final String SCRIPT = "script.";
  private static final Pattern ARGUMENT = Pattern.compile("\\{(\\d)}");

  private final String language;
  private final Properties texts;

  private Texts(String language, Properties texts) {
    this.language = language;
    this.texts = texts;
  }

  private static Texts of(String language) {
    String file = "texts_" + language + ".properties";
    try (InputStream stream = Texts.class.getResourceAsStream(file)) {
      Properties texts = new Properties();
      texts.load(new InputStreamReader(Objects.requireNonNull(stream, file), UTF_8));
      return new Texts(language, texts);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// `en`.
  String language() {
    return language;
  }

  /// A text.
  public String of(String key, Object... arguments) {
    String text = texts.getProperty(key, key);
    if (arguments.length == 0) {
      return text;
    }
    StringBuilder filled = new StringBuilder(text.length() + 32);
    fill(text, arguments, filled::append, filled::append);
    return filled.toString();
  }

  /// A text with HTML in it; arguments are escaped as content of an element.
  public Content html(String key, Object... arguments) {
    String text = texts.getProperty(key, key);
    return output -> fill(text, arguments, output::writeContent, output::writeUserContent);
  }

  /// The text for a number of things, `key.one` or `key.other`, in which `{0}` is the number.
  public String counted(String key, long count) {
    return of(key + (count == 1 ? ".one" : ".other"), Formats.count(count));
  }

  /// The texts of scripts as a JSON object.
  String script() {
    TreeMap<String, String> all = new TreeMap<>();
    texts.stringPropertyNames().stream()
        .filter(key -> key.startsWith(SCRIPT))
        .forEach(key -> all.put(key.substring(SCRIPT.length()), texts.getProperty(key)));
    byte[] json =
        Json.bytes(
            out -> {
              out.writeStartObject();
              all.forEach(out::writeStringProperty);
              out.writeEndObject();
            });
    return new String(json, UTF_8);
  }

  private interface Part {
    void add(String text);
  }

  private static void fill(String text, Object[] arguments, Part literal, Part argument) {
    Matcher places = ARGUMENT.matcher(text);
    int end = 0;
    while (places.find()) {
      literal.add(text.substring(end, places.start()));
      argument.add(String.valueOf(arguments[Integer.parseInt(places.group(1))]));
      end = places.end();
    }
    literal.add(text.substring(end));
  }
}
