package dev.rollcall.server.terminal;

import dev.rollcall.server.address.Addresses;
import inet.ipaddr.IPAddress;
import inet.ipaddr.format.util.DualIPv4v6AssociativeTries;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The numbers of autonomous systems, from a file: a line for each block, as `192.0.2.0/24 64500`
/// or `192.0.2.0/24 AS64500 Example Ltd`. Blank lines and those that begin with `#` or `;` do not
/// count.
public final class AsNumbers {
  private static final Pattern LINE = Pattern.compile("(\\S+)\\s+(?:AS)?(\\d{1,10})(?:\\s.*)?");
  private static final long MOST = 0xffff_ffffL;

  /// Empty without a file: the library need not be loaded then.
  private final Optional<DualIPv4v6AssociativeTries<Long>> numbers;

  /// No numbers.
  public AsNumbers() {
    this.numbers = Optional.empty();
  }

  private AsNumbers(DualIPv4v6AssociativeTries<Long> numbers) {
    this.numbers = Optional.of(numbers);
  }

  /// Reads a file.
  ///
  /// @throws IllegalArgumentException with the line that is none
  public static AsNumbers of(Path file) throws IOException {
    DualIPv4v6AssociativeTries<Long> read = new DualIPv4v6AssociativeTries<>();
    try (BufferedReader lines = Files.newBufferedReader(file)) {
      int number = 1;
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        if (!line.isBlank() && !line.startsWith("#") && !line.startsWith(";")) {
          add(line.strip(), number, read);
        }
        number++;
      }
    }
    return new AsNumbers(read);
  }

  private static void add(String line, int number, DualIPv4v6AssociativeTries<Long> numbers) {
    Matcher parts = LINE.matcher(line);
    if (!parts.matches() || Long.parseLong(parts.group(2)) > MOST) {
      throw new IllegalArgumentException(
          "line %d is not understood: write it as 192.0.2.0/24 64500".formatted(number));
    }
    try {
      numbers.put(Addresses.block(parts.group(1)), Long.valueOf(parts.group(2)));
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("line " + number + ": " + e.getMessage(), e);
    }
  }

  /// The number for an address: that of the smallest block around it.
  OptionalLong of(InetAddress address) {
    if (numbers.isEmpty()) {
      return OptionalLong.empty();
    }
    IPAddress wanted = Addresses.of(address.getAddress());
    var node = numbers.get().longestPrefixMatchNode(wanted);
    return node == null ? OptionalLong.empty() : OptionalLong.of(node.getValue());
  }

  /// ` [AS64500]`, or nothing.
  String shown(InetAddress address) {
    OptionalLong number = of(address);
    return number.isEmpty() ? "" : " [AS" + number.getAsLong() + "]";
  }
}
