package dev.rollcall.server.target;

import dev.rollcall.server.address.Addresses;
import dev.rollcall.server.address.Blocks;
import dev.rollcall.server.config.OneLine;
import inet.ipaddr.IPAddress;
import java.util.ArrayList;
import java.util.List;

/// The list of addresses that must not be measured, as their owners asked for it: one address or
/// block per line, and comments after `#`.
///
/// @param blocks the blocks of the list
/// @param mistakes one line for each invalid line; the other lines are used nevertheless, since one
///   mistake must not cause others to be measured
public record OptOut(Blocks blocks, List<String> mistakes) {
  private static final int SHOWN = 60;

  public OptOut {
    mistakes = List.copyOf(mistakes);
  }

  /// Reads a list.
  public static OptOut of(String text) {
    List<IPAddress> blocks = new ArrayList<>();
    List<String> mistakes = new ArrayList<>();
    int number = 0;
    for (String line : text.lines().toList()) {
      number++;
      String entry = line.replaceFirst("#.*", "").strip();
      if (entry.isEmpty()) {
        continue;
      }
      try {
        blocks.add(Addresses.block(entry));
      } catch (IllegalArgumentException e) {
        String shown = entry.length() > SHOWN ? entry.substring(0, SHOWN) + "..." : entry;
        mistakes.add(OneLine.of("line " + number + ": \"" + shown + "\" " + e.getMessage()));
      }
    }
    return new OptOut(new Blocks(blocks), mistakes);
  }
}
