package dev.rollcall.server.app;

import dev.rollcall.server.config.Mistakes;
import dev.rollcall.server.config.ValueType;
import java.io.PrintWriter;
import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.Optional;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParseResult;

/// The flags of a command that a person types, some of which have a short form: how they are
/// declared, what was given, and what is wrong with it.
///
/// @param given what was typed
/// @param mistakes what is wrong so far
record TypedFlags(ParseResult given, Mistakes mistakes) {
  private static final String IPV4 = "--ipv4";
  private static final String IPV6 = "--ipv6";

  TypedFlags(ParseResult given) {
    this(given, new Mistakes());
  }

  /// A flag with a value.
  static OptionSpec valued(String label, String description, String... names) {
    return OptionSpec.builder(names)
        .paramLabel(label)
        .arity("1")
        .type(String.class)
        .description(description)
        .build();
  }

  /// A flag without a value.
  static OptionSpec bare(String description, String... names) {
    return OptionSpec.builder(names)
        .arity("0")
        .type(Boolean.class)
        .description(description)
        .build();
  }

  /// The flag for IPv4 addresses of names.
  static OptionSpec ipv4() {
    return bare("use the IPv4 addresses of names", "-4", IPV4);
  }

  /// The flag for IPv6 addresses of names.
  static OptionSpec ipv6() {
    return bare("use the IPv6 addresses of names", "-6", IPV6);
  }

  boolean has(String flag) {
    return given.hasMatchedOption(flag);
  }

  /// The value of a flag; nothing if it was not given, or is a mistake.
  <T> Optional<T> value(String flag, ValueType<T> type) {
    Optional<String> text = Optional.ofNullable(given.matchedOptionValue(flag, null));
    try {
      return text.map(type::parse);
    } catch (IllegalArgumentException e) {
      mistakes.add(flag, text.orElse(""), String.valueOf(e.getMessage()));
      return Optional.empty();
    }
  }

  /// The address of a host, of the family that was asked for; nothing if that is a mistake.
  Optional<InetAddress> address(String host) {
    boolean four = has(IPV4);
    boolean six = has(IPV6);
    if (four && six) {
      mistakes.add(IPV4, "contradicts " + IPV6 + ": give one of them");
      return Optional.empty();
    }
    if (host.contains("/")) {
      mistakes.add(host, "is no host: give a name or an address, without scheme, path and port");
      return Optional.empty();
    }
    try {
      Optional<InetAddress> address =
          Arrays.stream(InetAddress.getAllByName(host))
              .filter(each -> !four || each instanceof Inet4Address)
              .filter(each -> !six || each instanceof Inet6Address)
              .findFirst();
      if (address.isEmpty()) {
        mistakes.add(
            host,
            four
                ? "has no IPv4 address: leave out --ipv4"
                : "has no IPv6 address: leave out --ipv6");
      }
      return address;
    } catch (UnknownHostException e) {
      mistakes.add(host, "has no address: check its name, and the name server of this machine");
      return Optional.empty();
    }
  }

  /// Tells the mistakes, a line each.
  ///
  /// @return whether there are any
  boolean reportMistakes() {
    mistakes.lines().forEach(this::report);
    return !mistakes.isEmpty();
  }

  /// Tells what is wrong, in a line.
  void report(String what) {
    PrintWriter err = given.commandSpec().commandLine().getErr();
    err.println(given.commandSpec().qualifiedName() + ": " + what);
  }
}
