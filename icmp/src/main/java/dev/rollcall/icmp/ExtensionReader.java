package dev.rollcall.icmp;

import static dev.rollcall.icmp.PacketLayout.i32;
import static dev.rollcall.icmp.PacketLayout.i64;
import static dev.rollcall.icmp.PacketLayout.u16;
import static dev.rollcall.icmp.PacketLayout.u8;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import java.lang.foreign.MemorySegment;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/// Reads the extension structure of an ICMP error (RFC 4884 section 7): MPLS labels (RFC 4950) and
/// interfaces (RFC 5837). Objects of other classes are skipped. Every length is checked against
/// what is there.
final class ExtensionReader {
  /// The quote in front of an extension structure has at least this size. Routers older than RFC
  /// 4884 have no length, and always this size.
  static final int QUOTE = 128;

  private static final int HEADER = 4;
  private static final int MPLS_CLASS = 1;
  private static final int INTERFACE_CLASS = 2;
  private static final int MOST_OBJECTS = 32;
  private static final int MOST_ENTRIES = 16;

  // Bits of the type of an interface object (RFC 5837 section 4.1).
  private static final int HAS_INDEX = 8;
  private static final int HAS_ADDRESS = 4;
  private static final int HAS_NAME = 2;
  private static final int HAS_MTU = 1;

  private static final int LONGEST_NAME = 63;
  private static final HopInterface.Role[] ROLES = HopInterface.Role.values();

  private ExtensionReader() {}

  /// Whether there is an extension structure at `from` whose checksum is right: the only way to
  /// find one that no length announces.
  static boolean isThere(MemorySegment packet, long from, long to) {
    return to - from >= 2 * HEADER
        && u8(packet, from) >>> 4 == 2
        && u16(packet, from + 2) != 0
        && Checksum.holds(packet, from, to - from);
  }

  /// Reads the structure from `from` up to `to`, the end of the packet.
  static PacketExtensions read(MemorySegment packet, long from, long to) {
    if (to - from < HEADER
        || u8(packet, from) >>> 4 != 2
        || (u16(packet, from + 2) != 0 && !Checksum.holds(packet, from, to - from))) {
      return PacketExtensions.MALFORMED;
    }
    List<HopLabel> labels = new ArrayList<>();
    List<HopInterface> interfaces = new ArrayList<>();
    boolean wrong = false;
    long at = from + HEADER;
    for (int object = 0; object < MOST_OBJECTS && at < to && !wrong; object++) {
      int length = to - at < HEADER ? 0 : u16(packet, at);
      if (length < HEADER || length > to - at) {
        wrong = true;
      } else {
        wrong = !readObject(packet, at, at + length, labels, interfaces);
        at += length;
      }
    }
    return new PacketExtensions(labels, interfaces, wrong);
  }

  private static boolean readObject(
      MemorySegment packet,
      long from,
      long to,
      List<HopLabel> labels,
      List<HopInterface> interfaces) {
    int type = u8(packet, from + 3);
    return switch (u8(packet, from + 2)) {
      case MPLS_CLASS -> type != 1 || readLabels(packet, from + HEADER, to, labels);
      case INTERFACE_CLASS -> readInterface(packet, from + HEADER, to, type, interfaces);
      default -> true;
    };
  }

  private static boolean readLabels(
      MemorySegment packet, long from, long to, List<HopLabel> labels) {
    if ((to - from) % 4 != 0) {
      return false;
    }
    for (long at = from; at < to && labels.size() < MOST_ENTRIES; at += 4) {
      int entry = i32(packet, at);
      labels.add(new HopLabel(entry >>> 12, entry >>> 9 & 7, (entry >>> 8 & 1) == 1, entry & 0xff));
    }
    return true;
  }

  private static boolean readInterface(
      MemorySegment packet, long from, long to, int type, List<HopInterface> interfaces) {
    long at = from;
    OptionalLong index = OptionalLong.empty();
    Optional<InetAddress> address = Optional.empty();
    Optional<String> name = Optional.empty();
    OptionalInt mtu = OptionalInt.empty();
    if ((type & HAS_INDEX) != 0) {
      if (to - at < 4) {
        return false;
      }
      index = OptionalLong.of(i32(packet, at) & 0xffff_ffffL);
      at += 4;
    }
    if ((type & HAS_ADDRESS) != 0) {
      int octets = to - at < 4 ? 0 : addressOctets(u16(packet, at));
      if (octets == 0 || to - at < 4 + octets) {
        return false;
      }
      address = Optional.of(address(packet, at + 4, octets));
      at += 4 + octets;
    }
    if ((type & HAS_NAME) != 0) {
      int length = to - at < 1 ? 0 : u8(packet, at);
      if (length < 1 || length > LONGEST_NAME + 1 || length > to - at) {
        return false;
      }
      name = Optional.of(name(packet, at + 1, length - 1));
      at += length;
    }
    if ((type & HAS_MTU) != 0) {
      if (to - at < 4) {
        return false;
      }
      mtu = OptionalInt.of(Math.max(0, i32(packet, at)));
    }
    interfaces.add(new HopInterface(ROLES[type >>> 6], index, address, name, mtu));
    return true;
  }

  /// The octets of an address of a family (IANA address family numbers); 0 if it is none of IP.
  private static int addressOctets(int family) {
    return switch (family) {
      case 1 -> 4;
      case 2 -> 16;
      default -> 0;
    };
  }

  private static InetAddress address(MemorySegment packet, long at, int octets) {
    return octets == 4
        ? SocketAddress.address(IpFamily.V4, 0, i32(packet, at))
        : SocketAddress.address(IpFamily.V6, i64(packet, at), i64(packet, at + 8));
  }

  private static String name(MemorySegment packet, long at, int length) {
    String text = new String(packet.asSlice(at, length).toArray(JAVA_BYTE), StandardCharsets.UTF_8);
    StringBuilder printable = new StringBuilder();
    text.codePoints()
        .takeWhile(character -> character != 0) // the padding
        .map(character -> isPrintable(character) ? character : '?')
        .forEach(printable::appendCodePoint);
    return printable.toString();
  }

  private static boolean isPrintable(int character) {
    return switch (Character.getType(character)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.SURROGATE,
          Character.PRIVATE_USE,
          Character.UNASSIGNED,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR ->
          false;
      default -> true;
    };
  }
}
