package dev.rollcall.server.config;

import dev.rollcall.server.address.Addresses;
import dev.rollcall.server.time.Durations;
import inet.ipaddr.IPAddress;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.net.InetSocketAddress;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/// The type of a setting's values.
///
/// @param label the type in help texts: `DURATION`
/// @param parser parses a text; throws [IllegalArgumentException] with a phrase that follows the
///   text (`is no port: ...`), contains the remedy, and does not repeat the text
public record ValueType<T>(String label, Function<String, T> parser) {
  private static final Pattern HOST = Pattern.compile("[A-Za-z0-9_](?:[A-Za-z0-9_.-]{0,252})");
  private static final Pattern SECONDS = Pattern.compile("\\d{1,9}(?:\\.\\d{1,9})?|\\.\\d{1,9}");
  private static final Pattern LITERAL = Pattern.compile("[0-9a-fA-F:.]*:[0-9a-fA-F:.]*(?:%\\w+)?");

  /// Parses a text.
  ///
  /// @throws IllegalArgumentException as [#parser] does
  public T parse(String text) {
    return parser.apply(text);
  }

  /// A file or folder.
  public static ValueType<Path> path() {
    return new ValueType<>(
        "PATH",
        text -> {
          try {
            return Path.of(text);
          } catch (InvalidPathException e) {
            throw new IllegalArgumentException("is no path: " + e.getReason(), e);
          }
        });
  }

  /// A duration from `least` to `most`, in the form of [Durations], or as a number of seconds.
  public static ValueType<Duration> duration(Duration least, Duration most) {
    return new ValueType<>(
        "DURATION",
        text -> within(least, most, Durations.parse(text.matches("\\d{1,9}") ? text + "s" : text)));
  }

  /// The same for flags that people type, as with `ping`: the number of seconds may have a
  /// fraction, `0.2`.
  public static ValueType<Duration> typedDuration(Duration least, Duration most) {
    return new ValueType<>(
        "DURATION",
        text ->
            within(
                least,
                most,
                SECONDS.matcher(text).matches()
                    ? Duration.ofNanos(new BigDecimal(text).movePointRight(9).longValue())
                    : Durations.parse(text)));
  }

  private static Duration within(Duration least, Duration most, Duration duration) {
    if (duration.compareTo(least) < 0 || duration.compareTo(most) > 0) {
      throw new IllegalArgumentException(
          "is out of range: give "
              + Durations.text(least)
              + " at least and "
              + Durations.text(most)
              + " at most");
    }
    return duration;
  }

  /// A whole number from `least` to `most`.
  public static ValueType<Integer> number(int least, int most) {
    return new ValueType<>("NUMBER", text -> whole(text, "number", least, most));
  }

  /// A TCP port; 0 means any free one.
  public static ValueType<Integer> port() {
    return new ValueType<>("PORT", text -> whole(text, "port", 0, 65_535));
  }

  /// `true` or `false`.
  public static ValueType<Boolean> flag() {
    return new ValueType<>(
        "true|false",
        text ->
            switch (text) {
              case "true" -> true;
              case "false" -> false;
              default ->
                  throw new IllegalArgumentException(
                      "is neither true nor false: write one of them");
            });
  }

  /// A constant of an enum, in lower case.
  public static <E extends Enum<E>> ValueType<E> choice(Class<E> type) {
    E[] constants = type.getEnumConstants();
    String all = Arrays.stream(constants).map(ValueType::small).collect(Collectors.joining("|"));
    return new ValueType<>(
        all,
        text ->
            Arrays.stream(constants)
                .filter(constant -> small(constant).equals(text))
                .findFirst()
                .orElseThrow(
                    () ->
                        new IllegalArgumentException(
                            "is none of " + all.replace("|", ", ") + ": choose one of them")));
  }

  /// The name or address of a host.
  public static ValueType<String> host() {
    return new ValueType<>("HOST", ValueType::checkedHost);
  }

