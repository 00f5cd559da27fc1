package dev.rollcall.probe;

import java.io.IOException;
import java.util.ConcurrentModificationException;
import java.util.NoSuchElementException;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// What was thrown, as one line of bounded length without the secrets that can be told by their
/// place: the password in a URL, and what follows `password=` and its like.
///
/// It is the last line of defence: a probe keeps its secrets out of what it throws.
final class OneLine {
  /// What is looked at of a text; the rest of a longer one is never shown anyway.
  private static final int LONGEST_TEXT = 8 * ProbeResult.LONGEST_FAILURE;

  /// `//user:password@`, up to the last `@` before the path, as passwords may hold one themselves.
  /// What has a `/` or `?` in a password that should be encoded is told from a path by the colon
  /// that no port follows.
  private static final Pattern USER_INFO =
      Pattern.compile("//[^/\\s?#\"']*@|//[^/\\s@:\"'\\[]+:(?!\\d+(?:[/?#]|$))[^\\s\"']*@");

  private OneLine() {}

  /// Why a check failed, from what it threw.
  ///
  /// The message alone, as it is made for people; but errors, and exceptions that a mistake in a
  /// program throws, carry one that says little without their own name (`ArithmeticException: / by
  /// zero`), and so do those of the network whose message is a bare name (`UnknownHostException:
  /// db`).
  static String why(Throwable thrown) {
    String message = message(thrown);
    String name = name(thrown);
    if (message == null || message.isBlank()) {
      return name;
    }
    boolean bare = thrown instanceof IOException && message.strip().indexOf(' ') < 0;
    return bare || thrown instanceof Error || isMistake(thrown) ? name + ": " + message : message;
  }

  private static @Nullable String message(Throwable thrown) {
    try {
      return thrown.getMessage();
    } catch (Throwable e) { // it is anybody's code
      return null;
    }
  }

  private static boolean isMistake(Throwable thrown) {
    return thrown instanceof NullPointerException
        || thrown instanceof IndexOutOfBoundsException
        || thrown instanceof ClassCastException
        || thrown instanceof ArithmeticException
        || thrown instanceof NumberFormatException
        || thrown instanceof ArrayStoreException
        || thrown instanceof NegativeArraySizeException
        || thrown instanceof NoSuchElementException
        || thrown instanceof ConcurrentModificationException;
  }

  /// The name of its class; of the one above where it has none.
  private static String name(Throwable thrown) {
    String name = thrown.getClass().getSimpleName();
    return name.isEmpty() ? thrown.getClass().getSuperclass().getSimpleName() : name;
  }

  static String of(String text) {
    String seen = text.length() > LONGEST_TEXT ? text.substring(0, LONGEST_TEXT) : text;
    String line = hidden(flat(seen)).strip();
    return line.length() > ProbeResult.LONGEST_FAILURE
        ? line.substring(0, ProbeResult.LONGEST_FAILURE - 1) + "…"
        : line;
  }

  /// A detail as one line; hidden where its name says that it is a secret.
  static String detail(String name, String value) {
    return SecretNames.isSecret(name) ? "***" : of(value);
  }

  private static String hidden(String line) {
    String shown = line.contains("@") ? USER_INFO.matcher(line).replaceAll("//***@") : line;
    return SecretNames.withoutValues(shown);
  }

  /// Whatever could break a line, move a cursor or reverse what follows becomes a blank.
  private static String flat(String text) {
    StringBuilder line = null;
    for (int i = 0; i < text.length(); i++) {
      if (isDangerous(text.charAt(i))) {
        if (line == null) {
          line = new StringBuilder(text);
        }
        line.setCharAt(i, ' ');
      }
    }
    return line == null ? text : line.toString();
  }

  private static boolean isDangerous(char c) {
    if (c >= ' ' && c < 0x7f) {
      return false;
    }
    return switch (Character.getType(c)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR ->
          true;
      default -> false;
    };
  }
}