  /// A host and a port, `example.org:443` or `[2001:db8::1]:443`; the name is not looked up.
  public static ValueType<InetSocketAddress> hostPort() {
    return new ValueType<>(
        "HOST:PORT",
        text -> {
          int colon = text.lastIndexOf(':');
          if (colon < 1) {
            throw new IllegalArgumentException(
                "is no host and port: write it as example.org:443 or [2001:db8::1]:443");
          }
          String host = text.substring(0, colon);
          boolean bracketed = host.startsWith("[") && host.endsWith("]");
          if (host.contains(":") && !bracketed) {
            throw new IllegalArgumentException(
                "is no host and port: put an IPv6 address in brackets, as in [2001:db8::1]:443");
          }
          return InetSocketAddress.createUnresolved(
              checkedHost(bracketed ? host.substring(1, host.length() - 1) : host),
              whole(text.substring(colon + 1), "port", 1, 65_535));
        });
  }

  /// A block of addresses such as `10.0.0.0/8`, or one address.
  public static ValueType<IPAddress> block() {
    // not a reference to the method, which would load a library at every start
    return new ValueType<>("CIDR", text -> Addresses.block(text));
  }

  /// A token or key: 16 to 1024 visible ASCII characters.
  public static ValueType<Secret> token() {
    return new ValueType<>(
        "SECRET",
        text -> {
          if (!text.matches("[!-~]{16,1024}")) {
            throw new IllegalArgumentException(
                "is no token: give 16 to 1024 visible ASCII characters, as `openssl rand -hex 16`"
                    + " prints them");
          }
          return new Secret(text);
        });
  }

  /// Several values separated by commas; a blank text is an empty list.
  public static <T> ValueType<List<T>> list(ValueType<T> element) {
    return new ValueType<>(
        element.label + ",...",
        text -> {
          if (text.isBlank()) {
            return List.of();
          }
          List<T> values = new ArrayList<>();
          String[] parts = text.split(",", -1);
          for (String part : parts) {
            try {
              values.add(element.parse(part.strip()));
            } catch (IllegalArgumentException e) {
              // Its place: the text may be long, or hidden.
              String place = parts.length == 1 ? "" : "(number " + (values.size() + 1) + ") ";
              throw new IllegalArgumentException(
                  "has an element " + place + "that " + e.getMessage(), e);
            }
          }
          return List.copyOf(values);
        });
  }

  /// A value; an empty text means none.
  public static <T> ValueType<Optional<T>> optional(ValueType<T> value) {
    return new ValueType<>(
        value.label, text -> text.isEmpty() ? Optional.empty() : Optional.of(value.parse(text)));
  }

  /// Translates a number of seconds to a duration, for [Setting.Alias].
  public static Optional<String> seconds(String text) {
    if (!text.matches("\\d{1,9}")) {
      throw new IllegalArgumentException("is no whole number of seconds: write it as 15");
    }
    return Optional.of(text + "s");
  }

  private static String small(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT);
  }

  private static int whole(String text, String noun, int least, int most) {
    String range = ": give a whole number from " + least + " to " + most;
    if (!text.matches("-?\\d{1,1000}")) {
      throw new IllegalArgumentException("is no " + noun + range);
    }
    BigInteger number = new BigInteger(text);
    if (number.compareTo(BigInteger.valueOf(least)) < 0
        || number.compareTo(BigInteger.valueOf(most)) > 0) {
      throw new IllegalArgumentException("is out of range" + range);
    }
    return number.intValueExact();
  }

  private static String checkedHost(String text) {
    if (!HOST.matcher(text).matches() && !LITERAL.matcher(text).matches()) {
      if (text.startsWith("[")) {
        throw new IllegalArgumentException(
            "is no host: write an IPv6 address without brackets and port");
      }
      throw new IllegalArgumentException("is no host: give a name or an address, without a port");
    }
    return text;
  }
}
